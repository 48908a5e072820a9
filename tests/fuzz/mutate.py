"""Cases made of other cases: of bytes, of words, and of what JSON and zip archives hold."""

import io
import json
import zipfile
from collections.abc import Sequence
from random import Random
from typing import Any

from tests.fuzz.target import Mutation

NUMBERS = (
    *(b"0", b"-1", b"1", b"00", b"-0", b"1e999", b"-1e999", b"1e-999", b"nan", b"inf", b"-inf"),
    *(b"9" * 10, b"9" * 19, b"9" * 40, b"9" * 4400, b"2147483647", b"2147483648", b"-2147483649"),
    *(b"9223372036854775807", b"9223372036854775808", b"18446744073709551616", b"0x10", b"1_0"),
    *(b"0.1", b".5", b"5.", b"1e3", b"1E+3", b"\xd9\xa1", b"\xc2\xb2", b"+1", b" 1", b"true"),
)
PIECES = (
    *(b"", b"\x00", b"\xff", b"\n", b"\r\n", b"\r", b"\t", b" ", b"\x1b[31m", b"\xef\xbb\xbf"),
    *(b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x80\xa8", b"\xc2\x85", b"'", b'"', b"\\", b"/"),
    *(b"..", b"../", b"~", b"%", b"%00", b"%s", b"{}", b"{0}", b"[", b"]" * 9, b"(", b"," * 5),
    *(b"[" * 5000, b'{"a":' * 3000, b"null", b"None", b"A" * 1000),
)

INTERESTING: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 2**31, 2**63 - 1, 2**63, -(2**63) - 1, 10**400, 0.5, 1e308),
    *(float("inf"), float("-inf"), float("nan"), "", "a", "0", "1", "nan", "\x00", "\ud800", "ä"),
    *("x" * 300, [], [[]], {}, [0], [None], {"": None}, {"version": 2}, [1, 2, 3], -0.0, 1e-320),
)


def bytes_of(data: bytes, rng: Random, seeds: Sequence[bytes], words: Sequence[bytes]) -> bytes:
    """Change bytes here and there, without knowing what they mean."""
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 1, 2, 3, 8))):
        size = len(changed)
        at = rng.randrange(size + 1)
        end = min(size, at + rng.choice((1, 1, 2, 4, 8, 32)))
        match rng.randrange(11):
            case 0 if size:
                changed[at % size] ^= 1 << rng.randrange(8)
            case 1 if size:
                changed[at % size] = rng.choice((0, 1, 9, 10, 32, 45, 48, 57, 127, 128, 255))
            case 2:
                del changed[at:end]
            case 3:
                changed[at:at] = changed[at:end] * rng.choice((1, 2, 50))
            case 4:
                changed[at:at] = rng.choice(PIECES)
            case 5:
                changed[at:end] = rng.choice(NUMBERS)
            case 6 if words:
                changed[at : rng.choice((at, end))] = rng.choice(words)
            case 7 if seeds:
                other = rng.choice(seeds)
                begin = rng.randrange(len(other) + 1)
                changed[at:] = other[begin:]
            case 8:
                del changed[at:]
            case 9 if size >= 4:
                at %= size - 3
                width = rng.choice((1, 2, 4))
                value = rng.choice((0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF))
                changed[at : at + width] = (value & ((1 << 8 * width) - 1)).to_bytes(
                    width, rng.choice(("little", "big"))
                )
            case _:
                changed[at:at] = rng.randbytes(rng.choice((1, 2, 7)))
    return bytes(changed)


def number_of(data: bytes, rng: Random) -> bytes:
    """Put another number in the place of one."""
    places = [place for place, byte in enumerate(data) if 48 <= byte <= 57]
    if not places:
        return data
    first = last = rng.choice(places)
    while first > 0 and 48 <= data[first - 1] <= 57:
        first -= 1
    while last < len(data) and 48 <= data[last] <= 57:
        last += 1
    return data[:first] + rng.choice(NUMBERS) + data[last:]


def line_of(data: bytes, rng: Random) -> bytes:
    """Double, drop or move a line."""
    lines = data.split(b"\n")
    one = rng.randrange(len(lines))
    match rng.randrange(3):
        case 0:
            lines.insert(rng.randrange(len(lines) + 1), lines[one])
        case 1:
            del lines[one]
        case _:
            lines.insert(rng.randrange(len(lines)), lines.pop(one))
    return b"\n".join(lines)


def json_of(data: bytes, rng: Random) -> bytes:
    """Change one value somewhere in JSON, and leave it JSON."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return data
    for _ in range(rng.choice((1, 1, 2))):
        value = _changed(value, rng)
    try:
        return json.dumps(value).encode()
    except (ValueError, RecursionError):
        return data


def zip_of(inner: Mutation) -> Mutation:
    """Change one entry of an archive and pack it anew, so that every checksum is right."""

    def mutate(data: bytes, rng: Random) -> bytes:
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                entries = [(one, archive.read(one)) for one in archive.infolist()]
        except Exception:  # noqa: BLE001 - what is no archive any more is changed otherwise
            return data
        if not entries:
            return data
        place = rng.randrange(len(entries))
        info, content = entries[place]
        name, method = info.filename, info.compress_type
        match rng.randrange(6):
            case 0:
                del entries[place]
            case 1:
                name = rng.choice(("../" + name, "/" + name, name + "/", "", name.upper()))
            case 2:
                method = rng.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))
            case _:
                content = inner(content, rng)
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            for number, (one, old) in enumerate(entries):
                changed = number == place and one is info
                with_name = zipfile.ZipInfo(name if changed else one.filename)
                with_name.compress_type = method if changed else one.compress_type
                archive.writestr(with_name, content if changed else old)
        return packed.getvalue()

    return mutate


def _changed(value: Any, rng: Random) -> Any:
    """The value with one change somewhere within."""
    whole = value = [value]
    for _ in range(rng.randrange(1, 8)):
        keys = list(range(len(value))) if isinstance(value, list) else list(value)
        if not keys:
            break
        key = rng.choice(keys)
        inner = value[key]
        if isinstance(inner, (list, dict)) and inner and rng.random() < 0.85:
            value = inner
            continue
        match rng.randrange(7):
            case 0 if value is not whole:
                del value[key]
            case 1 if isinstance(value, list):
                value.insert(rng.randrange(len(value) + 1), rng.choice(INTERESTING))
            case 1:
                value[rng.choice(("", "version", "id", "é", "a" * 100))] = rng.choice(INTERESTING)
            case 2 if isinstance(inner, int) and abs(inner) < 2**64:
                value[key] = inner + rng.choice((-1, 1, -1000, 1000, 0.5))
            case 3 if isinstance(inner, str):
                text = bytes_of(inner.encode(errors="replace"), rng, (), ())
                value[key] = text.decode(errors="replace")
            case 4:
                value[key] = value[rng.choice(keys)]
            case 5:
                value[key] = [inner]
            case _:
                value[key] = rng.choice(INTERESTING)
        break
    return whole[0] if whole else None


def mutator(
    seeds: Sequence[bytes], words: Sequence[bytes], mutations: Sequence[Mutation]
) -> Mutation:
    """Make the mutation of a target: its own, and those of bytes, numbers and lines."""

    def mutate(data: bytes, rng: Random) -> bytes:
        chance = rng.random()
        if mutations and chance < 0.5:
            return rng.choice(mutations)(data, rng)
        if chance < 0.6:
            return number_of(data, rng)
        if chance < 0.65:
            return line_of(data, rng)
        return bytes_of(data, rng, seeds, words)

    return mutate
