"""What a crop says about the scan it came from: intensity step, histogram shape, noise, size, anatomy.

Two crops of one person (left and right, or twice) share scanner, gain and reconstruction. The strongest trace is the
intensity step: many scans are stored as whole numbers times a slope of that scan alone, and the slope survives cropping.
"""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

HISTOGRAM_QUANTILES = np.linspace(0.02, 0.98, 25)


@dataclass(frozen=True)
class Fingerprint:
    """`step`: intensity step or None; `gray`: quantiles over the median; `scale`: median intensity; `noise`: relative
    noise; `size` [3] in voxels; `anatomy`: anterior and posterior volume (mm3) and extent of the label [3] (mm)."""

    step: float | None
    gray: np.ndarray
    scale: float
    noise: float
    size: np.ndarray
    anatomy: np.ndarray


def intensity_step(intensities):
    """The real number that all intensities are whole multiples of, or None (integers and continuous values have none).

    Starts from the smallest difference between two neighbouring values and refines it on ever larger values.
    """
    values = np.unique(intensities).astype(np.float64)
    values = values[values > 0]
    if len(values) < 32 or np.all(values == np.round(values)):
        return None
    differences = np.diff(values)
    differences = differences[differences > 1e-6 * values[-1]]
    for start in np.quantile(differences, (0.0, 0.1, 0.25), method="nearest"):
        step = _refine(values, float(start))
        if np.median(np.abs(values / step - np.round(values / step))) < 1e-3 and values[-1] / step < 5000:
            return step
    return None


def _refine(values, step):
    for reach in (4, 16, 64, 256, 1024, np.inf):
        near = values[values <= 1.5 * reach * step]
        multiples = np.round(near / step)
        usable = multiples > 0
        if usable.any():
            step = float((near[usable] * multiples[usable]).sum() / (multiples[usable] ** 2).sum())
    return step


def fingerprint(intensities, labels, spacing):
    values = intensities.astype(np.float64)
    scale = max(float(np.median(values)), 1e-9)
    laplacian = ndimage.laplace(values) / np.sqrt(42.0)
    noise = 1.4826 * float(np.median(np.abs(laplacian - np.median(laplacian)))) / scale
    voxel = float(np.prod(spacing))
    inside = np.argwhere(labels > 0)
    extent = (np.ptp(inside, axis=0) + 1) * spacing
    volumes = [float((labels == value).sum()) * voxel for value in (1, 2)]
    return Fingerprint(
        step=intensity_step(intensities),
        gray=np.quantile(values, HISTOGRAM_QUANTILES) / scale,
        scale=scale,
        noise=noise,
        size=np.array(values.shape, float),
        anatomy=np.array([*volumes, *extent]),
    )
