"""Which crops may show the same person, and how sure that is.

Sure: two crops share a non-integer intensity step to seven digits. That gives a set of known pairs. On those, a logistic
regression learns how alike histogram, noise, size, label anatomy and the image itself (as it is and mirrored in x) of one
person's two crops are; it then gives a probability to every pair for which no step is available.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy import ndimage

SAME_STEP = 3e-7
KEEP_TOGETHER = 0.03
FEATURES = ("histogram", "scale", "noise", "size", "volumes", "extent", "image", "image mirrored")


@dataclass(frozen=True)
class Pair:
    """`sure`: share an intensity step; `probability`: the regression's, whether sure or not; `kept`: one fold."""

    first: str
    second: str
    sure: bool
    probability: float
    kept: bool


def thumbnail(intensities, size=(24, 32, 24)):
    """The crop resampled to `size`, ranks in place of intensities: comparable between scanners."""
    small = ndimage.zoom(intensities.astype(np.float32), np.array(size) / intensities.shape, order=1)
    ranks = small.ravel().argsort().argsort().reshape(small.shape).astype(np.float32)
    return (ranks - ranks.mean()) / ranks.std()


def likeness(a, b, thumb_a, thumb_b):
    """Differences between two fingerprints, one number per entry of FEATURES; small means alike."""
    return np.array(
        [
            np.abs(a.gray - b.gray).mean(),
            abs(np.log(a.scale / b.scale)),
            abs(np.log((a.noise + 1e-6) / (b.noise + 1e-6))),
            np.abs(a.size - b.size).mean(),
            np.abs(np.log(a.anatomy[:2] / b.anatomy[:2])).mean(),
            np.abs(a.anatomy[2:] - b.anatomy[2:]).mean(),
            1 - float((thumb_a * thumb_b).mean()),
            1 - float((thumb_a[::-1] * thumb_b).mean()),
        ]
    )


def share_step(a, b):
    return a.step is not None and b.step is not None and abs(a.step / b.step - 1) < SAME_STEP


def fit_logistic(inputs, targets, prior, iterations=60, ridge=1e-2):
    """Newton's method; `prior` is the share of true pairs among all pairs, from which the intercept is set."""
    design = np.hstack([inputs, np.ones((len(inputs), 1))])
    weights = np.zeros(design.shape[1])
    balance = np.where(targets, prior / targets.mean(), (1 - prior) / (1 - targets.mean()))
    for _ in range(iterations):
        chance = 1 / (1 + np.exp(-np.clip(design @ weights, -30, 30)))
        gradient = design.T @ (balance * (targets - chance)) - ridge * weights
        curvature = (design * (balance * chance * (1 - chance))[:, None]).T @ design + ridge * np.eye(len(weights))
        weights = weights + np.linalg.solve(curvature, gradient)
    return weights


def find_pairs(fingerprints, thumbnails):
    """(pairs worth naming, facts for the report). Both arguments are keyed by case name."""
    names = sorted(fingerprints)
    couples = list(combinations(names, 2))
    inputs = np.array([likeness(fingerprints[a], fingerprints[b], thumbnails[a], thumbnails[b]) for a, b in couples])
    inputs = np.log(inputs + 1e-3)
    inputs = (inputs - inputs.mean(0)) / inputs.std(0)
    known = np.array([fingerprints[a].step is not None and fingerprints[b].step is not None for a, b in couples])
    sure = np.array([share_step(fingerprints[a], fingerprints[b]) for a, b in couples])
    if sure.sum() < 5:
        chance = np.zeros(len(couples))
    else:
        weights = fit_logistic(inputs[known], sure[known].astype(float), prior=sure[known].mean())
        chance = 1 / (1 + np.exp(-np.clip(inputs @ weights[:-1] + weights[-1], -30, 30)))
    # Two different steps are two different scans; only pairs without that knowledge are left to the regression.
    kept = sure | (~known & (chance >= KEEP_TOGETHER))
    pairs = [
        Pair(a, b, bool(s), float(c), bool(k))
        for (a, b), s, c, k in zip(couples, sure, chance, kept, strict=True)
        if s or k
    ]
    facts = _calibration(names, couples, chance, known, sure, fingerprints)
    return sorted(pairs, key=lambda pair: (not pair.sure, -pair.probability)), facts


def _calibration(names, couples, chance, known, sure, fingerprints):
    """How well the regression alone would have found the sure pairs: its recall at the threshold and its false alarms."""
    caught = sure & (chance >= KEEP_TOGETHER)
    false_alarms = known & ~sure & (chance >= KEEP_TOGETHER)
    return {
        "cases": len(names),
        "casesWithStep": sum(fingerprints[name].step is not None for name in names),
        "couples": len(couples),
        "surePairs": int(sure.sum()),
        "threshold": KEEP_TOGETHER,
        "surePairsFoundWithoutStep": int(caught.sum()),
        "falseAlarmsAmongKnownCouples": int(false_alarms.sum()),
        "expectedPairsAmongUnknown": float(chance[~known].sum()),
    }
