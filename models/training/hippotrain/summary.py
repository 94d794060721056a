"""From scores per case to figures with intervals: bootstrap over groups (persons), Bland-Altman, confidence ranking."""

import numpy as np

from .metrics import STRUCTURES

MEASURES = ("dice", "jaccard", "sensitivity", "specificity", "precision", "hausdorff95", "surfaceDistance")
ROUNDS = 2000


def bootstrap_interval(values, groups, statistic=np.mean, seed=1):
    """95 % interval of `statistic`; whole groups are drawn, because one person's two crops are not independent."""
    values, groups = np.asarray(values, float), np.asarray(groups)
    members = [np.flatnonzero(groups == group) for group in np.unique(groups)]
    random = np.random.default_rng(seed)
    drawn = [
        statistic(values[np.concatenate([members[i] for i in random.integers(len(members), size=len(members))])])
        for _ in range(ROUNDS)
    ]
    return [float(v) for v in np.percentile(drawn, (2.5, 97.5))]


def figure(values, groups, statistic=np.mean):
    return {"value": float(statistic(np.asarray(values, float))), "interval": bootstrap_interval(values, groups, statistic)}


def summarise(scores, groups):
    """`scores` {case: {structure: scores}}, `groups` {case: group}; {structure: {measure: {value, interval}}}."""
    names = sorted(scores)
    summary = {}
    for structure in STRUCTURES:
        rows = [scores[name][structure] for name in names]
        entry = {}
        for measure in MEASURES:
            usable = [(row[measure], groups[name]) for row, name in zip(rows, names, strict=True) if row[measure] is not None]
            entry[measure] = figure(*zip(*usable, strict=True))
        difference = np.array([row["volumeDifferencePercent"] for row in rows])
        keys = [groups[name] for name in names]
        entry["volumeErrorPercent"] = figure(np.abs(difference), keys)
        entry["volumeBiasPercent"] = figure(difference, keys)
        entry["volumeCorrelation"] = float(np.corrcoef([r["volume"] for r in rows], [r["manualVolume"] for r in rows])[0, 1])
        spread = float(difference.std(ddof=1))
        entry["limitsOfAgreementPercent"] = [float(difference.mean() - 1.96 * spread), float(difference.mean() + 1.96 * spread)]
        entry["worstDice"] = min(row["dice"] for row in rows)
        summary[structure] = entry
    return summary


def ranking(dice, confidence):
    """How well confidence finds the bad cases: Spearman's correlation, and the share of the worst tenth by Dice that lies
    in the least confident fifth."""
    dice, confidence = np.asarray(dice), np.asarray(confidence)
    tenth = np.argsort(dice)[: max(1, round(len(dice) / 10))]
    fifth = np.argsort(confidence)[: max(1, round(len(dice) / 5))]
    ranks = [np.argsort(np.argsort(v)).astype(float) for v in (dice, confidence)]
    return {
        "spearman": float(np.corrcoef(*ranks)[0, 1]),
        "worstTenthFoundInLeastConfidentFifth": float(np.isin(tenth, fifth).mean()),
    }
