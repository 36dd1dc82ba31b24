"""What is learnt of tiny tables, the report on it, and the plots."""

import subprocess
import sys

import numpy as np
import pytest
from convopt.boosting import Ensemble, fit_ensemble
from convopt.measures import choice_sets, is_full, noise_regret, regret, relative_errors
from convopt.model import export_trees
from convopt.options import count_choices
from convopt.plots import draw, learning_curve
from convopt.report import report
from convopt.samples import Samples
from convopt.smooth import _likelihood, fit_smooth
from convopt.table import Columns, read_tables
from convopt.table_model import fit_table, load_table_model, save_table_model
from convopt.testing.tables import make_table, write_table


def made_up(tmp_path, layers=100, primitives=5, wide=False):
    path = tmp_path / "made.csv"
    write_table(path, *make_table(layers, primitives), wide=wide)
    return path


def simple(seconds, choices=("a", "b"), layers=("l", "l"), passes=None):
    """Samples of one machine; what is to be predicted is the logarithm of the seconds."""
    rows = len(seconds)
    passes = None if passes is None else np.array([*passes, None], object)[:-1]
    return Samples(
        None, ["x"], np.ones((rows, 1)), np.array(list(layers)), np.array(list(choices)), np.array(["m"] * rows),
        np.array(seconds, float), passes=passes,
    )  # fmt: skip


def test_processes_follow_smooth_functions_and_leave_one_out():
    rng = np.random.default_rng(1)
    points = rng.uniform(-1, 1, (150, 2))
    values = np.stack([np.sin(3 * points[:, 0]) + points[:, 1], points[:, 0] * points[:, 1]], axis=1)
    values[::3, 1] = np.nan
    model, without = fit_smooth(points, values)
    fresh = rng.uniform(-0.9, 0.9, (50, 2))
    predicted = model.predict(fresh)
    np.testing.assert_allclose(predicted[:, 0], np.sin(3 * fresh[:, 0]) + fresh[:, 1], atol=0.02)
    np.testing.assert_allclose(predicted[:, 1], fresh[:, 0] * fresh[:, 1], atol=0.02)
    assert (np.isnan(without) == np.isnan(values)).all()
    # Without one point is what a regression of the others says, with the same lengths.
    for row in (4, 50):
        others = np.delete(np.arange(150), row)
        kernel_free = fit_smooth(points[others], values[others])[0].predict(points[row : row + 1])
        np.testing.assert_allclose(kernel_free[0, 0], without[row, 0], atol=0.02)


def test_tables_are_learnt_saved_and_read(tmp_path):
    samples = read_tables([made_up(tmp_path)])
    unseen = samples.folds(5) == 0
    model = fit_table(samples[~unseen], trees=60)
    predicted = model.predict(samples[unseen])
    assert np.median(relative_errors(samples[unseen], predicted)) < 0.1
    assert regret(samples[unseen], predicted).mean() < 1.1
    save_table_model(model, tmp_path / "model.zip")
    save_table_model(model, tmp_path / "again.zip")
    assert (tmp_path / "model.zip").read_bytes() == (tmp_path / "again.zip").read_bytes()
    read = load_table_model(tmp_path / "model.zip")
    np.testing.assert_array_equal(read.predict(samples[unseen]), predicted)
    # Primitives and machines that it has not seen have a price, too.
    strange = samples[unseen]
    strange.primitive_column = np.array(["new"] * len(strange))
    assert np.isfinite(read.predict(strange)).all()


def test_categories_are_features(tmp_path):
    rng = np.random.default_rng(2)
    path = tmp_path / "t.csv"
    rows = [(n, word) for n in rng.permutation(np.arange(1, 200)) for word in ("fast", "slow")]
    lines = [f"{n},{word},p,{n * (1e-6 if word == 'fast' else 3e-6)}" for n, word in rows]
    path.write_text("n,kind,primitive,seconds\n" + "\n".join(lines) + "\n")
    samples = read_tables([path])
    unseen = samples.folds(5) == 0
    model = fit_table(samples[~unseen], trees=30)
    assert np.median(relative_errors(samples[unseen], model.predict(samples[unseen]))) < 0.05


def test_averages_are_exported_as_one_sum():
    rng = np.random.default_rng(3)
    inputs = rng.normal(size=(400, 3))
    ensemble = fit_ensemble(inputs, inputs[:, 0] + inputs[:, 1] ** 2, 5)
    assert isinstance(ensemble, Ensemble) and len(ensemble.boosters) == 4
    trees = export_trees(ensemble)
    assert len(trees) == 20
    constant = sum(np.mean(tree["value"]) for tree in trees)
    assert abs(constant - ensemble.predict(inputs).mean()) < 1


def test_regret_and_full_sets():
    samples = simple([1.0, 2.0, 4.0], "abc", "lll")
    assert regret(samples, np.array([3.0, 1, 2])).tolist() == [2]
    rows = choice_sets(samples)[0]
    assert not is_full(samples, rows)
    samples.counts = np.array([3.0, 3, 3])
    assert is_full(samples, rows)
    samples.counts = np.array([4.0, 4, 4])
    assert not is_full(samples, rows)
    two = simple([1.0, 2, 1, 2, 3], "ababc", ["l", "l", "m", "m", "n"])
    assert count_choices(two, full_sets=True).counts.tolist() == [2, 2, 2, 2, 1]


def test_regret_is_of_seconds_where_choices_have_bounds_of_their_own():
    samples = simple([1.0, 2.0], "ab", "ll")
    samples.feature_names, samples.features = ["bound_seconds"], np.array([[1.0], [0.1]])
    # The second is expected at four times its bound, 0.4 s, the first at 1.5 s.
    assert regret(samples, np.log([1.5, 4.0])).tolist() == [2]
    assert regret(samples, np.log([1.5, 20.0])).tolist() == [1]


def test_noise_is_what_passes_differ_by():
    samples = simple([1.0, 1.01], "ab", "ll", [(1.0, 1.5), (1.01, 1.02)])
    assert noise_regret(samples, choice_sets(samples)).tolist() == [1.01]
    assert samples.clean().tolist() == [False, True]
    text = report(samples, np.log(samples.seconds))
    assert text.startswith("1 of 2 samples count")


def test_report_has_machines_families_times():
    samples = simple([1e-6, 2e-6, 1e-4, 5e-4], "abab", "llmm")
    samples.machines = np.array(["m", "m", "o", "o"])
    samples.families = {"a": "direct", "b": "winograd"}
    text = report(samples, np.log(samples.seconds * np.array([1, 1, 1.2, 0.1])))
    for row in ("| all | 4 |", "| m | 2 |", "| below 10 us | 2 |", "| direct | 2 |", "| winograd | 2 |"):
        assert row in text
    assert "| all | 2 | 200.00% | 123.61% |" in text  # One of two is five times too slow.


def run(*arguments):
    return subprocess.run([sys.executable, "-m", *map(str, arguments)], capture_output=True, text=True)


def test_command_line(tmp_path):
    table = made_up(tmp_path, layers=40, primitives=2, wide=True)
    model, card, plots = tmp_path / "m.zip", tmp_path / "m.md", tmp_path / "plots"
    options = [
        "convopt.train",
        table,
        "--wide",
        "--trees=5",
        "--folds=2",
        "-o",
        model,
        f"--card={card}",
        f"--plots={plots}",
    ]
    result = run(*options)
    assert result.returncode == 0, result.stderr
    assert result.stdout == card.read_text()
    assert "LightGBM 4." in result.stdout and "choice sets are full" in result.stdout
    assert {path.name for path in plots.iterdir()} == {"predicted.svg", "regret.svg", "learning.svg"}
    judged = run("convopt.evaluate", model, table, "--wide", "--predictions=-")
    assert judged.returncode == 0, judged.stderr
    assert judged.stdout.splitlines()[0] == "layer,choice,machine,seconds,predicted"
    apart = run("convopt.train", table, "--wide", "--trees=5", "--test", table)
    assert f"Judged on {table}" in apart.stdout


def test_plots_have_the_same_bytes(tmp_path):
    samples = simple([1.0, 2.0] * 20, "ab" * 20, [f"l{i // 2}" for i in range(40)])
    predicted = np.log(samples.seconds) + np.linspace(0, 1, 40)
    for folder in ("one", "two"):
        draw(tmp_path / folder, samples, predicted, lambda some, unseen: np.zeros(len(unseen)))
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()
    points = learning_curve(samples, lambda some, unseen: np.log(unseen.seconds))
    assert points[-1][0] == len(set(samples.layers[samples.folds(5) != 0]))
    assert [point[1:] for point in points] == [(0.0, 0.0)] * len(points)


def test_gradients_are_those_of_the_likelihood():
    rng = np.random.default_rng(4)
    samples = [(rng.normal(size=(30, 2)), rng.normal(size=(30, 3)))]
    at = np.array([0.3, -0.2, -2.0])
    for i, step in enumerate(1e-5 * np.eye(3)):
        slope = (_likelihood(at + step, samples)[0] - _likelihood(at - step, samples)[0]) / 2e-5
        np.testing.assert_allclose(_likelihood(at, samples)[1][i], slope, rtol=1e-4)


@pytest.mark.parametrize(
    "arguments, error",
    [
        (["convopt.train", "TABLE"], "one of -o"),
        (["convopt.evaluate", "gone.json", "TABLE"], "gone.json: No such file"),
        (["convopt.evaluate", "TABLE", "TABLE"], "not a cost model"),
    ],
)
def test_bad_command_lines(tmp_path, arguments, error):
    table = tmp_path / "t.csv"
    table.write_text("k,primitive,seconds\n1,a,1\n2,a,2\n")
    result = run(*[str(table) if word == "TABLE" else word for word in arguments])
    assert result.returncode in (1, 2)
    assert error in result.stderr and "Traceback" not in result.stderr


def test_wide_and_long_have_the_same_layers(tmp_path):
    long = read_tables([made_up(tmp_path, 20, 4)])
    wide = read_tables([made_up(tmp_path, 20, 4, wide=True)], Columns(wide=True))
    assert sorted(set(long.layers)) == sorted(set(wide.layers))
