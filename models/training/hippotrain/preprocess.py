"""From a crop to the network's input and back: the contract that every implementation of inference mirrors.

Input: intensities [x, y, z] with axes in RAS order (index grows towards Right, Anterior, Superior) and their spacing in mm.
A right hippocampus has been mirrored in x before. Steps, in this order:

1. Resample (`resample_trilinear`) to 1 mm along every axis whose spacing differs from 1 by more than 0.001 mm.
   New size n' = max(1, floor(n * spacing + 0.5)). The grids share their centre: index i' reads the source at
   (i' - (n' - 1) / 2) / spacing + (n - 1) / 2, clamped to [0, n - 1], linearly between neighbours, axis by axis.
   If any axis was resampled, values below 1e-5 of the crop's greatest (in size) become 0: rounding makes them of zeros.
2. Selected voxels: those not equal to 0 (all voxels, should every one be 0).
3. Percentiles 0.5 and 99.5 of the selected voxels (position p/100 * (count - 1) in the sorted values, linear in between,
   which is numpy's default). Every voxel is clipped to them, zeros included.
4. Mean and population standard deviation of the clipped selected voxels; (value - mean) / max(standard deviation, 1e-6).
5. Centre-pad with 0 (that is: the mean) to the target shape, floor((target - n) / 2) on the low side. Target per axis: the
   patch if it is at least n, else n rounded up to the next multiple of 8.

The array is float32, C order, z fastest: [1, 1, X, Y, Z]. The output's padding is cut off in the same way. `restore` brings
class probabilities back to the grid before step 1 by the same linear rule, and the label is the class with the greatest.
"""

from dataclasses import dataclass

import numpy as np

LOWER_PERCENTILE = 0.5
UPPER_PERCENTILE = 99.5
PATCH = (40, 56, 40)
MULTIPLE = 8
RESIDUE = 1e-5


@dataclass(frozen=True)
class Prepared:
    """`network_input` [1, 1, X, Y, Z]; `low` padding below and `size` of the unpadded 1 mm crop; `source_size` before."""

    network_input: np.ndarray
    low: tuple
    size: tuple
    source_size: tuple
    spacing: tuple


def resample_axis(values, axis, count, step):
    """Linear resampling along one axis to `count` samples, `step` source voxels apart, around the common centre."""
    length = values.shape[axis]
    at = np.clip((np.arange(count) - (count - 1) / 2) * step + (length - 1) / 2, 0, length - 1)
    below = np.minimum(np.floor(at).astype(int), max(length - 2, 0))
    weight_shape = [1] * values.ndim
    weight_shape[axis] = count
    weight = (at - below).reshape(weight_shape)
    above = np.minimum(below + 1, length - 1)
    return np.take(values, below, axis) * (1 - weight) + np.take(values, above, axis) * weight


def resample_trilinear(intensities, spacing, target=1.0):
    resampled = source = np.asarray(intensities, np.float64)
    for axis, millimetres in enumerate(spacing):
        if abs(millimetres - target) > 1e-3:
            count = max(1, int(np.floor(resampled.shape[axis] * millimetres / target + 0.5)))
            resampled = resample_axis(resampled, axis, count, target / millimetres)
    if resampled is source:
        return source
    return np.where(np.abs(resampled) < RESIDUE * np.abs(source).max(), 0, resampled)


def normalise(intensities):
    values = np.asarray(intensities, np.float64)
    selected = values != 0
    if not selected.any():
        selected = np.ones_like(selected)
    low, high = np.percentile(values[selected], (LOWER_PERCENTILE, UPPER_PERCENTILE))
    clipped = np.clip(values, low, high)
    inside = clipped[selected]
    return (clipped - inside.mean()) / max(inside.std(), 1e-6)


def target_shape(size, patch=PATCH):
    return tuple(p if p >= n else -(-n // MULTIPLE) * MULTIPLE for n, p in zip(size, patch, strict=True))


def prepare(intensities, spacing=(1.0, 1.0, 1.0), patch=PATCH):
    resampled = resample_trilinear(intensities, spacing)
    size = resampled.shape
    shape = target_shape(size, patch)
    low = tuple((t - n) // 2 for t, n in zip(shape, size, strict=True))
    padding = [(a, t - n - a) for a, t, n in zip(low, shape, size, strict=True)]
    padded = np.pad(normalise(resampled), padding).astype(np.float32)
    return Prepared(padded[None, None], low, size, np.shape(intensities), tuple(spacing))


def restore(probabilities, prepared):
    """[class, X, Y, Z] of the padded crop -> [class, *source_size] on the grid that `prepare` was given."""
    cut = probabilities[(slice(None), *(slice(a, a + n) for a, n in zip(prepared.low, prepared.size, strict=True)))]
    for axis, (count, millimetres) in enumerate(zip(prepared.source_size, prepared.spacing, strict=True)):
        if abs(millimetres - 1.0) > 1e-3:
            cut = resample_axis(cut, axis + 1, count, millimetres)
    return cut
