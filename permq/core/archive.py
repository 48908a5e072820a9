"""Names and bytes of a zip archive without compression, as `torch.save` writes it.

Python's `zipfile` costs 3 ms to import and 100 ms for the 97 pieces of the real puzzle; reading the
table of contents by hand costs 2 ms. Compressed entries are refused, so nothing can be larger in
memory than in the file.
"""

import struct
from collections.abc import Iterator
from zlib import crc32

from permq.core.files import UnreadableError

_END = struct.Struct("<4s4H2IH")
_ENTRY = struct.Struct("<4s6H3I5H2I")
_LOCAL = struct.Struct("<4s5H3I2H")
_LONGEST_COMMENT = 0xFFFF
_ELSEWHERE = 0xFFFFFFFF  # in a field of 4 bytes: the value stands in a zip64 record


class StoredArchive:
    """The entries of a zip archive held in memory.

    Parameters
    ----------
    data
        The whole file.

    Raises
    ------
    UnreadableError
        When it is no zip archive, damaged, compressed, encrypted or of zip64 sizes; the text
        says what.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._entries: dict[bytes, tuple[int, int, int]] = {}  # name: first byte, size, checksum
        try:
            self._read_contents()
        except struct.error:
            raise UnreadableError("truncated: its table of contents ends too early") from None

    def __contains__(self, name: bytes) -> bool:
        return name in self._entries

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._entries)

    def read(self, name: bytes) -> memoryview:
        """Bytes of one entry, checked against its checksum where it has one.

        Raises
        ------
        UnreadableError
            When there is no such entry or it is damaged.
        """
        if name not in self._entries:
            raise UnreadableError(f"damaged: the archive lacks {_shown(name)}")
        first, size, checksum = self._entries[name]
        content = memoryview(self._data)[first : first + size]
        # torch can be told to leave checksums out; it then writes 0
        if checksum and crc32(content) != checksum:
            raise UnreadableError(f"damaged: the checksum of {_shown(name)} does not fit")
        return content

    def _read_contents(self) -> None:
        data = self._data
        end = len(data) - _END.size
        if data[end : end + 4] != b"PK\5\6":
            end = data.rfind(b"PK\5\6", max(0, end - _LONGEST_COMMENT))
        if end < 0:
            raise UnreadableError("truncated: the end of the archive is missing")
        _, _, _, _, count, _, at, _ = _END.unpack_from(data, end)
        if at == _ELSEWHERE:
            raise UnreadableError("too large: a zip64 archive")
        for _ in range(count):
            fields = _ENTRY.unpack_from(data, at)
            signature, _, _, flags, method, _, _, checksum, packed, size = fields[:10]
            name_size, extra, comment, local = *fields[10:13], fields[16]
            if signature != b"PK\1\2":
                raise UnreadableError("damaged: its table of contents is broken")
            at += _ENTRY.size
            name = data[at : at + name_size]
            at += name_size + extra + comment
            if method != 0 or flags & 1 or packed != size:
                raise UnreadableError(f"{_shown(name)} in it is compressed or encrypted")
            if name in self._entries:
                raise UnreadableError(f"damaged: the archive holds {_shown(name)} twice")
            header = _LOCAL.unpack_from(data, local)
            first = local + _LOCAL.size + header[9] + header[10]
            if header[0] != b"PK\3\4" or first + size > len(data):
                raise UnreadableError(
                    f"damaged or truncated: {_shown(name)} lies outside of the file"
                )
            self._entries[name] = (first, size, checksum)


def _shown(name: bytes) -> str:
    return repr(name.decode("utf-8", "replace")[:80])
