"""How sure the network is of one case, from its own probabilities: a predicted Dice, before anyone traces by hand.

If a voxel belongs to the hippocampus with probability p, the Dice that a mask M can be expected to reach is
2 * sum of p over M / (size of M + sum of p over the crop). Networks are too sure of themselves: this expected Dice hardly ranks
cases. What does are two signs (`read_signs`): how much of the mask the network itself was unsure of, and how uneven the
intensities inside the mask are compared with those of the box around it. A line through both, fitted on cases that the network did not see
in training, gives the Dice to expect.
"""

import numpy as np
from scipy import ndimage

SIGNS = ("unsureShare", "intensitySpread")
SURE = 0.7
MARGIN = 4
RIDGE = 0.1


def expected_dice(probabilities):
    """{anterior, posterior, whole, boundary}: expected Dice per structure and the mean certainty in the boundary zone.

    `probabilities` [3, x, y, z], unpadded. `boundary`: mean of max(p) over the voxels where background and hippocampus are
    both given at least 5 %.
    """
    labels = probabilities.argmax(0)
    hippocampus = 1 - probabilities[0]
    unsure = (hippocampus > 0.05) & (hippocampus < 0.95)
    return {
        "anterior": _expected(probabilities[1], labels == 1),
        "posterior": _expected(probabilities[2], labels == 2),
        "whole": _expected(hippocampus, labels > 0),
        "boundary": float(np.maximum(hippocampus, 1 - hippocampus)[unsure].mean()) if unsure.any() else 1.0,
    }


def _expected(probability, mask):
    return float(2 * probability[mask].sum() / max(mask.sum() + probability.sum(), 1e-6))


def read_signs(probabilities, intensities):
    """{unsureShare, intensitySpread} of one crop at 1 mm; `probabilities` [3, x, y, z], `intensities` [x, y, z] on any scale.

    unsureShare: share of the mask that is hippocampus with less than 70 %. intensitySpread: standard deviation of the intensities
    inside the mask without its outermost voxels (6 neighbours), over that of all that is not zero in the box around the mask
    with 4 voxels more on each side.
    """
    mask = probabilities.argmax(0) > 0
    if not mask.any():
        return {"unsureShare": 1.0, "intensitySpread": 1.0}
    found = np.argwhere(mask)
    box = tuple(slice(max(0, low - MARGIN), high + MARGIN + 1) for low, high in zip(found.min(0), found.max(0), strict=True))
    around, inside = intensities[box], ndimage.binary_erosion(mask)
    spread = around[around != 0].std() if (around != 0).any() else 0.0
    return {
        "unsureShare": float(((1 - probabilities[0])[mask] < SURE).mean()),
        "intensitySpread": float(intensities[inside].std() / spread) if inside.any() and spread > 0 else 1.0,
    }


def fit_signs(rows, reached):
    """{intercept, unsureShare, intensitySpread} so that the Dice to expect is intercept + sum of weight * sign.

    Ridge regression on standardised signs: with some hundred cases whose Dice differs little, a free fit leans on chance.
    """
    table, reached = np.array([[row[sign] for sign in SIGNS] for row in rows]), np.asarray(reached, float)
    mean, spread = table.mean(0), table.std(0) + 1e-9
    scaled = (table - mean) / spread
    gram = scaled.T @ scaled + RIDGE * len(table) * np.eye(len(SIGNS))
    weights = np.linalg.solve(gram, scaled.T @ (reached - reached.mean())) / spread
    return {"intercept": float(reached.mean() - weights @ mean), **dict(zip(SIGNS, map(float, weights), strict=True))}


def expect_dice(rule, row):
    return rule["intercept"] + sum(rule[sign] * row[sign] for sign in SIGNS)


def expect_held_back(rows, reached, folds):
    """Expected Dice of each case by the line fitted on the other folds (on all cases, if there is one fold only)."""
    reached, folds = np.asarray(reached, float), np.asarray(folds)
    expected = np.empty(len(rows))
    for fold in np.unique(folds):
        others = np.flatnonzero(folds != fold) if len(np.unique(folds)) > 1 else np.arange(len(rows))
        rule = fit_signs([rows[i] for i in others], reached[others])
        for i in np.flatnonzero(folds == fold):
            expected[i] = expect_dice(rule, rows[i])
    return expected
