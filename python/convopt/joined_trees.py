"""One tree of several, whose first splits say which of them a row goes down."""

from convopt.kinds import DECISION

_NOTHING = {"feature": [], "threshold": [], "missing": [], "left": [], "right": [], "value": [0.0]}


def _merged(decision, of_kind):
    """The decision between ensembles; where both sides lead to the same there is none."""
    if isinstance(decision, int):
        return of_kind[decision]
    feature, threshold, below, above = decision
    below, above = _merged(below, of_kind), _merged(above, of_kind)
    return below if below == above else (feature, threshold, below, above)


def _inner(decision):
    """Its splits, parents before their children."""
    return [] if isinstance(decision, int) else [decision, *_inner(decision[2]), *_inner(decision[3])]


def join_trees(trees, of_kind, columns):
    """A tree in the form of convopt.model.export_tree.

    `trees` has one of that form for each ensemble, or None: it adds nothing. `of_kind` says whose is each kind's.
    Two splits may lead to one subtree: it stands there once, and to have one leaf more than nodes, as the form wants,
    leaves follow that nothing leads to.
    """
    decision = _merged(DECISION, of_kind)
    splits = _inner(decision)
    joint = {key: [] for key in _NOTHING}
    for feature, threshold, _, _ in splits:
        joint["feature"].append(columns.index(feature))
        joint["threshold"].append(threshold)
        joint["missing"].append(0)
        joint["left"].append(0)
        joint["right"].append(0)
    roots = []
    for tree in (tree or _NOTHING for tree in trees):
        node, leaf = len(joint["feature"]), len(joint["value"])
        roots.append(node if tree["feature"] else -1 - leaf)
        for key in ("feature", "threshold", "missing"):
            joint[key] += tree[key]
        for key in ("left", "right"):
            joint[key] += [child + node if child >= 0 else child - leaf for child in tree[key]]
        joint["value"] += tree["value"]
    places = {id(split): place for place, split in enumerate(splits)}
    for place, (_, _, *sides) in enumerate(splits):
        for key, side in zip(("left", "right"), sides, strict=True):
            joint[key][place] = roots[side] if isinstance(side, int) else places[id(side)]
    joint["value"] += [0.0] * (len(joint["feature"]) + 1 - len(joint["value"]))
    return joint
