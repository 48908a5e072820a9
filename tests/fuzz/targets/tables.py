"""The data of a puzzle: CSV."""

from collections.abc import Callable
from pathlib import Path

from tests.fuzz.guard import Scratch
from tests.fuzz.target import Target, law


def _prepare(folder: Path) -> Callable[[bytes], object]:
    import numpy as np

    from permq.core.table import read_fast, read_strictly, read_table

    scratch = Scratch(folder, "historical_data.csv")

    def run(data: bytes) -> None:
        table = read_table(scratch.hold(data))
        law(len(table.x) == len(table.pred) > 0, "as many answers as inputs are wanted")
        law(np.isfinite(table.x).all() and np.isfinite(table.pred).all(), "not finite")
        law(table.true is None or table.true.shape == table.pred.shape, "labels of another shape")
        _, _, body = data.removeprefix(b"\xef\xbb\xbf").partition(b"\n")
        columns = table.x.shape[1] + table.pred.shape[1] * (1 if table.true is None else 2)
        fast = read_fast(body, columns)
        if fast is not None and b"\r" not in data:
            strict = read_strictly(b"\n" + body, [f"c{n}" for n in range(columns)], scratch.path)
            law(np.allclose(fast, strict, rtol=1e-6), "the two readers disagree")

    return run


def _seeds() -> list[bytes]:
    plain = b"measurement_0,measurement_1,pred,true\n0.1,-2e-3,1.5,1\n3,4,5.25,-6\n"
    return [
        plain,
        plain.replace(b"\n", b"\r\n"),
        plain.replace(b"\n", b"\r"),
        b"\xef\xbb\xbf" + plain,
        b'"a" , "b",pred_0,pred_1,true_0,true_1\n" 1 ",2,3,4,5,6\n\n1,2,3,4,5,6',
        b"a,pred\n1,1e38\n-1e-45,.5\n",
        "größe,pred\n1,2\n".encode(),
    ]


TARGETS = (
    Target(
        "tables",
        "historical_data.csv",
        _prepare,
        _seeds,
        words=(b"pred", b"true", b"pred_0", b"pred_1", b"true_0", b",", b'"', b"1e39", b"-.5e-3"),
        weight=8,
    ),
)
