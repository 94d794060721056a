"""How sure the network is of one case, from its own probabilities: a predicted Dice, before anyone traces by hand.

If a voxel belongs to the hippocampus with probability p, the Dice that a mask M can be expected to reach is
2 * sum of p over M / (size of M + sum of p over the crop). Networks are too sure of themselves, so a straight line fitted on
cases that the network did not see in training turns this expected Dice into a calibrated one.
"""

import numpy as np


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


def fit_line(expected, reached):
    """(slope, intercept) so that slope * expected + intercept is the Dice to be expected; slope never below 0."""
    slope, intercept = np.polyfit(expected, reached, 1)
    return (float(slope), float(intercept)) if slope > 0 else (0.0, float(np.mean(reached)))
