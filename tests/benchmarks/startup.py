"""The whole command `permq solve` on the real puzzle beside the import of torch."""

import sys
from pathlib import Path
from statistics import median

from tests.benchmarks.measure import spread, tell
from tests.benchmarks.processes import Run, run_process

BOUND = 0.7


def run(folder: Path, quick: bool) -> None:
    """Print both times and their ratio; the two take turns."""
    solve = (sys.executable, "-m", "permq", "solve", str(folder))
    torch = (sys.executable, "-c", "import torch")
    ours: list[Run] = []
    theirs: list[Run] = []
    for _ in range(4 if quick else 12):
        ours.append(run_process(*solve))
        theirs.append(run_process(*torch))
    del ours[0], theirs[0]  # the files come from the disk in the first round
    if any(one.status for one in (*ours, *theirs)):
        raise RuntimeError("permq solve or the import of torch failed")
    print("startup: the whole command, from start to exit")
    for name, runs in (("permq solve", ours), ('python -c "import torch"', theirs)):
        print(
            f"  {name}: wall {spread([one.wall for one in runs], ' s')}, "
            f"processor {spread([one.cpu for one in runs], ' s')}"
        )
    pairs = list(zip(ours, theirs, strict=True))
    tell("wall, permq solve / import torch", median(a.wall / b.wall for a, b in pairs), BOUND)
    tell("processor, permq solve / import torch", median(a.cpu / b.cpu for a, b in pairs), BOUND)
