"""The report on a model, in Markdown: errors of samples, and what following the model costs."""

import numpy as np

from convopt.measures import AS_GOOD, choice_sets, geometric_mean, is_full, noise, noise_regret, regret, relative_errors

TIMES = [(0, 1e-5, "below 10 us"), (1e-5, 1e-4, "10 to 100 us"), (1e-4, 1e-3, "0.1 to 1 ms")]
TIMES += [(1e-3, 1e-2, "1 to 10 ms"), (1e-2, np.inf, "above 10 ms")]


def _table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)]) + "\n"


def _time_of(seconds):
    return next(name for low, high, name in TIMES if low <= seconds < high)


def _parts(names, labels):
    """Rows by label, in the order of `names` or of the alphabet; nothing where one label has all."""
    labels = np.array(labels)
    names = [name for name in names if (labels == name).any()] if names else sorted(set(labels))
    return [(name, np.flatnonzero(labels == name)) for name in names] if len(names) > 1 else []


def _numbers(samples):
    return [f"in {name}" for name in samples.numbers()]


def _error_table(samples, predicted):
    errors, floor = relative_errors(samples, predicted), noise(samples)

    def row(name, rows):
        own, known = errors[rows], floor[rows][np.isfinite(floor[rows])]
        cells = [name, str(len(own)), f"{np.median(own):.1%}", f"{(own <= 0.1).mean():.1%}"]
        cells += [f"{np.quantile(own, 0.9):.1%}"]
        return cells + ([f"{np.median(known):.2%}", f"{np.quantile(known, 0.9):.1%}"] if len(known) else ["", ""])

    rows = [row("all", np.arange(len(samples)))]
    rows += [row(*part) for part in _parts(None, samples.machines)]
    rows += [row(*part) for part in _parts(None, _numbers(samples))]
    rows += [row(*part) for part in _parts([name for *_, name in TIMES], list(map(_time_of, samples.seconds)))]
    rows += [row(*part) for part in _parts(None, samples.family_column())]
    head = ["samples", "number", "median error", "within 10 %", "90 % below", "passes differ, median", "90 % below"]
    return _table(head, rows)


def _regret_table(samples, predicted, sets):
    random = np.random.default_rng(1).random(len(samples))
    best = [rows[np.argmin(samples.seconds[rows])] for rows in sets]
    families = samples.family_column()

    def row(name, some):
        own = [sets[i] for i in some]
        chosen, floor = regret(samples, predicted, own), noise_regret(samples, own)
        cells = [name, str(len(own)), f"{chosen.mean() - 1:.2%}", f"{geometric_mean(chosen) - 1:.2%}"]
        cells += [f"{np.quantile(chosen, 0.9) - 1:.1%}", f"{(chosen <= 1 + AS_GOOD).mean():.1%}"]
        cells += [f"{floor.mean() - 1:.2%}" if len(floor) else ""]
        return [*cells, f"{regret(samples, random, own).mean() - 1:.0%}"]

    full = [i for i, rows in enumerate(sets) if is_full(samples, rows)]
    rows = [row("all", range(len(sets)))]
    numbers = _numbers(samples)
    rows += [row(*part) for part in _parts(None, [numbers[i] for i in best])]
    rows += [row("full sets", full)] if full else []
    used = full if full else range(len(sets))

    def add(names, labels):
        rows.extend(row(name, [used[i] for i in some]) for name, some in _parts(names, labels))

    add(None, [samples.machines[best[i]] for i in used])
    add([name for *_, name in TIMES], [_time_of(samples.seconds[best[i]]) for i in used])
    add(None, [families[best[i]] for i in used])
    head = ["choice sets", "number", "mean regret", "geometric", "90 % below", "within 5 %", "of passes", "at random"]
    return _table(head, rows), len(full)


def report(samples, predicted):
    """Two tables: errors of the samples; the time of what is predicted best over that of what was measured best."""
    clean = samples.clean()
    text = ""
    if not clean.all():
        text += f"{clean.sum()} of {len(samples)} samples count, whose two fastest passes differ by 2 % at most.\n\n"
    if clean.any():
        text += _error_table(samples[clean], predicted[clean])
    sets = [rows for rows in choice_sets(samples) if clean[rows[np.argmin(samples.seconds[rows])]]]
    if not sets:
        return text + "\nNo layer has two choices.\n"
    table, full = _regret_table(samples, predicted, sets)
    which = f"{full} choice sets are full; all rows below that one are of them" if full else "no choice set is full"
    return f"{text}\nRegret ({which}):\n\n{table}"
