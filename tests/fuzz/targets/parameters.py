"""Parameters of jobs, as `permq submit` takes them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from permq.errors import OptionError
from tests.fuzz.mutate import json_of
from tests.fuzz.target import Target, law

BLOCKS = 24
_NEEDED = {"constrained": "lock=1,", "zone": "positions=1-4,"}
_EXAMPLES = {
    "moves": "swap:1",
    "lock": "1",
    "part": 1,
    "from": "random",
    "names": "all",
    "exchange": "3-9",
    "pairs": "trace",
    "below": 0.5,
}


def _prepare_steps(folder: Path) -> Callable[[bytes], object]:
    import json

    from permq.jobs.kinds import parse_step

    def run(data: bytes) -> None:
        text = data.decode("utf-8", "surrogateescape")
        kind, params = parse_step(text, BLOCKS)
        law(set(params) == {one.name for one in kind.parameters}, "not every parameter is there")
        # what is stored as a row's JSON comes back as the same and is accepted again
        again = json.loads(json.dumps(params, allow_nan=False))
        law(kind.complete(again, BLOCKS) == params, "they read otherwise when they come back")
        kind.total(params, BLOCKS)

    return run


def _steps() -> list[bytes]:
    from permq.jobs.kinds import KINDS

    found = [f"{name}:".encode() for name in KINDS if name not in _NEEDED]
    for name, kind in KINDS.items():
        for one in kind.parameters:
            value = one.choices[0] if one.choices else _example(one)
            needed = "" if one.name in _NEEDED.get(name, "") else _NEEDED.get(name, "")
            found.append(f"{name}:{needed}{one.name}={value}".encode())
    return [
        *found,
        b"anneal:steps=20_000,rows=256,moves=swap:1,insertion:2,from=greedy-by-state:best",
        b"constrained:lock=0-3,7",
        b"zone:positions=1,3-6,below=0.5",
        b"sweep:exchange=3-9,12-20,parts=2",
        b"refine:repair,sample=16",
    ]


def _example(parameter: Any) -> object:
    if parameter.name in _EXAMPLES:
        return _EXAMPLES[parameter.name]
    if parameter.default is not None:
        return parameter.default
    return {int: 5, float: 0.5, bool: "yes"}.get(parameter.type, "trace")


def _words() -> tuple[bytes, ...]:
    from permq.jobs.kinds import KINDS

    names = {one.name for kind in KINDS.values() for one in kind.parameters}
    choices = {c for kind in KINDS.values() for one in kind.parameters for c in one.choices or ()}
    texts = (*KINDS, *(f"{name}=" for name in names), *choices)
    return (*(text.encode() for text in texts), b",", b":", b"-", b"0-3", b"swap:1", b"ensemble")


def _prepare_rows(folder: Path) -> Callable[[bytes], object]:
    """What a script or a suite gives: values of any type, by name."""
    import json

    from permq.jobs.kinds import KINDS

    def run(data: bytes) -> None:
        try:
            given = json.loads(data)
        except (ValueError, RecursionError):
            raise OptionError("no JSON") from None
        if not isinstance(given, dict):
            raise OptionError("no object")
        kind = KINDS.get(str(given.pop("kind", "")), KINDS["anneal"])
        params = kind.complete(given, BLOCKS)
        kind.total(params, BLOCKS)
        json.dumps(params, allow_nan=False)

    return run


def _rows() -> list[bytes]:
    import json

    from permq.jobs.kinds import KINDS

    return [
        json.dumps(
            {"kind": name, **{one.name: one.default for one in kind.parameters if one.default}}
        ).encode()
        for name, kind in KINDS.items()
        if name != "constrained"
    ]


def _prepare_places(folder: Path) -> Callable[[bytes], object]:
    from permq.jobs.places import places_text, read_exchanges, read_places, read_weights

    def run(data: bytes) -> None:
        text = data.decode("utf-8", "surrogateescape")
        refused = 0
        try:
            places = read_places(text)
            law(read_places(places_text(places)) == places, "places read otherwise")
        except ValueError:
            refused += 1
        for read in (read_weights, read_exchanges):
            try:
                read(text)
            except ValueError:
                refused += 1
        if refused == 3:
            raise OptionError("none of the three")

    return run


TARGETS = (
    Target(
        "parameters",
        "kind:name=value,… of permq submit and --then",
        _prepare_steps,
        _steps,
        refusals=(OptionError,),
        words=_words(),
        weight=8,
        longest=512,
    ),
    Target(
        "job-rows",
        "parameters as JSON holds them",
        _prepare_rows,
        _rows,
        refusals=(OptionError,),
        words=_words(),
        mutations=(json_of,),
        weight=4,
        longest=1024,
    ),
    Target(
        "places",
        "positions, weights and exchanges as text",
        _prepare_places,
        lambda: [b"0-3,7", b"", b"swap:1,insertion:2.5", b"3-9,12-40", b"999999"],
        refusals=(OptionError,),
        words=(b"-", b",", b":", b"999999", b"0-999999"),
        weight=2,
        longest=128,
    ),
)
