"""Settings of annealing."""

import pytest

from permq.errors import OptionError
from permq.search.annealing_settings import AnnealSettings
from permq.search.schedule import Adaptive, Geometric


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ({"moves": {"hop": 1}}, "hop"),
        ({"moves": {}}, "weights"),
        ({"moves": {"swap": 0}}, "weights"),
        ({"moves": {"swap": 1, "insertion": -1}}, "weights"),
        ({"moves": {"swap": float("nan")}}, "weights"),
        ({"accept": "always"}, "always"),
        ({"schedule": "linear"}, "linear"),
        ({"steps": -1}, "steps"),
        ({"window": 0}, "window"),
        ({"patience": -1}, "patience"),
        ({"hot": -0.1}, "hot"),
        ({"hot": float("nan")}, "hot"),
        ({"hot": 0.1, "cold": 0.2}, "cold"),
        ({"cooling": 0}, "cooling"),
        ({"cooling": 1.5}, "cooling"),
        ({"near": 0}, "near"),
        ({"reheat": 2}, "reheat"),
    ],
)
def test_a_setting_out_of_range_is_named(words, named):
    with pytest.raises(OptionError, match=named):
        AnnealSettings(**words)


def test_known_words_are_listed():
    with pytest.raises(OptionError, match="metropolis, greedy"):
        AnnealSettings(accept="always")


def test_the_schedule_is_made_from_the_settings():
    geometric = AnnealSettings(cooling=0.1).schedule_from(5.0)
    assert isinstance(geometric, Geometric)
    assert (geometric.hot, geometric.cold) == (5.0, 0.5)
    assert AnnealSettings(cold=0.2).schedule_from(5.0).temperature(1, 1, 1) == pytest.approx(0.2)
    adaptive = AnnealSettings(schedule="adaptive", hot_acceptance=0.5).schedule_from(5.0)
    assert isinstance(adaptive, Adaptive)
    assert adaptive.hot == 0.5
