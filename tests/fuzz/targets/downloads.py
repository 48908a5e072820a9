"""Archives as they come from the network."""

import io
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

from permq.errors import DownloadError
from tests.fuzz.guard import Scratch, guard
from tests.fuzz.mutate import bytes_of, zip_of
from tests.fuzz.target import Target, law


def _prepare(folder: Path) -> Callable[[bytes], object]:
    from permq.fetching.unpack import unpack

    scratch = Scratch(folder, "archive.zip")
    target = folder / "unpacked"

    def run(data: bytes) -> None:
        archive = scratch.hold(data)
        with guard().off():
            shutil.rmtree(target, ignore_errors=True)
            target.mkdir()
        try:
            count = unpack(archive, target)
        finally:
            with guard().off():
                there = [path for path in folder.rglob("*") if path.is_file()]
        law(len(there) == count + 1, "other files than it says")
        for path in there:
            inside = path.relative_to(folder).as_posix()
            law(
                path == archive
                or inside == "unpacked/historical_data.csv"
                or inside.startswith("unpacked/pieces/piece_"),
                f"a file that nobody wants: {inside!r}",
            )

    return run


def _packed(files: dict[str, bytes], method: int) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def _seeds() -> list[bytes]:
    files = {
        "puzzle/historical_data.csv": b"a,pred\n1,2\n",
        "puzzle/pieces/piece_0.pth": b"PK",
        "puzzle/pieces/piece_1.pth": b"0" * 300,
        "__MACOSX/pieces/piece_0.pth": b"x",
        "README": b"hello",
    }
    return [
        *(_packed(files, method) for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)),
        _packed({"historical_data.csv": b"0" * 200_000}, zipfile.ZIP_DEFLATED),
    ]


TARGETS = (
    Target(
        "archives",
        "zip archives of puzzles",
        _prepare,
        _seeds,
        refusals=(DownloadError,),
        words=(b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06", b"../", b"pieces/piece_0.pth", b"/"),
        mutations=(zip_of(lambda data, rng: bytes_of(data, rng, (), ())),),
        weight=2,
    ),
)
