"""Every figure of the puzzle and its pool, on the shipped example."""

import struct
from itertools import combinations

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from permq.core.network import Network
from permq.core.objective import objective
from permq.errors import MissingDataError
from permq.figures.gather import gather
from permq.figures.registry import FIGURES, figure_named
from permq.figures.render import PNG, SVG, picture
from permq.figures.style import rc
from permq.pool import puzzles
from permq.pool.connection import connect, transaction
from tests.integration.figures.conftest import WRONG
from tests.puzzle_files import layers_of
from tests.toys import toy_puzzle

OF_WEIGHTS = (
    "cost_matrix_heatmap",
    "weight_norms",
    "activation_fingerprints",
    "trace_matrix",
)
OF_THE_POOL = (
    "pool_agreement",
    "convergence",
    "residual_cosine",
    "loo",
    "placement",
    "landscape",
    "cascade",
    "fleet",
)
NAMES = (*OF_WEIGHTS, *OF_THE_POOL)


@pytest.fixture(scope="module")
def sources(filled):
    return gather(filled.connection, filled.row, {"target": 1e-3})


@pytest.fixture(scope="module", params=NAMES)
def drawn(request, sources):
    """A figure, its numbers and its drawing, laid out."""
    figure = figure_named(request.param)
    numbers = figure.compute(sources)
    with mpl.rc_context(rc()):
        drawing = figure.draw(numbers)
        FigureCanvasAgg(drawing).draw()
    return figure, numbers, drawing


def test_the_figures_are_those_that_are_promised():
    assert set(NAMES) <= set(FIGURES)


def test_a_figure_is_a_picture_of_1200_pixels(drawn):
    figure, numbers, drawing = drawn
    files = picture(figure, numbers, "small").files
    width, height = struct.unpack(">II", files[PNG][16:24])
    assert (width, height) == (1200, round(100 * drawing.get_figheight()))
    assert files[SVG].startswith(b"<?xml")
    assert f"{figure.name}: small".encode() in files[SVG]


def test_every_figure_has_a_title_and_every_axis_a_label(drawn):
    _, _, drawing = drawn
    assert drawing.get_suptitle()
    for axes in all_axes(drawing):
        assert axes.get_xlabel() or axes.get_ylabel()
        # the other axis may be shared with a neighbour, or is the width of a colour bar
        if not is_colour_bar(axes):
            shared_x = any(a.get_xlabel() for a in axes.get_shared_x_axes().get_siblings(axes))
            # rows of heat maps side by side are the same
            assert axes.get_xlabel() or shared_x


def test_labels_stay_within_the_picture_and_clear_of_each_other(drawn):
    _, _, drawing = drawn
    renderer = drawing.canvas.get_renderer()
    canvas = drawing.bbox
    boxes = [
        (text.get_text(), text.get_window_extent(renderer))
        for text in texts(drawing)
        if text.get_visible() and text.get_text()
    ]
    for said, box in boxes:
        inside = box.x0 >= -1 and box.y0 >= -1 and box.x1 <= canvas.x1 + 1
        assert inside, f"{said!r} leaves the picture"
        assert box.y1 <= canvas.y1 + 1, f"{said!r} leaves the picture"
    for (one, first), (other, second) in combinations(boxes, 2):
        across = min(first.x1, second.x1) - max(first.x0, second.x0)
        along = min(first.y1, second.y1) - max(first.y0, second.y0)
        assert across <= 1 or along <= 1, f"{one!r} lies on {other!r}"


def all_axes(drawing):
    return drawing.axes


def is_colour_bar(axes):
    return axes.get_label() == "<colorbar>"


def texts(drawing):
    """Titles, labels, ticks and legends."""
    yield drawing._suptitle
    for axes in all_axes(drawing):
        yield from (axes.title, axes._left_title, axes._right_title)
        for axis in (axes.xaxis, axes.yaxis):
            yield axis.label
            low, high = sorted(axis.get_view_interval())
            for tick in axis.get_major_ticks():
                if low <= tick.get_loc() <= high:
                    yield from (tick.label1, tick.label2)
        if axes.get_legend():
            yield from axes.get_legend().get_texts()


def computed(sources, name):
    return figure_named(name).compute(sources)


def test_right_pairs_lie_on_the_diagonal(sources, filled):
    inp, out = filled.puzzle.indices(filled.answer)
    traces = computed(sources, "trace_matrix")
    product = filled.puzzle.w_out[out[3]] @ filled.puzzle.w_in[inp[2]]
    assert traces.values[2, 3] == pytest.approx(np.trace(product), rel=1e-4)
    assert traces.known == "right"
    costs = computed(sources, "cost_matrix_heatmap")
    assert costs.known.tolist() == list(range(filled.puzzle.blocks))
    assert costs.normalised.min() == 1


def test_what_a_block_contributes_is_the_cost_without_it(sources, filled):
    inp, out = filled.puzzle.indices(filled.answer)
    loo = computed(sources, "loo")
    assert loo.rows == filled.puzzle.rows
    for place in (0, 5):
        without = objective(filled.puzzle, np.delete(inp, place), np.delete(out, place))
        assert loo.change[place] == pytest.approx(without, rel=1e-3)


def test_residual_directions_are_those_of_the_right_arrangement(sources, filled):
    inp, out = filled.puzzle.indices(filled.answer)
    found = computed(sources, "residual_cosine")
    states = Network(filled.puzzle, np.float64).states(inp, out, filled.puzzle.x)
    steps = np.diff(states, axis=0)
    steps /= np.linalg.norm(steps, axis=2, keepdims=True)
    assert found.cosines == pytest.approx((steps[:-1] * steps[1:]).sum(axis=2).mean(axis=1), 1e-3)
    assert set(found.breaks) == set(np.flatnonzero(found.cosines < 0))


def test_the_pool_is_shown_whole(sources):
    convergence = computed(sources, "convergence")
    count = convergence.whole
    assert len(convergence.costs) == count <= WRONG + 1
    assert convergence.best[-1] == convergence.costs.min()
    assert set(convergence.names) == {"anneal", "surgery", "refine"}
    assert computed(sources, "pool_agreement").count == count
    landscape = computed(sources, "landscape")
    assert (len(landscape.places), landscape.solved) == (count, True)
    assert len(landscape.lines) > 0
    assert computed(sources, "placement").share.sum(axis=1) == pytest.approx(1)
    cascade = computed(sources, "cascade")
    assert (cascade.divergence[:, 0] == 0).all()
    assert (cascade.divergence[:, -1] > 0).all()


def test_nodes_are_told_apart_by_their_work(sources, filled):
    fleet = computed(sources, "fleet")
    assert set(fleet.nodes) == {"one", "two"}
    assert dict(zip(fleet.nodes, fleet.rate, strict=True)) == pytest.approx(
        {"one": 300, "two": 100}
    )
    by_node = gather(filled.connection, filled.row, {"by": "node"})
    assert computed(by_node, "convergence").names == ("one", "two", "unknown")


@pytest.fixture
def empty(postgres_url):
    connection = connect(postgres_url)
    with transaction(connection) as cursor:
        row = puzzles.add(cursor, toy_puzzle(0)[0])
    yield gather(connection, row)
    connection.close()


@pytest.mark.parametrize("name", OF_WEIGHTS)
def test_an_empty_pool_has_pictures_of_the_weights(empty, name):
    figure = figure_named(name)
    assert picture(figure, figure.compute(empty)).files[PNG]


@pytest.mark.parametrize("name", OF_THE_POOL)
def test_an_empty_pool_has_nothing_else_to_show(empty, name):
    with pytest.raises(MissingDataError, match=r"^toy \([0-9a-f]{12}\): (the pool|no job) has "):
        figure_named(name).compute(empty)


def test_square_layers_have_the_roles_of_the_answer(postgres_url):
    puzzle, answer = toy_puzzle(3, width=6, hidden=6, signal=0.5)
    connection = connect(postgres_url)
    with transaction(connection) as cursor:
        row = puzzles.add(cursor, puzzle)
    sources = gather(connection, row)
    assert sources.puzzle.square
    assert computed(sources, "trace_matrix").values.shape == (5, 5)
    from permq.pool.solutions import Found, check, record

    with transaction(connection) as cursor:
        record(cursor, row.id, [check(puzzle, Found(answer, "test"))])
    sources = gather(connection, row)
    assert set(sources.puzzle.inp_pieces) == set(answer.inputs)
    assert layers_of(sources.puzzle).keys() == layers_of(puzzle).keys()
    assert computed(sources, "loo").harmful == 0
    connection.close()
