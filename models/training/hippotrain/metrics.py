"""Scores of one predicted label map against the manual one, per structure: anterior, posterior, whole."""

import numpy as np
from scipy import ndimage

STRUCTURES = ("anterior", "posterior", "whole")


def structure_mask(labels, structure):
    return labels > 0 if structure == "whole" else labels == 1 + STRUCTURES.index(structure)


def overlap(predicted, truth):
    """Dice, Jaccard, sensitivity, specificity and precision of two masks of one shape; 0 where undefined."""
    both = float((predicted & truth).sum())
    only_predicted, only_truth = float(predicted.sum()) - both, float(truth.sum()) - both
    neither = predicted.size - both - only_predicted - only_truth

    def ratio(part, whole):
        return part / whole if whole else 0.0

    return {
        "dice": ratio(2 * both, 2 * both + only_predicted + only_truth),
        "jaccard": ratio(both, both + only_predicted + only_truth),
        "sensitivity": ratio(both, both + only_truth),
        "specificity": ratio(neither, neither + only_predicted),
        "precision": ratio(both, both + only_predicted),
    }


def surface(mask):
    """Voxels of the mask with a face neighbour outside; beyond the crop counts as outside."""
    return mask & ~ndimage.binary_erosion(mask)


def surface_distances(predicted, truth, spacing):
    """Distances in mm from each surface voxel of one mask to the nearest of the other, both ways."""
    a, b = surface(predicted), surface(truth)
    to_b = ndimage.distance_transform_edt(~b, sampling=spacing)
    to_a = ndimage.distance_transform_edt(~a, sampling=spacing)
    return to_b[a], to_a[b]


def distances(predicted, truth, spacing):
    """95 % Hausdorff (the greater of the two directed) and mean symmetric surface distance in mm; None if one is empty."""
    if not predicted.any() or not truth.any():
        return {"hausdorff95": None, "surfaceDistance": None}
    there, back = surface_distances(predicted, truth, spacing)
    return {
        "hausdorff95": float(max(np.percentile(there, 95), np.percentile(back, 95))),
        "surfaceDistance": float(np.concatenate([there, back]).mean()),
    }


def score_structure(predicted, truth, spacing):
    """All scores of one structure; volumes in mm3, the signed volume difference in per cent of the manual volume."""
    voxel = float(np.prod(spacing))
    volume, manual = float(predicted.sum()) * voxel, float(truth.sum()) * voxel
    return {
        **overlap(predicted, truth),
        **distances(predicted, truth, spacing),
        "volume": volume,
        "manualVolume": manual,
        "volumeDifferencePercent": 100 * (volume - manual) / manual if manual else None,
    }


def score_case(predicted, labels, spacing=(1.0, 1.0, 1.0)):
    """{structure: scores} of two label maps [x, y, z]."""
    return {
        structure: score_structure(structure_mask(predicted, structure), structure_mask(labels, structure), spacing)
        for structure in STRUCTURES
    }
