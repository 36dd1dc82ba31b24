"""Correct a cost model with a few samples of a new machine.

    python -m convopt.transfer model.json new-machine.csv -o corrected.json [--samples=N] [--pool=ROWS.csv]

Of several corrections, from one factor for everything to a Gaussian process and boosted trees together, the samples
choose by cross-validation; where none is better than the model as it is, that stays. --samples=N uses N of the samples,
spread over layers and primitives, and prints the errors before and after on the layers that were not used. --pool names
rows without times (python -m convopt.candidates makes some): the correction is handed to the model's trees on these.
A model that convopt.train made of a table of other features gives another such model. docs/transfer.md has more.
"""

from dataclasses import dataclass, replace

import numpy as np

from convopt.corrected_table import correct_table, save_corrected_table
from convopt.correction import Chosen, choose
from convopt.distillation import append
from convopt.model import write_model
from convopt.options import add_table_options, new_parser, read_options
from convopt.report import report
from convopt.samples import Samples, read_samples
from convopt.selection import spread
from convopt.source import predict_any, read_source
from convopt.table_model import recoded
from convopt.view import Scale, make_scale


@dataclass
class Correction:
    """What a few samples say of a source's predictions on their machine."""

    scale: Scale
    chosen: Chosen

    def residual(self, samples, source):
        """log(time / predicted time) of samples for which the source predicts `source`."""
        return self.chosen.predict(self.scale.view(samples, source))


def correct(samples, source, *others):
    """The Correction by samples for which the source predicts `source` (rows,), log(seconds / roofline bound).

    `others` are Samples whose times are not looked at; they say what rows there are.
    """
    scale = make_scale(samples, *others)
    return Correction(scale, choose(scale.view(samples, source), samples.efficiency - source))


def on_machine(pool, samples):
    """The pool's rows as rows of the samples' machine: features of the machine, the same in all rows, are exchanged."""
    constant = (pool.features == pool.features[:1]).all(0) & (samples.features == samples.features[:1]).all(0)
    features = np.where(constant, samples.features[:1], pool.features)
    return replace(pool, features=features, machines=np.full(len(pool), samples.machines[0]))


def joined(tables):
    """The rows of several Samples; only what models look at."""
    first = tables[0]
    names = ("features", "layers", "choices", "machines", "seconds", "primitives")
    parts = {name: np.concatenate([getattr(table, name) for table in tables]) for name in names}
    parts["primitive_column"] = parts.pop("primitives")
    return Samples(
        first.version, first.feature_names, **parts, categories=first.categories, families=first.families
    )  # fmt: skip


def transfer(model, samples, *pools):
    """The model, corrected by the samples; primitives that it did not know it knows then.

    `model` is the compiler's (a dictionary) or a TableModel. `pools` are Samples whose times are not looked at, on
    which the correction is learnt by trees, beside the samples themselves.
    """
    return transfer_and_tell(model, samples, *pools)[0]


def transfer_and_tell(model, samples, *pools):
    """The corrected model, and the Correction."""
    of_compiler = isinstance(model, dict)
    if not of_compiler:
        samples, *pools = (recoded(table, model.categories) for table in (samples, *pools))
    pools = [samples, *(on_machine(pool, samples) for pool in pools)]
    predicted = [predict_any(model, pool) for pool in pools]
    correction = correct(samples, predicted[0], *pools[1:])
    note = model.get("note", "") if of_compiler else model.note
    note = f"{note}; corrected with {len(samples)} samples on {samples.machines[0]} ({correction.chosen.name})"
    said = np.concatenate([correction.residual(*pair) for pair in zip(pools, predicted, strict=True)])
    return (append if of_compiler else correct_table)(model, samples, joined(pools), said, note), correction


def _parse():
    parser = new_parser("convopt.transfer", __doc__)
    parser.add_argument("model", metavar="MODEL")
    add_table_options(parser)
    parser.add_argument("-o", dest="output", required=True, metavar="CORRECTED")
    parser.add_argument("--samples", type=int, metavar="N", help="use only so many; the rest shows the errors")
    parser.add_argument("--pool", nargs="+", default=[], metavar="ROWS.csv", help="rows whose times do not matter")
    options = parser.parse_args()
    if options.samples is not None and options.samples < 1:
        parser.error("--samples is at least 1")
    return options


def _read_pools(options, samples):
    pools = [read_samples([path]) for path in options.pool]
    for path, pool in zip(options.pool, pools, strict=True):
        if not pool.has_columns_of(samples):
            raise SystemExit(f"{path}: has other features than {options.tables[0]}")
    return pools


def _said(correction):
    """What was chosen, and what else there was."""
    chosen = correction.chosen
    if not chosen.errors:
        return "Correction: source\n\nAll samples are of one layer: nothing shows what they say of others.\n"
    lines = ["| correction | error on held-out samples |", "|---|---|"]
    lines += [f"| {name} | {np.expm1(error):.1%} |" for name, error in chosen.errors.items()]
    return "\n".join([f"Correction: {chosen.name}", "", *lines]) + "\n"


def main():
    """Correct a model, say what it helped."""
    options = _parse()
    samples = read_options(options)
    machines = np.unique(samples.machines)
    if len(machines) > 1:
        raise SystemExit(f"{' '.join(options.tables)}: samples of more than one machine: {', '.join(machines)}")
    model, pools = read_source(options.model, samples), _read_pools(options, samples)
    used = np.arange(len(samples))
    if options.samples and options.samples < len(samples):
        used = spread(make_scale(samples).view(samples, np.zeros(len(samples))), options.samples)
        pools.append(samples)
    rest = samples[~np.isin(samples.layers, samples.layers[used])]
    corrected, correction = transfer_and_tell(model, samples[used], *pools)
    (write_model if isinstance(corrected, dict) else save_corrected_table)(corrected, options.output)
    print(_said(correction))
    if len(rest):
        for title, made in (("Before", model), ("After", corrected)):
            print(f"# {title}\n\n{report(rest, predict_any(made, rest))}")


if __name__ == "__main__":
    main()
