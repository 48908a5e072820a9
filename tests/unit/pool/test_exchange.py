"""Files of solutions are looked at before they are read: how large they are, and unpack to."""

import pyarrow as pa
import pyarrow.parquet
import pytest

from permq.errors import OptionError
from permq.pool import exchange


@pytest.mark.parametrize("suffix", exchange.FORMATS)
def test_a_file_that_is_too_large_is_not_read(tmp_path, monkeypatch, suffix):
    monkeypatch.setattr(exchange, "MAX_BYTES", 1000)
    path = tmp_path / f"solutions{suffix}"
    path.write_bytes(b"x" * 1001)
    with pytest.raises(OptionError, match="has 1,001 bytes; at most 1,000 are read"):
        exchange.read(path, "")


def test_a_parquet_file_that_unpacks_to_too_much_is_not_read(tmp_path, monkeypatch):
    path = tmp_path / "bomb.parquet"
    answers = pa.array(["0,1,2"] * 200_000)
    pyarrow.parquet.write_table(pa.table({"answer": answers}), path, compression="zstd")
    assert path.stat().st_size < 10_000
    monkeypatch.setattr(exchange, "MAX_ROWS", 100_000)
    with pytest.raises(OptionError, match="has 200,000 rows"):
        exchange.read(path, "")
    monkeypatch.setattr(exchange, "MAX_ROWS", 1 << 40)
    long = pa.table({"answer": pa.array(["0" * 10_000_000])})
    pyarrow.parquet.write_table(long, path, compression="zstd", use_dictionary=False)
    assert path.stat().st_size < 10_000
    monkeypatch.setattr(exchange, "MAX_BYTES", 1_000_000)
    with pytest.raises(OptionError, match=r"has 1 rows of 10,0.* bytes when unpacked"):
        exchange.read(path, "")
