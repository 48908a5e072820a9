import json
import subprocess
import sys

import pytest

from permq.services.processes import launched


@pytest.mark.slow
def test_a_worker_of_json_writes_nothing_else(postgres_url, redis_url, tmp_path, monkeypatch):
    monkeypatch.setenv("PERMQ_POSTGRES_URL", postgres_url)
    monkeypatch.setenv("PERMQ_REDIS_URL", redis_url)
    monkeypatch.setenv("PERMQ_DATA", str(tmp_path))
    words = ("worker", "start", "--name", "alpha", "--slots", "1", "--log-format", "json")
    process = subprocess.Popen(
        launched([sys.executable, "-P", "-m", "permq", *words], death_signal=9),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    lines = []
    for line in process.stdout:
        lines.append(json.loads(line))
        if "registered" in lines[-1]["message"]:
            break
    process.terminate()
    lines += [json.loads(line) for line in process.communicate()[0].splitlines()]
    assert process.returncode == 0
    assert {line["node"] for line in lines} == {"alpha"}
    assert {"time", "level", "node", "job", "logger", "message"} <= set(lines[0])
    assert postgres_url not in json.dumps(lines)
    assert redis_url not in json.dumps(lines)
