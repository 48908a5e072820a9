"""Take the files of a puzzle out of a zip archive, and nothing else."""

import re
import zipfile
import zlib
from pathlib import Path
from typing import IO

from permq.errors import DownloadError

MAX_ENTRIES = 20_000
MAX_BYTES = 256 << 20

# at any depth, but only these names: no entry can choose where it is written
_WANTED = re.compile(r"(?:.*/)?(historical_data\.csv|pieces/piece_[0-9]{1,9}\.pth)", re.DOTALL)
_IGNORED = "__MACOSX/"
# others can ask for gigabytes to unpack some bytes
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def unpack(archive: Path, folder: Path) -> int:
    """Write `historical_data.csv` and `pieces/piece_*.pth` of an archive into a folder.

    Parameters
    ----------
    archive
        The zip archive; the files may lie in a folder inside it.
    folder
        An empty folder.

    Returns
    -------
    int
        Number of files written.

    Raises
    ------
    DownloadError
        When the archive is damaged, too large when unpacked, or holds a file twice.
    """
    written: set[str] = set()
    room = MAX_BYTES
    try:
        (folder / "pieces").mkdir(exist_ok=True)
        with zipfile.ZipFile(archive) as source:
            entries = source.infolist()
            if len(entries) > MAX_ENTRIES:
                raise DownloadError(f"{archive.name}: holds {len(entries):,} files, too many")
            for entry in entries:
                match = _WANTED.fullmatch(entry.filename)
                if match is None or entry.filename.startswith(_IGNORED):
                    continue
                if entry.compress_type not in _PACKED:
                    raise DownloadError(f"{archive.name}: {match[1]} is packed in an unusual way")
                if match[1] in written:
                    raise DownloadError(f"{archive.name}: holds {match[1]} twice")
                written.add(match[1])
                with source.open(entry) as content, (folder / match[1]).open("xb") as file:
                    room -= _copy(content, file, room)
                if room <= 0:
                    raise DownloadError(
                        f"{archive.name}: more than {MAX_BYTES:,} bytes when unpacked"
                    )
    except (
        *(zipfile.BadZipFile, zlib.error, EOFError),
        *(NotImplementedError, RuntimeError, ValueError),  # ways of packing, passwords, names
    ) as error:
        raise DownloadError(f"{archive.name}: damaged archive: {error}") from None
    except OSError as error:
        raise DownloadError(f"{folder}: cannot be written: {error.strerror or error}") from None
    return len(written)


def _copy(source: IO[bytes], target: IO[bytes], room: int) -> int:
    """Copy at most `room` bytes, whatever size the archive claims."""
    copied = 0
    while copied < room and (chunk := source.read(min(1 << 20, room - copied))):
        target.write(chunk)
        copied += len(chunk)
    return copied
