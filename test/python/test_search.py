"""A plan has the choices that were asked for, rules allow what they say, and a search ends with a plan that runs."""

import re
import subprocess
import sys
from pathlib import Path

import onnx
import pytest
from convopt.testing.builder import Builder

BENCH = Path(__file__).parents[2] / "bench"
sys.path.insert(0, str(BENCH))

import planning  # noqa: E402
import search  # noqa: E402


@pytest.fixture(scope="module")
def planner(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plans")
    graph = Builder("small")
    image = graph.input(1, 16, 12, 12)
    onnx.save(graph.model(graph.add("Relu", graph.conv(image, (16, 32)))), folder / "model.onnx")
    return planning.Planner(folder / "model.onnx", folder)


def test_a_plan_takes_what_it_is_told(planner):
    (layer,) = planner.layers
    first, *others = planner.candidates(layer, 1000)
    for name in (first, others[len(others) // 2], others[-1]):
        _, table = planner.build({layer: [name]})
        # Layout transformations have rows, too, of one word.
        assert [choice for choice in planning.choices(table).values() if " " in choice] == [name]


def test_candidates_are_sorted_by_prediction(planner):
    (known,) = planner.layers.values()
    times = [choice["predicted_seconds"] for choice in known]
    assert len(times) > 10 and times == sorted(times)
    (layer,) = planner.layers
    assert planner.candidates(layer, 3) == [choice["name"] for choice in known[:3]]


def test_rules_allow_what_they_say(planner):
    (layer,) = planner.layers
    allowed = search.rules(planner)
    for rule in ("im2row", "direct"):
        assert all(name.startswith(rule + " ") for name in allowed[rule][layer])
    assert all(name.startswith("winograd_") for name in allowed["Winograd"][layer])
    shares = {choice["name"]: choice["product_share"] for choice in planner.layers[layer]}
    assert {shares[name] for name in allowed["fewest products"][layer]} == {min(shares.values())}
    assert min(shares.values()) < 0.5


def test_the_command_prints_a_row(planner, tmp_path):
    command = [sys.executable, BENCH / "search.py", planner.model, "--candidates=2", "--sweeps=1", "--rounds=2"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert re.search(r"^\| model \| [0-9.]+ \| [0-9.]+ \| [0-9.]+ \| [1-9]\d* \| \d+ \|", done.stdout, re.MULTILINE)
    assert "best fixed rule / predicted, geometric mean" in done.stdout
