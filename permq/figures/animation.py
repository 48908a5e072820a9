"""Figures that move: the same drawing over the snapshots of a pool, or of a training.

A figure that can be animated has `frames`; the placement's are made here of what snapshots keep.
"""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from permq.core.network import Array
from permq.figures.figure import Figure, Sources
from permq.figures.past import answer_of, past
from permq.figures.placement import Placement
from permq.figures.render import GIF, Picture
from permq.history.snapshot import COMPARED
from permq.pool.history import SnapshotRow

ANIMATED = ("radar", "placement", "representation")
"""Figures that can move."""
FRAMES = 20
"""Pictures of an animation at most."""
FRAMES_PER_SECOND = 2
DPI = 60
"""Dots per inch; a picture is 12 inches wide."""


def moving(figure: Figure[Any], sources: Sources, most: int = FRAMES) -> Picture:
    """Draw a figure over time, as a GIF that goes on for ever.

    Parameters
    ----------
    figure
        One of `ANIMATED`.
    sources
        What it looks at.
    most
        Frames at most, at least 2.

    Raises
    ------
    MissingDataError
        When there are less than two moments to show.
    """
    numbers = frames_of(figure, sources, most)
    if len(numbers) < 2:
        raise sources.missing(f"an animation of {figure.name} needs two moments")
    return Picture(figure.name, {GIF: gif(figure, numbers)})


def frames_of(figure: Figure[Any], sources: Sources, most: int) -> list[Any]:
    """Numbers of a figure at up to `most` moments, in order of time."""
    if figure.name == "placement":
        rows, answer = past(sources, most, least=2), answer_of(sources)
        return [placement_of(row, answer.inputs, sources.known) for row in rows]
    frames: list[Any] = figure.frames(sources, most)  # type: ignore[attr-defined]
    return frames


def placement_of(row: SnapshotRow, inputs: Sequence[int], known: str) -> Placement:
    """Posterior of placement at a snapshot.

    Parameters
    ----------
    row
        The snapshot, with its placement.
    inputs
        (L,) pieces of the input layers in the running order that names the blocks.
    known
        What that order is.
    """
    names = {piece: place for place, piece in enumerate(inputs)}
    share: Array = np.zeros((len(inputs), len(inputs)))
    for position, at in enumerate(row.placement or ()):
        for piece, _, part in at:
            if piece in names:  # square layers may have had other roles
                share[position, names[piece]] += part
    safe = np.maximum(share, 1e-12)
    entropy = np.maximum(-(share * np.log(safe)).sum(axis=1), 0.0)
    return Placement(share, entropy, int(row.numbers.get("compared", COMPARED)), known)


def gif(figure: Figure[Any], numbers: Sequence[Any]) -> bytes:
    """Draw numbers one after the other."""
    import matplotlib as mpl
    from matplotlib.animation import PillowWriter
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    from permq.figures.style import rc

    writer = PillowWriter(fps=FRAMES_PER_SECOND)
    with tempfile.TemporaryDirectory() as folder, mpl.rc_context(rc()):
        path = Path(folder) / "moving.gif"
        for place, one in enumerate(numbers):
            drawing = figure.draw(one)
            FigureCanvasAgg(drawing)
            if place == 0:
                writer.setup(drawing, path, dpi=DPI)
            writer.fig = drawing
            writer.grab_frame()
        writer.finish()
        return path.read_bytes()
