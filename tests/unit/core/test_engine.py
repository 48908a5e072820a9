import subprocess
import sys

import numpy as np
import pytest

from permq.core.engine import engine
from permq.core.network import Network
from permq.errors import OptionError
from tests.toys import toy_puzzle


def test_the_processor_runs_numpy():
    puzzle, _ = toy_puzzle()
    network = engine(puzzle, dtype=np.float64)
    assert isinstance(network, Network)
    assert network.dtype == np.float64


def test_taking_the_engine_of_a_processor_does_not_import_torch():
    code = (
        "import sys; from tests.toys import toy_puzzle; from permq.core.engine import engine; "
        "engine(toy_puzzle()[0]); sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_any_other_device_runs_torch():
    puzzle, _ = toy_puzzle()
    assert type(engine(puzzle, "cpu:0")).__name__ == "TorchNetwork"
    with pytest.raises(OptionError, match="nowhere"):
        engine(puzzle, "nowhere")
