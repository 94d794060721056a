"""What is usual in this folder: medians and an average crop that every single case is held against."""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from .pairs import thumbnail

SMALL = (24, 32, 24)


@dataclass
class Traits:
    """One image with its label. `extent` mm; `level` log10 of the intensity range; `thumb` rank image and `place` label
    share, both [24, 32, 24] over the crop; volumes in mm3; `parts`: voxels per connected part, largest first."""

    extent: np.ndarray
    level: float
    thumb: np.ndarray
    place: np.ndarray
    anterior: float
    posterior: float
    parts: list


@dataclass
class Cohort:
    extent: np.ndarray
    level: float
    level_spread: float
    thumb: np.ndarray
    place: np.ndarray
    volume: float
    volume_spread: float


def robust_spread(values):
    return 1.4826 * float(np.median(np.abs(values - np.median(values)))) + 1e-9


def small_share(mask):
    return ndimage.zoom(mask.astype(np.float32), np.array(SMALL) / mask.shape, order=1)


def traits(intensities, labels, spacing):
    voxel = float(np.prod(spacing))
    parts, count = ndimage.label(labels > 0, np.ones((3, 3, 3)))
    sizes = ndimage.sum(labels > 0, parts, range(1, count + 1)) if count else []
    low, high = np.percentile(intensities, (1, 99))
    return Traits(
        extent=np.array(intensities.shape) * spacing,
        level=float(np.log10(max(high - low, 1e-12))),
        thumb=thumbnail(intensities, SMALL),
        place=small_share(labels > 0),
        anterior=float((labels == 1).sum()) * voxel,
        posterior=float((labels == 2).sum()) * voxel,
        parts=sorted((int(s) for s in sizes), reverse=True),
    )


def cohort_of(all_traits):
    """Medians, so that a few wrong cases do not shift what is usual."""
    volumes = np.array([t.anterior + t.posterior for t in all_traits])
    levels = np.array([t.level for t in all_traits])
    return Cohort(
        extent=np.median([t.extent for t in all_traits], axis=0),
        level=float(np.median(levels)),
        level_spread=robust_spread(levels),
        thumb=np.median([t.thumb for t in all_traits], axis=0),
        place=np.mean([t.place for t in all_traits], axis=0),
        volume=float(np.median(volumes)),
        volume_spread=robust_spread(volumes),
    )


def correlation(a, b):
    a, b = a - a.mean(), b - b.mean()
    return float((a * b).sum() / np.sqrt((a * a).sum() * (b * b).sum() + 1e-12))


def image_likeness(case, cohort):
    """Correlation of the case's picture with the usual one, as it is and mirrored in x."""
    return correlation(case.thumb, cohort.thumb), correlation(case.thumb[::-1], cohort.thumb)


def label_likeness(case, cohort):
    return correlation(case.place, cohort.place), correlation(case.place[::-1], cohort.place)
