"""Files that come into the pool: backups, imports, and the pool's own copies of puzzles."""

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from random import Random

from permq.errors import AnswerError, InputError, OptionError, PuzzleError, SchemaError
from tests.fuzz.guard import Scratch
from tests.fuzz.mutate import bytes_of, json_of, zip_of
from tests.fuzz.target import Target, law

FINGERPRINT = "ab" * 32


def _prepare_backups(folder: Path) -> Callable[[bytes], object]:
    from permq.pool.backup_file import inspect

    scratch = Scratch(folder, "pool.backup")

    def run(data: bytes) -> None:
        backup = inspect(scratch.hold(data))
        law(type(backup.schema) is int and backup.rows >= 0, "no schema and rows")
        for table in backup.tables:
            law(type(table.name) is str and type(table.rows) is int, "no table")
            law(all(type(column) is str for column in table.columns), "no columns")

    return run


def _backups() -> list[bytes]:
    from permq.pool.backup_file import FORMAT, Backup, TableCopy, table_names
    from permq.pool.migrate import migrations

    known = migrations()
    copy = b"1\tsmall\t\\N\n"
    found = []
    for count in (len(known), 1):
        steps = known[:count]
        names = table_names(steps)
        digest = sha256(copy).hexdigest()
        one = Backup(
            count,
            tuple(step.checksum for step in steps),
            "2030-01-01T00:00:00+00:00",
            tuple(TableCopy(name, ("id", "name"), 1, digest) for name in names),
        )
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for table in one.tables:
                archive.writestr(f"tables/{table.name}.copy", copy)
            archive.writestr("manifest.json", json.dumps({"format": FORMAT, **asdict(one)}))
        found.append(packed.getvalue())
    return found


def _json_or_bytes(data: bytes, rng: Random) -> bytes:
    return json_of(data, rng) if data[:1] == b"{" else bytes_of(data, rng, (), ())


def _prepare_imports(folder: Path) -> Callable[[bytes], object]:
    import pandas as pd  # noqa: F401 - before the first case

    from permq.pool.exchange import read

    files = {suffix: Scratch(folder, f"found.{suffix}") for suffix in ("csv", "json", "parquet")}

    def run(data: bytes) -> None:
        # by what it begins with: a suffix would be one more thing to mutate
        suffix = "parquet" if data[:4] == b"PAR1" else "json" if data[:1] == b"[" else "csv"
        for one in read(files[suffix].hold(data), FINGERPRINT):
            law(one.found.arrangement.blocks >= 1, "no arrangement")
            law(type(one.found.method) is str and isinstance(one.node, str | None), "no names")

    return run


def _imports() -> list[bytes]:
    import pandas as pd

    rows = [
        {
            "puzzle": FINGERPRINT,
            "answer": "3,1,4,0,2",
            "method": "anneal",
            "node": "one",
            "cost": 0.5,
            "match": None,
        },
        {"puzzle": FINGERPRINT, "answer": "0,1,2,3,4", "method": "", "node": None, "cost": 1.0},
    ]
    table = pd.DataFrame(rows)
    lists = [{"permutation": [3, 1, 4, 0, 2]}, {"permutation": "{3,1,4,0,2}", "node": "two"}]
    parquet = io.BytesIO()
    table[["puzzle", "answer", "method"]].to_parquet(parquet, engine="pyarrow")
    nested = io.BytesIO()
    pd.DataFrame({"permutation": [[3, 1, 4, 0, 2]]}).to_parquet(nested, engine="pyarrow")
    return [
        table.to_csv(index=False).encode(),
        json.dumps(rows).encode(),
        json.dumps(lists).encode(),
        parquet.getvalue(),
        nested.getvalue(),
    ]


def _prepare_copies(folder: Path) -> Callable[[bytes], object]:
    from permq.pool.content import contents_of, unpack

    def run(data: bytes) -> None:
        puzzle = unpack(data)
        law(contents_of(puzzle) == puzzle.fingerprint, "a fingerprint of something else")
        law(isinstance(puzzle.name, str) and puzzle.blocks >= 1, "no puzzle")

    return run


def _copies() -> list[bytes]:
    from permq.pool.content import pack
    from tests.toys import toy_puzzle

    return [
        pack(toy_puzzle(4, blocks=2, width=3, hidden=4, rows=4)[0]),
        pack(toy_puzzle(4, blocks=2, width=3, hidden=3, rows=4)[0]),
    ]


def _array(data: bytes, rng: Random) -> bytes:
    """Change an array's head, its numbers, or the puzzle's description; which is an array too."""
    at = data.find(b"{", 120)
    if at > 0 and rng.random() < 0.7:
        about = json_of(data[at:], rng)
        shape = f"({len(about)},)".encode()
        begin, end = data.find(b"("), data.find(b")")
        if 0 < begin < end:
            head = data[:begin] + shape.ljust(end + 1 - begin)[: end + 1 - begin]
            return head + data[end + 1 : at] + about
    return bytes_of(data, rng, (), (b"<f4", b"<f8", b"|O", b">i8", b"(2,3)", b"True", b"False"))


TARGETS = (
    Target(
        "backups",
        "backups, as far as they are checked before anything is written",
        _prepare_backups,
        _backups,
        refusals=(OptionError, SchemaError),
        mutations=(zip_of(_json_or_bytes), zip_of(_json_or_bytes)),
        longest=8192,
    ),
    Target(
        "imports",
        "CSV, JSON and Parquet of permq pool import",
        _prepare_imports,
        _imports,
        refusals=(OptionError, AnswerError),
        words=(b"answer", b"permutation", b"puzzle", b"method", b"node", b"PAR1", b'"', b"[", b"{"),
        mutations=(json_of,),
        weight=2,
        longest=8192,
    ),
    Target(
        "copies",
        "the pool's copies of puzzles, .npz",
        _prepare_copies,
        _copies,
        refusals=(PuzzleError, InputError),
        mutations=(zip_of(_array), zip_of(_array)),
        weight=2,
        longest=8192,
    ),
)
