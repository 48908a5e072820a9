"""Arrays of an `.npz` archive that somebody else may have made.

`numpy.load` believes what an archive says of itself: a few kilobytes can unpack to gigabytes, and
a header can ask for more memory than there is. Here all sizes are looked at before anything is
unpacked.
"""

import io
import zipfile
import zlib
from math import prod
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from permq.core.files import UnreadableError

MOST_ARRAYS = 1_000


def read_npz(data: bytes, limit: int) -> dict[str, NDArray[Any]]:
    """Read all arrays.

    Parameters
    ----------
    data
        The archive.
    limit
        Bytes that all arrays together may take.

    Raises
    ------
    UnreadableError
        When it is damaged, holds objects, or is too large; the text says what.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            whole = sum(entry.file_size for entry in entries)
            if len(entries) > MOST_ARRAYS or whole > limit:
                raise UnreadableError(
                    f"too large: {len(entries):,} arrays of {whole:,} bytes when unpacked; at most "
                    f"{MOST_ARRAYS:,} of {limit:,} are read"
                )
            found = {}
            for entry in entries:
                # what comes out of it is never more than the size that it gives
                with archive.open(entry) as member:
                    found[entry.filename.removesuffix(".npy")] = _array(member, entry.file_size)
            return found
    except (
        *(zipfile.BadZipFile, zlib.error, EOFError, ValueError, TypeError, SyntaxError),
        *(NotImplementedError, RuntimeError, OSError, MemoryError),
    ) as error:
        told = " ".join(str(error).split())[:200] or type(error).__name__
        raise UnreadableError(f"damaged: {told}") from None


def _array(member: IO[bytes], size: int) -> NDArray[Any]:
    """One array, if its values are all there."""
    version = npy.read_magic(member)
    read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    shape, fortran, dtype = read(member)
    if dtype.hasobject:
        raise UnreadableError("holds objects, which could run code")
    count = prod(shape)
    if min(shape, default=0) < 0 or count * dtype.itemsize > size:
        raise UnreadableError(f"damaged: an array of shape {str(shape)[:80]} is not all there")
    values = np.frombuffer(bytearray(member.read(count * dtype.itemsize)), dtype, count)
    return values.reshape(shape, order="F" if fortran else "C")
