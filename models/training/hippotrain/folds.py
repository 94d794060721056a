"""python -m hippotrain.folds CURATED: groups crops that may show one person and deals the groups into folds.

Writes CURATED/folds.json ({"folds": [[names], ...], "groups": [[names], ...]}) and CURATED/pairs.md, which says how sure it is.
"""

import argparse
import json
import random
from pathlib import Path

from .fingerprint import fingerprint
from .nifti import list_niftis, read_ras
from .pairs import find_pairs, thumbnail


def group_cases(names, pairs):
    """Connected components over the kept pairs: lists of names, each sorted."""
    parent = {name: name for name in names}

    def root(name):
        while parent[name] != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    for pair in pairs:
        if pair.kept:
            parent[root(pair.first)] = root(pair.second)
    groups = {}
    for name in sorted(names):
        groups.setdefault(root(name), []).append(name)
    return sorted(groups.values())


def deal_folds(groups, count, seed):
    """Groups go, largest first and otherwise shuffled, to the fold with the fewest cases."""
    shuffled = list(groups)
    random.Random(seed).shuffle(shuffled)
    folds = [[] for _ in range(count)]
    for group in sorted(shuffled, key=len, reverse=True):
        min(folds, key=len).extend(group)
    return [sorted(fold) for fold in folds]


def describe(pairs, facts, groups, folds):
    share = facts["surePairsFoundWithoutStep"] / max(1, facts["surePairs"])
    known = facts["couples"] and facts["casesWithStep"]
    lines = [
        "# Crops that may show one person",
        "",
        f"{facts['cases']} crops, {len(groups)} groups, {len(folds)} folds of {', '.join(str(len(f)) for f in folds)} cases.",
        "",
        f"- **Sure** ({facts['surePairs']} pairs): {known} crops carry an intensity step that belongs to one scan, and two crops "
        "share it to seven digits. By chance two of them would do so in about one set of forty.",
        f"- **Possible** ({sum(not p.sure for p in pairs)} pairs): no step (8-bit data). A regression on histogram, noise, size, "
        f"anatomy and image, fitted on the sure pairs, gives them {facts['threshold']:.0%} or more. Without looking at the step it "
        f"finds {facts['surePairsFoundWithoutStep']} of the {facts['surePairs']} sure pairs ({share:.0%}) with "
        f"{facts['falseAlarmsAmongKnownCouples']} false alarms among all couples with known steps.",
        f"- It expects {facts['expectedPairsAmongUnknown']:.0f} true pairs among the couples without a step; about "
        f"{1 - share:.0%} of those may still lie in two folds.",
        "",
        "| first | second | evidence | probability by likeness |",
        "|---|---|---|---|",
    ]
    for pair in pairs:
        lines.append(f"| {pair.first} | {pair.second} | {'same step' if pair.sure else 'likeness'} | {pair.probability:.2f} |")
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("curated", type=Path)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    fingerprints, thumbnails = {}, {}
    labels = list_niftis(options.curated / "labels")
    for name, path in list_niftis(options.curated / "images").items():
        image, label = read_ras(path), read_ras(labels[name])
        fingerprints[name] = fingerprint(image.array, label.array, image.spacing)
        thumbnails[name] = thumbnail(image.array)
    pairs, facts = find_pairs(fingerprints, thumbnails)
    groups = group_cases(fingerprints, pairs)
    folds = deal_folds(groups, options.folds, options.seed)
    document = {"seed": options.seed, "facts": facts, "folds": folds, "groups": groups}
    (options.curated / "folds.json").write_text(json.dumps(document, indent=1))
    (options.curated / "pairs.md").write_text(describe(pairs, facts, groups, folds))
    print(f"{facts['cases']} cases, {len(groups)} groups, folds of {[len(fold) for fold in folds]}")


if __name__ == "__main__":
    main()
