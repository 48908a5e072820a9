"""Prometheus, Alertmanager and Grafana: what they ask for is what the exporter tells."""

import json
import re
import shutil
import subprocess

import pytest

from permq.metrics import PORT
from permq.metrics.catalogue import CATALOGUE

METRICS = {metric.name: metric for metric in CATALOGUE}
PROMETHEUS_OWN = {"job", "instance"}


@pytest.fixture(scope="module")
def rules(load):
    (group,) = load("prometheus/rules.yml")["groups"]
    return {rule["alert"]: rule for rule in group["rules"]}


@pytest.fixture(scope="module")
def dashboard(ops):
    return json.loads((ops / "grafana/permq.json").read_text(encoding="utf-8"))


def labels_of(expression):
    """Labels that an expression selects or groups by."""
    for inner in re.findall(r"\{([^}]*)\}", expression):
        yield from re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", inner)
    for inner in re.findall(r"\b(?:by|on|without|ignoring)\s*\(([^)]*)\)", expression):
        yield from re.findall(r"\w+", inner)


def check(expression):
    """An expression asks for metrics that there are, by labels that they have."""
    used = set(re.findall(r"\bpermq_\w+", expression))
    assert used <= set(METRICS), expression
    known = {label for name in used for label in METRICS[name].labels} | PROMETHEUS_OWN
    assert set(labels_of(expression)) <= known, expression
    for name in used:
        counts = METRICS[name].kind == "counter"
        within = re.search(rf"(rate|increase)\({name}\b[^)]*\[", expression) is not None
        assert counts == within, f"{name}: rates are of counters, and of nothing else"


def test_every_alert_asks_for_what_is_told(rules):
    for rule in rules.values():
        check(rule["expr"])


def test_what_must_be_noticed_is_noticed(rules):
    assert {"NodeDead", "BacklogStalled", "PoolStale", "PuzzleSolved", "DeadLetters"} <= set(rules)


def test_every_alert_says_how_bad_it_is_and_what_has_happened(rules):
    for rule in rules.values():
        assert rule["labels"]["severity"] in {"info", "warning", "critical"}
        summary = rule["annotations"]["summary"]
        known = {
            label
            for name in re.findall(r"\bpermq_\w+", rule["expr"])
            for label in METRICS[name].labels
        }
        assert set(re.findall(r"\$labels\.(\w+)", summary)) <= known


def test_every_alert_stands_in_the_runbook(rules, ops):
    runbook = (ops / "RUNBOOK.md").read_text(encoding="utf-8")
    assert not [name for name in rules if f"`{name}`" not in runbook]


def test_both_configurations_scrape_the_exporter_and_know_the_rules(load):
    for name, target in (("prometheus.yml", "127.0.0.1"), ("prometheus.compose.yml", "metrics")):
        settings = load(f"prometheus/{name}")
        (job,) = settings["scrape_configs"]
        assert job["static_configs"] == [{"targets": [f"{target}:{PORT}"]}]
        assert settings["rule_files"] == ["rules.yml"]
        assert settings["alerting"]["alertmanagers"]


def test_a_solved_puzzle_is_told_to_the_webhook_alone_and_once(load, rules):
    settings = load("prometheus/alertmanager.yml")
    (route,) = settings["route"]["routes"]
    assert route["matchers"] == ['alertname="PuzzleSolved"']
    receivers = {it["name"]: it for it in settings["receivers"]}
    (hook,) = receivers[route["receiver"]]["webhook_configs"]
    # the address may hold a secret, so it lies in a file
    assert set(hook) == {"url_file", "send_resolved"}
    seconds = int(re.search(r"< (\d+)$", rules["PuzzleSolved"]["expr"])[1])
    assert int(route["repeat_interval"].removesuffix("h")) * 3600 > seconds
    assert "webhook_configs" not in receivers[settings["route"]["receiver"]]


def test_alertmanager_names_alerts_that_there_are(load, rules):
    text = json.dumps(load("prometheus/alertmanager.yml"))
    named = re.findall(r'alertname=~?\\"([^"\\]+)\\"', text)
    assert named
    assert {name for names in named for name in names.split("|")} <= set(rules)


def test_every_panel_asks_for_what_is_told(dashboard):
    for panel in dashboard["panels"]:
        assert panel["targets"], panel["title"]
        for target in panel["targets"]:
            check(target["expr"])
            known = {
                label
                for name in re.findall(r"permq_\w+", target["expr"])
                for label in METRICS[name].labels
            }
            assert set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"])) <= known


def test_the_dashboard_shows_what_a_fleet_is_watched_for(dashboard):
    shown = {
        name
        for panel in dashboard["panels"]
        for target in panel["targets"]
        for name in re.findall(r"permq_\w+", target["expr"])
    }
    assert {
        *("permq_jobs", "permq_slices_total", "permq_steps_per_second", "permq_node_state"),
        *("permq_pool_best_cost", "permq_pool_improvement_age_seconds", "permq_puzzle_solved"),
    } <= shown


def test_the_best_cost_is_drawn_on_a_logarithmic_scale(dashboard):
    (panel,) = [
        panel
        for panel in dashboard["panels"]
        if panel["type"] == "timeseries" and panel["title"] == "Pool's best cost"
    ]
    scale = panel["fieldConfig"]["defaults"]["custom"]["scaleDistribution"]
    assert scale == {"type": "log", "log": 10}


def test_the_data_source_is_the_viewers_choice(dashboard):
    variables = {it["name"]: it for it in dashboard["templating"]["list"]}
    assert variables["datasource"]["query"] == "prometheus"
    for panel in dashboard["panels"]:
        for asks in (panel, *panel["targets"]):
            assert asks["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
    for variable in re.findall(r"\$(\w+)", json.dumps(dashboard["panels"])):
        assert variable in variables or variable.startswith("__")


def test_no_panel_lies_on_another(dashboard):
    taken = set()
    for panel in dashboard["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, panel["title"]
        assert max(x for x, _ in cells) < 24
        taken |= cells
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])


def test_grafana_finds_the_dashboard_and_prometheus(load):
    (source,) = load("grafana/datasource.yaml")["datasources"]
    assert (source["type"], source["url"]) == ("prometheus", "http://prometheus:9090")
    (provider,) = load("grafana/dashboards.yaml")["providers"]
    mounts = load("compose.yaml")["services"]["grafana"]["volumes"]
    assert f"./grafana/permq.json:{provider['options']['path']}/permq.json:ro" in mounts


def test_the_rules_fire_when_they_should(ops, root, tmp_path):
    """By Prometheus' own tool, where it is installed."""
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not installed here; the tests above read the rules themselves")
    cases = (root / "tests/unit/ops/rules.test.yml").read_text(encoding="utf-8")
    file = tmp_path / "rules.test.yml"
    file.write_text(cases.replace("[RULES]", f"['{ops / 'prometheus/rules.yml'}']"))
    for words in (["test", "rules", file], ["check", "config", ops / "prometheus/prometheus.yml"]):
        done = subprocess.run([promtool, *words], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
