"""Two fleets that start at the same moment do not choose the same port."""

import subprocess
import sys

import pytest

from permq.services import ports

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="claims need names without files, which Linux alone has"
)

CHOOSE = "from permq.services.ports import free_port; print(free_port({}), flush=True); input()"


def test_a_usual_port_goes_to_the_first_that_asks_while_it_lives():
    usual = ports.free_port()
    words = [sys.executable, "-c", CHOOSE.format(usual)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout is not None
        assert int(first.stdout.readline()) == usual
        # nobody listens there yet
        assert ports.is_free(usual)
        assert ports.free_port(usual) != usual
        first.communicate("\n")
    assert ports.free_port(usual) == usual
