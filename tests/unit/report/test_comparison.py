"""Facts derived from counts, and what changed since the last report."""

from permq.report.comparison import Comparison, apart, changes, facts, shares

CELLS = {
    ("solve", "easy"): (20, 20),
    ("solve", "hard"): (0, 20),
    ("anneal", "easy"): (5, 20),
    ("anneal", "hard"): (0, 20),
}
NOW = Comparison(("solve", "anneal"), ("easy", "hard"), CELLS, {"solve": 1.0, "anneal": 9.0})


def test_totals_are_sums_over_puzzles():
    assert NOW.total("solve") == (20, 40)
    assert shares((8, 10)) == "8 of 10 [49%, 94%]"


def test_the_facts_name_the_best_what_surprises_and_what_nobody_solves():
    told = facts(NOW)
    assert told[0] == "solve solves most: 20 of 40 [35%, 65%]."
    assert any(line.startswith("solve solves clearly more than anneal") for line in told)
    surprises = [line for line in told if line.startswith("Surprise")]
    assert [line.split(":")[1].strip() for line in surprises] == [
        "solve on easy",
        "solve on hard",
    ]
    assert told[-1] == "No run solves hard."


def test_where_nothing_is_solved_nobody_is_best():
    nothing = Comparison(("a",), ("p",), {("a", "p"): (0, 3)}, {})
    assert facts(nothing) == ["No run is solved."]


def test_shares_are_apart_when_their_intervals_do_not_overlap():
    assert apart((0, 20), (20, 20))
    assert not apart((0, 1), (1, 1))


def test_regressions_and_gains_are_told_with_both_counts():
    cells = dict(CELLS) | {("solve", "easy"): (0, 20), ("anneal", "hard"): (1, 20)}
    later = Comparison(NOW.solvers, NOW.puzzles, cells, {"solve": 2.0, "anneal": 4.0})
    worse, better = changes(later, NOW)
    assert worse == [
        "solve on easy: 20 of 20 before, 0 of 20 now (beyond chance).",
        "solve works 2.0 s a run, 1.0 s before.",
    ]
    assert better == [
        "anneal on hard: 0 of 20 before, 1 of 20 now.",
        "anneal works 4.0 s a run, 9.0 s before.",
    ]


def test_what_a_report_keeps_comes_back():
    assert Comparison.of_summary(NOW.summary) == NOW


def test_what_was_not_run_before_is_no_change():
    fewer = Comparison(("solve",), ("easy",), {("solve", "easy"): (20, 20)}, {})
    assert changes(NOW, fewer) == ([], [])
