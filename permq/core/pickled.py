"""The pickle inside a `.pth` file, read without pickle: names and shapes of tensors, nothing else.

`torch.save` describes a state dict in a few opcodes of the pickle language. This is an interpreter
for exactly those. It calls nothing, imports nothing and builds nothing but strings, numbers,
tuples, lists, dicts and the records below, so a hostile file can at worst be refused: a global
outside the short table in `_GLOBALS` is an error, memory grows at most with the file, and there
is no recursion. Python's own unpickler, even with a restricted `find_class`, can be made to
reserve gigabytes by a memo index or to overflow the stack by hashing nested tuples.
"""

import struct
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from permq.core.files import UnreadableError
from permq.core.tensor_records import Storage, TensorRecord, tensor_record, whole

STORAGES = tuple(
    f"{kind}Storage"
    for kind in (
        *("BFloat16", "Half", "Float", "Double", "ComplexFloat", "ComplexDouble"),
        *("Bool", "Byte", "Char", "Short", "Int", "Long"),
    )
)
MAX_PICKLE_BYTES = 4 << 20  # 10,000 layers take 3 MB


class _Global(NamedTuple):
    name: str


_GLOBALS = frozenset(
    {
        "collections.OrderedDict",
        "torch._utils._rebuild_tensor_v2",
        "torch._utils._rebuild_parameter",
        *(f"torch.{storage}" for storage in STORAGES),
    }
)


@lru_cache(maxsize=8)
def parse_state_dict(data: bytes) -> tuple[tuple[str, TensorRecord], ...]:
    """Names and records of a pickled state dict's tensors, in the order of the file.

    Remembered by content: the pieces of one puzzle have two or three different pickles in all.

    Parameters
    ----------
    data
        A pickle of protocol 2 or higher, with nothing behind it.

    Raises
    ------
    UnreadableError
        When it is damaged or holds anything but a dict from names to tensors; the text says what.
    """
    value, end = parse(data, 0)
    if end != len(data):
        raise UnreadableError("damaged: data behind the end of the pickle")
    return state_dict(value)


def state_dict(value: object) -> tuple[tuple[str, TensorRecord], ...]:
    """Check that a parsed value is a dict from names to tensors.

    Raises
    ------
    UnreadableError
        When it is not.
    """
    if not isinstance(value, dict):
        raise UnreadableError("holds no state dict (a dict of named tensors)")
    items = []
    for name, record in value.items():
        if not isinstance(record, TensorRecord):
            raise UnreadableError(f"entry {name[:80]!r} is no tensor")
        items.append((name, record))
    return tuple(items)


def parse(data: bytes, start: int) -> tuple[object, int]:
    """Interpret one pickle.

    Parameters
    ----------
    data
        The bytes it stands in.
    start
        Its first byte.

    Returns
    -------
    value : object
        Numbers, strings, containers and `TensorRecord`.
    end : int
        The first byte behind it.

    Raises
    ------
    UnreadableError
        When it is damaged or asks for anything but tensors; the text says what.
    """
    machine = _Machine(data, start)
    try:
        return machine.run(), machine.at
    except (IndexError, KeyError, TypeError, ValueError, struct.error):
        raise UnreadableError("damaged: its description of the tensors cannot be read") from None


class _Machine:
    """Stack, marks and memo of the pickle language."""

    def __init__(self, data: bytes, start: int) -> None:
        self.data = data
        self.at = self.start = start
        self.stack: list[object] = []
        self.marks: list[int] = []
        self.memo: dict[int, object] = {}

    def run(self) -> object:
        while (code := self.take(1)) != b".":
            action = _ACTIONS.get(code)
            if action is None:
                raise UnreadableError(
                    f"its pickle asks for more than tensors (opcode {code[0]:#04x}); "
                    "code in a file is never run"
                )
            action(self)
        return self.stack.pop()

    def take(self, count: int) -> bytes:
        end = self.at + count
        if end - self.start > MAX_PICKLE_BYTES:
            raise UnreadableError(
                f"too large: its pickle is longer than {MAX_PICKLE_BYTES:,} bytes"
            )
        if end > len(self.data):
            raise UnreadableError("truncated: its pickle ends too early")
        taken = self.data[self.at : end]
        self.at = end
        return taken

    def number(self, form: str) -> int:
        value: int = struct.unpack(form, self.take(struct.calcsize(form)))[0]
        return value

    def text(self, count: int) -> str:
        return self.take(count).decode("utf-8")

    def protocol(self) -> None:
        version = self.number("<B")
        if not 2 <= version <= 5:
            raise UnreadableError(f"its pickle has protocol {version}; 2 to 5 can be read")

    def line(self) -> str:
        end = self.data.find(b"\n", self.at, self.at + 200)
        if end < 0:
            raise IndexError
        word = self.data[self.at : end].decode("ascii")
        self.at = end + 1
        return word

    def push(self, value: object) -> None:
        self.stack.append(value)

    def pop_marked(self) -> list[object]:
        mark = self.marks.pop()
        marked = self.stack[mark:]
        del self.stack[mark:]
        return marked

    def pop_tuple(self, count: int) -> None:
        if len(self.stack) < count:
            raise IndexError
        items = tuple(self.stack[-count:])
        del self.stack[-count:]
        self.stack.append(items)

    def put_global(self, module: object, name: object) -> None:
        full = f"{module}.{name}" if isinstance(module, str) and isinstance(name, str) else "?"
        if full not in _GLOBALS:
            raise UnreadableError(
                f"its pickle asks for {full[:80]!r}, no tensor; code in a file is never run"
            )
        self.push(_Global(full))

    def stack_global(self) -> None:
        name, module = self.stack.pop(), self.stack.pop()
        self.put_global(module, name)

    def memoize(self) -> None:
        self.memo[len(self.memo)] = self.stack[-1]

    def set_items(self, items: list[object]) -> None:
        target = self.stack[-1]
        if not isinstance(target, dict) or len(items) % 2:
            raise TypeError
        for key, value in zip(items[::2], items[1::2], strict=True):
            if not isinstance(key, str):
                raise TypeError
            target[key] = value

    def set_item(self) -> None:
        value, key = self.stack.pop(), self.stack.pop()
        self.set_items([key, value])

    def extend(self, items: list[object]) -> None:
        target = self.stack[-1]
        if not isinstance(target, list):
            raise TypeError
        target.extend(items)

    def build(self) -> None:
        # attributes of a state dict (`_metadata`, versions of its modules): of no use here
        state = self.stack.pop()
        if not isinstance(state, dict) or not isinstance(self.stack[-1], dict):
            raise TypeError

    def persistent(self) -> None:
        identity = self.stack.pop()
        if not isinstance(identity, tuple) or identity[0] != "storage":
            raise TypeError
        _, kind, key, _, count, *view = identity
        if not isinstance(kind, _Global) or not isinstance(key, str) or view not in ([], [None]):
            raise TypeError
        self.push(Storage(kind.name.rpartition(".")[2], key, whole(count)))

    def reduce(self) -> None:
        arguments, function = self.stack.pop(), self.stack.pop()
        if not isinstance(function, _Global) or not isinstance(arguments, tuple):
            raise TypeError
        if function.name == "torch._utils._rebuild_tensor_v2":
            self.push(tensor_record(*arguments))
        elif function.name == "torch._utils._rebuild_parameter":
            if not isinstance(arguments[0], TensorRecord):
                raise TypeError
            self.push(arguments[0])
        elif function.name == "collections.OrderedDict" and not arguments:
            self.push({})
        else:
            raise TypeError


_ACTIONS: dict[bytes, Callable[[_Machine], object]] = {
    b"\x80": _Machine.protocol,
    b"\x95": lambda m: m.take(8),  # FRAME: a length that only helps readers of streams
    b"c": lambda m: m.put_global(m.line(), m.line()),
    b"\x93": _Machine.stack_global,
    b"(": lambda m: m.marks.append(len(m.stack)),
    b")": lambda m: m.push(()),
    b"}": lambda m: m.push({}),
    b"]": lambda m: m.push([]),
    b"N": lambda m: m.push(None),
    b"\x88": lambda m: m.push(True),
    b"\x89": lambda m: m.push(False),
    b"K": lambda m: m.push(m.number("<B")),
    b"M": lambda m: m.push(m.number("<H")),
    b"J": lambda m: m.push(m.number("<i")),
    b"\x8a": lambda m: m.push(int.from_bytes(m.take(m.number("<B")), "little", signed=True)),
    b"X": lambda m: m.push(m.text(m.number("<I"))),
    b"\x8c": lambda m: m.push(m.text(m.number("<B"))),
    b"t": lambda m: m.push(tuple(m.pop_marked())),
    b"\x85": lambda m: m.pop_tuple(1),
    b"\x86": lambda m: m.pop_tuple(2),
    b"\x87": lambda m: m.pop_tuple(3),
    b"q": lambda m: m.memo.__setitem__(m.number("<B"), m.stack[-1]),
    b"r": lambda m: m.memo.__setitem__(m.number("<I"), m.stack[-1]),
    b"\x94": _Machine.memoize,
    b"h": lambda m: m.push(m.memo[m.number("<B")]),
    b"j": lambda m: m.push(m.memo[m.number("<I")]),
    b"s": _Machine.set_item,
    b"u": lambda m: m.set_items(m.pop_marked()),
    b"a": lambda m: m.extend([m.stack.pop()]),
    b"e": lambda m: m.extend(m.pop_marked()),
    b"b": _Machine.build,
    b"Q": _Machine.persistent,
    b"R": _Machine.reduce,
}
