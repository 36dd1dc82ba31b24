"""Train a cost model on measured primitives.

    python -m convopt.train data/*.csv -o model.json --card=model.md --plots=docs/cost-model
    python -m convopt.train TABLE.csv -o model.zip --card=model.md

What convopt-profile measured makes a model for the compiler: boosted trees on the residual of one constant a primitive.
They predict log(seconds / roofline bound), so squared errors are relative ones. Any other table makes a model of its
own features (convopt.table_model), which convopt.evaluate reads. The card holds the errors on layers that the model
has not seen: five models, each trained on four fifths of the layers. docs/cost-model.md has the form of tables.
"""

import json
import pathlib
import shlex
import sys

import numpy as np

from convopt.boosting import MEMBERS
from convopt.evaluate import predict_by, write_predictions
from convopt.kinds import fit_kinds
from convopt.model import as_packed, export_trees, make_model, with_others, write_model
from convopt.options import add_table_options, new_parser, read_options
from convopt.profile_features import is_modelled
from convopt.report import report
from convopt.table_model import TREES as TABLE_TREES
from convopt.table_model import fit_table, save_table_model

# Of each member of an ensemble, in the mean of the kinds: three megabytes in the compiler.
TREES = 400
FOLDS = 5


def fit_base(samples):
    """The median efficiency of each primitive by its name."""
    kinds = samples.primitives
    return {
        name: float(np.round(np.median(samples.efficiency[kinds == name]), 6)) for name in samples.primitive_names()
    }


def weights(samples):
    """The fast choices of a layer count most: the model need only know that the others are slow."""
    groups = samples.groups()
    best = np.full(groups.max() + 1, np.inf)
    np.minimum.at(best, groups, samples.seconds)
    return np.maximum(best[groups] / samples.seconds, 0.1)


def fit_traits(samples, base):
    """Numbers of each primitive of `base`: one split by them tells many primitives apart, a column of their own one.

    Its median efficiency over all, small and large layers, the median share of products that it forms, and its
    place in the alphabet, where a family's are together.
    """
    bound = np.log(samples.seconds) - samples.efficiency
    small = bound < np.median(bound)
    work = np.ones(len(samples))
    if "primitive_work" in samples.feature_names:
        work = samples.features[:, samples.feature_names.index("primitive_work")]
    traits = []
    for place, (name, value) in enumerate(base.items()):
        own = samples.primitives == name
        parts = [samples.efficiency[own & rows] for rows in (small, ~small)]
        medians = [np.round(np.median(part), 6) if len(part) else value for part in parts]
        traits.append([value, *medians, np.round(np.median(work[own]), 6), place])
    return np.array(traits)


def fit(samples, parameters=None, trees=TREES):
    """A base and traits for each primitive, and ensembles of boosters on what the bases leave."""
    base = fit_base(samples)
    names, traits = list(base), fit_traits(samples, base)
    target = samples.efficiency - np.array([base[name] for name in samples.primitives])
    columns = [*samples.feature_names, *(f"trait_{i}" for i in range(traits.shape[1])), *(f"is_{n}" for n in names)]
    inputs = samples.inputs(names, with_others(traits))
    return base, traits, fit_kinds(inputs, target, trees, parameters, columns, weights(samples))


def fit_and_predict(samples, unseen, parameters=None, trees=None):
    """Fit a model to some samples and predict others by it."""
    if samples.version is None:
        return fit_table(samples, trees or TABLE_TREES).predict(unseen)
    base, traits, ensemble = fit(samples, parameters, trees or TREES)
    names, bases = list(base), np.array([*base.values(), np.median(list(base.values()))])
    inputs = unseen.inputs(names, with_others(traits))
    return bases[unseen.indices(names)] + ensemble.predict(inputs)


def held_out(samples, parameters=None, trees=None, folds=FOLDS):
    """Predict each sample by a model that has not seen its layer."""
    fold, predicted = samples.folds(folds), np.zeros(len(samples))
    for number in range(folds):
        rows = fold == number
        if rows.all():
            raise SystemExit("all samples are of one group: there is nothing to judge the model on")
        if rows.any():
            predicted[rows] = fit_and_predict(samples[~rows], samples[rows], parameters, trees)
    return predicted


def describe(samples, tables=()):
    """What a model was trained on, in one line; of `tables` those are named that hold no measurements."""
    layers, machines = np.unique(samples.layers), np.unique(samples.machines)
    text = f"{len(samples)} samples of {len(layers)} layers on {', '.join(machines)}"
    modelled = [pathlib.Path(path).name for path in tables if is_modelled(path)]
    if modelled:
        text += f" (seconds of {', '.join(modelled)} are modelled by static analysis: nothing was measured there)"
    return text


def card(note, samples, predicted, judged_on, trees):
    """What a reader of the model must know, in Markdown; `note` describes what it was trained on."""
    import lightgbm

    profile = samples.version is not None
    kind = f"{len(MEMBERS)} x {trees} trees"
    kind = f"{kind} for a kind of layers" if profile else f"smooth part and {kind}"
    command = " ".join(map(shlex.quote, sys.argv[1:]))
    text = f"# Cost model\n\n{note}. Made by LightGBM {lightgbm.__version__} ({kind}) with\n\n"
    text += f"    python -m convopt.train {command}\n\n"
    text += f"Judged on {judged_on}: the predicted time against the measured one, and, for each layer, the time of the "
    text += "choice that is predicted best against that of the best measured one. docs/cost-model.md says what the "
    return text + "columns mean.\n\n" + report(samples, predicted)


def _parse():
    parser = new_parser("convopt.train", __doc__)
    add_table_options(parser)
    parser.add_argument("-o", dest="output", metavar="MODEL", help="write the model, made of all samples")
    parser.add_argument("--card", metavar="MODEL.md", help="write the report here, too")
    parser.add_argument("--plots", metavar="FOLDER", help="draw the report's plots as SVG")
    parser.add_argument("--predictions", metavar="FILE.csv", help="write what is predicted for what was not seen")
    parser.add_argument("--test", nargs="+", metavar="TABLE.csv", help="judge on these in place of folds")
    parser.add_argument("--folds", type=int, default=FOLDS, help=f"how many parts to judge by ({FOLDS})")
    parser.add_argument("--trees", type=int, help="of each member of an ensemble")
    parser.add_argument("--transformation", metavar="FILE.json", help="what convopt-profile --transforms has measured")
    options = parser.parse_args()
    if not (options.output or options.card or options.plots or options.predictions or options.test):
        parser.error("one of -o, --card, --plots, --predictions and --test is needed")
    if options.folds < 2 or (options.trees is not None and options.trees < 1):
        parser.error("--folds is at least 2, --trees at least 1")
    return options


def read_transformation(path):
    """What convopt-profile --transforms has written."""
    try:
        with open(path) as file:
            return json.load(file)
    except OSError as error:
        raise SystemExit(f"{path}: {error.strerror}") from None
    except ValueError as error:
        raise SystemExit(f"{path}: {error}") from None


def make(samples, note, output, trees, transformation):
    """Train on all samples and write the model with a note of what they are."""
    if samples.version is None:
        save_table_model(fit_table(samples, trees, note), output)
        return
    base, traits, ensemble = fit(samples, trees=trees)
    model = make_model(samples, base, as_packed(export_trees(ensemble)), note, transformation, traits)
    write_model(model, output)


def one_thread(samples):
    """Profiles' samples of code for one thread: the compiler divides a time among threads itself."""
    if samples.version is None or samples.threads is None:
        return samples
    rows = np.isin(samples.threads, ["", "1"])
    if not rows.any():
        raise SystemExit("no sample is of one thread")
    return samples[rows]


def judge(samples, options, trees):
    """What was judged, the predictions of it, and how, in words."""
    if not options.test:
        predicted = held_out(samples, trees=trees, folds=options.folds)
        return samples, predicted, f"layers that the model has not seen ({options.folds} folds by group)"
    options.tables = options.test
    unseen = one_thread(read_options(options))
    if samples.version:
        unseen = unseen.with_features(unseen.feature_names[: len(samples.feature_names)])
    if unseen.version != samples.version:
        raise SystemExit(f"{' '.join(options.test)}: made with another version of the features")
    if options.output:
        return unseen, predict_by(options.output, unseen), " ".join(options.test)
    return unseen, fit_and_predict(samples, unseen, trees=trees), " ".join(options.test)


def main():
    """Train, write the model and its card."""
    options = _parse()
    options.tables = sorted(options.tables)
    transformation = read_transformation(options.transformation) if options.transformation else None
    samples = one_thread(read_options(options)).without_constant_variants()
    trees = options.trees or (TABLE_TREES if samples.version is None else TREES)
    note = describe(samples, options.tables)
    if options.output:
        make(samples, note, options.output, trees, transformation)
    if not (options.card or options.plots or options.predictions or options.test):
        return
    judged, predicted, how = judge(samples, options, trees)
    text = card(note, judged, predicted, how, trees)
    print(text, end="")
    if options.card:
        with open(options.card, "w") as file:
            file.write(text)
    if options.predictions:
        write_predictions(options.predictions, judged, predicted)
    if options.plots:
        from convopt.plots import draw

        draw(options.plots, judged, predicted, lambda some, unseen: fit_and_predict(some, unseen, trees=trees))


if __name__ == "__main__":
    main()
