"""Corrections learn what machines differ by from few samples, and nothing where there is nothing to learn."""

import csv
import subprocess
import sys

import numpy as np
import pytest
from convopt import likeness
from convopt.correction import ENOUGH_ALONE, LEAST, alone, fit_all, pick
from convopt.distillation import append, know
from convopt.evaluate import predict_by
from convopt.model import export_trees, make_model, predict, write_model
from convopt.samples import Samples
from convopt.testing.tables import make_table, write_table
from convopt.train import fit
from convopt.transfer import correct, on_machine, transfer, transfer_and_tell
from convopt.view import make_scale

FAMILIES = {"direct": "direct", "wino_2": "wino", "wino_4": "wino", "gemm_a": "gemm", "gemm_b": "gemm"}
FACTORS = {"direct": 1.0, "wino": 2.0, "gemm": 0.5}


def machine(layers=60, seed=1, families=FAMILIES):
    """Every primitive for some layers of two features, and log(seconds) of a machine."""
    rng = np.random.default_rng(seed)
    shapes = np.exp(rng.uniform(0, 4, (layers, 2)))
    names = list(families)
    at = np.repeat(np.arange(layers), len(names))
    primitives = np.tile(np.array(names), layers)
    features = np.column_stack([shapes[at], np.full(len(at), 512.0)])
    slope = np.array([0.1 * (1 + names.index(name)) for name in primitives])
    efficiency = slope * np.log(features[:, 0]) - 0.2 * np.log(features[:, 1])
    layer = np.array([f"layer{i}" for i in at])
    return Samples(
        "v", ["a", "b", "bits"], features, layer, np.char.add(primitives, " v1"), np.full(len(at), "m/512"),
        np.exp(efficiency), families=dict(families),
    )  # fmt: skip


def other(samples, residual, noise=0.0, seed=2):
    """The same rows on another machine, whose logarithms of time are greater by `residual`."""
    changed = samples[np.arange(len(samples))]
    changed.machines = np.full(len(samples), "n/256")
    own = noise * np.random.default_rng(seed).standard_normal(len(samples))
    changed.seconds = samples.seconds * np.exp(residual + own)
    return changed


def few(samples, count, seed=3):
    return np.random.default_rng(seed).permutation(len(samples))[:count]


def family_residual(samples):
    return np.log([FACTORS[family] for family in samples.family_column()])


def source_model(samples):
    base, traits, ensemble = fit(samples, trees=40)
    return make_model(samples, base, export_trees(ensemble), "a source", traits=traits)


def mean_error(residual, predicted):
    return np.abs(residual - predicted).mean()


def test_a_factor_for_each_family_is_learnt_from_twenty_samples():
    source = machine()
    target = other(source, family_residual(source), noise=0.02)
    rows, rest = few(target, 20), few(target, len(target))[20:]
    learnt = correct(target[rows], source.efficiency[rows], target)
    assert learnt.chosen.name not in ("source", "constant")
    left = mean_error(family_residual(source)[rest], learnt.residual(target[rest], source.efficiency[rest]))
    assert left < 0.15 < 0.4 < np.abs(family_residual(source)).mean()


@pytest.mark.parametrize("count", [1, 3, 8, 20, 60])
def test_noise_is_not_learnt(count):
    """Targets that differ by noise alone: most leave the source as it is, and what chance does is small."""
    source = machine()
    lost = []
    for seed in range(6):
        target = other(source, 0.0, noise=0.3, seed=seed)
        rows = few(target, count, seed)
        learnt = correct(target[rows], source.efficiency[rows])
        lost.append(np.abs(learnt.residual(source, source.efficiency)).mean())
    # Taking what is best on the samples themselves moves predictions by 0.2 with 8 samples.
    assert np.mean(lost) < 0.04 and np.median(lost) == 0


def test_fewer_samples_than_say_anything_change_nothing():
    source = machine()
    target = other(source, 1.0)
    rows = few(target, LEAST - 1)
    assert correct(target[rows], source.efficiency[rows]).chosen.name == "source"
    rows = np.flatnonzero(target.layers == target.layers[0])
    assert correct(target[rows], source.efficiency[rows]).chosen.name == "source"


def test_what_changes_smoothly_with_a_feature_is_learnt():
    source = machine(120)
    residual = 0.4 * np.log(source.features[:, 0]) - 0.8
    target = other(source, residual, noise=0.02)
    rows, rest = few(target, 120), few(target, len(target))[120:]
    learnt = correct(target[rows], source.efficiency[rows], target)
    assert learnt.chosen.name in ("process", "mean", "boosted")
    left = mean_error(residual[rest], learnt.residual(target[rest], source.efficiency[rest]))
    assert left < 0.2 * mean_error(residual, np.median(residual))


def test_the_mildest_of_equals_is_picked():
    rng = np.random.default_rng(1)
    losses = {"source": 1 + rng.random(50), "constant": rng.random(50), "factors": rng.random(50)}
    losses["boosted"] = losses["constant"] - 0.001 * rng.standard_normal(50)
    assert pick(losses) == "constant"
    assert pick({**losses, "boosted": losses["constant"] / 2}) == "boosted"
    assert pick({**losses, "source": losses["constant"] + 0.01 * rng.standard_normal(50)}) == "source"


def test_factors_of_unknown_primitives_are_their_families():
    source = machine()
    view = make_scale(source).view(source, source.efficiency)
    rows = source.primitives != "wino_4"
    made, _ = fit_all(view[rows], family_residual(source)[rows])
    said = made["factors"](view[source.primitives == "wino_4"])
    np.testing.assert_allclose(said, np.log(2), atol=0.1)


def test_gradients_of_the_likeness_are_its_differences():
    rng = np.random.default_rng(1)
    rows = np.column_stack([rng.integers(0, 3, 12), rng.integers(0, 5, 12), rng.standard_normal((12, 4))]).astype(float)
    kernel = likeness.Likeness(length=0.7)
    value, slope = kernel(rows, eval_gradient=True)
    np.testing.assert_allclose(np.diag(value), kernel.diag(rows))
    assert np.linalg.eigvalsh(value).min() > -1e-9
    for i, theta in enumerate(kernel.theta):
        step = np.array(kernel.theta)
        step[i] = theta + 1e-6
        moved = kernel.clone_with_theta(step)(rows)
        np.testing.assert_allclose((moved - value) / 1e-6, slope[:, :, i], atol=1e-5)


def test_trees_follow_the_correction_and_other_models_are_left_alone():
    source = machine(100)
    model = source_model(source)
    before = predict(model, source)
    residual = 0.3 * np.log(source.features[:, 0])
    corrected = append(model, source, source, residual, "a note")
    np.testing.assert_allclose(predict(corrected, source), before + residual, atol=0.1)
    np.testing.assert_array_equal(predict(model, source), before)
    # A factor needs no tree.
    factor = append(model, source, source, np.full(len(source), 0.5), "a note")
    assert len(factor["convolution"]["trees"]) == len(model["convolution"]["trees"])
    np.testing.assert_allclose(predict(factor, source), before + 0.5, atol=1e-5)


def test_primitives_that_the_source_does_not_know_are_known_then():
    source = machine(80)
    seen = source.primitives != "gemm_b"
    model = source_model(source[seen])
    larger = know(model, ["gemm_b"])
    np.testing.assert_allclose(predict(larger, source), predict(model, source))
    target = other(source, 0.0)
    corrected, told = transfer_and_tell(model, target[few(target, 200)], target)
    assert told.chosen.name != "source"
    entry = next(e for e in corrected["convolution"]["primitives"] if e["name"] == "gemm_b")
    assert entry["samples"] > 10
    new = ~seen
    errors = [mean_error(target.efficiency[new], predict(m, target)[new]) for m in (model, corrected)]
    assert errors[1] < errors[0] / 2


def test_without_gain_the_model_stays():
    source = machine()
    model = source_model(source)
    target = other(source, predict(model, source) - source.efficiency, noise=0.2)
    corrected = transfer(model, target[few(target, 30)], target)
    np.testing.assert_allclose(predict(corrected, source), predict(model, source), atol=1e-5)


def test_a_pool_of_another_machine_becomes_one_of_the_target():
    pool, target = machine(), machine()
    target.features[:, 2] = 256
    moved = on_machine(pool, target)
    assert (moved.features[:, 2] == 256).all() and (pool.features[:, 2] == 512).all()
    np.testing.assert_array_equal(moved.features[:, :2], pool.features[:, :2])


def test_with_many_samples_a_useless_source_does_not_matter():
    source = machine(80)
    target = other(source, 0.0)
    wrong = 2 * np.random.default_rng(1).standard_normal(len(source))
    rows, rest = few(target, ENOUGH_ALONE), few(target, len(target))[ENOUGH_ALONE:]
    view, residual = make_scale(target).view(target, wrong), target.efficiency - wrong
    made, _ = fit_all(view[rows], residual[rows])
    errors = {name: mean_error(residual[rest], predict(view[rest])) for name, predict in made.items()}
    assert errors["blend"] < errors["mean"] < errors["source"]
    assert mean_error(residual[rest], alone(view[rows], residual[rows])(view[rest])) < 0.15
    assert "blend" not in fit_all(view[rows[1:]], residual[rows[1:]])[0]


def run(module, *arguments):
    command = [sys.executable, "-m", f"convopt.{module}", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True)


def write_profile(samples, path):
    with open(path, "w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["layer", "choice", "machine", "seconds", *samples.feature_names])
        columns = (samples.layers, samples.choices, samples.machines, samples.seconds, samples.features)
        rows.writerows([*row[:4], *row[4]] for row in zip(*columns, strict=True))
    path.with_suffix(".json").write_text('{"features_version": "v"}')


@pytest.fixture
def files(tmp_path):
    source = machine()
    write_model(source_model(source), tmp_path / "model.json")
    write_profile(other(source, family_residual(source), noise=0.02), tmp_path / "new.csv")
    return tmp_path


def test_the_command_corrects_and_says_what_it_helped(files):
    out = files / "corrected.json"
    result = run("transfer", files / "model.json", files / "new.csv", "-o", out, "--samples=40")
    assert result.returncode == 0, result.stderr
    assert "# Before" in result.stdout and "# After" in result.stdout
    source = machine()
    target = other(source, family_residual(source))
    assert mean_error(target.efficiency, predict_by(out, target)) < 0.2


def test_the_command_refuses(files):
    out = files / "corrected.json"

    def refused(*arguments):
        result = run("transfer", *arguments, "-o", out)
        assert result.returncode == 1 and not out.exists()
        assert result.stderr.count("\n") == 1 and "Traceback" not in result.stderr
        return result.stderr

    assert "No such file" in refused(files / "none.json", files / "new.csv")
    assert "No such file" in refused(files / "model.json", files / "none.csv")
    write_profile(machine(), files / "old.csv")
    assert "more than one machine: m/512, n/256" in refused(files / "model.json", files / "new.csv", files / "old.csv")
    (files / "other.csv").write_text("layer,primitive,seconds,x\na,b,1,2\nc,b,1,3\n")
    assert "not a model of a table" in refused(files / "model.json", files / "other.csv")
    assert "other features" in refused(files / "model.json", files / "new.csv", "--pool", files / "other.csv")
    (files / "new.json").write_text('{"features_version": "w"}')
    assert "version v of the features, not w" in refused(files / "model.json", files / "new.csv")


def test_models_of_tables_are_corrected_too(tmp_path):
    shapes, names, seconds = make_table(80, 6)
    write_table(tmp_path / "old.csv", shapes, names, seconds)
    write_table(tmp_path / "new.csv", shapes, names, seconds * np.linspace(1, 4, 6))
    assert run("train", tmp_path / "old.csv", "-o", tmp_path / "m.zip", "--trees=60").returncode == 0
    out = tmp_path / "corrected.zip"
    result = run("transfer", tmp_path / "m.zip", tmp_path / "new.csv", "-o", out, "--samples=60")
    assert result.returncode == 0, result.stderr
    result = run("evaluate", out, tmp_path / "new.csv", "--predictions=-")
    assert result.returncode == 0, result.stderr
    rows = list(csv.DictReader(result.stdout.splitlines()))
    ratio = [float(row["predicted"]) / float(row["seconds"]) for row in rows]
    assert np.median(np.abs(np.log(ratio))) < 0.15
    again = run("transfer", out, tmp_path / "new.csv", "-o", tmp_path / "twice.zip")
    assert again.returncode == 1 and "has been corrected" in again.stderr and not (tmp_path / "twice.zip").exists()
