"""Training cases in memory, all on one canvas so that a batch is a single tensor."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from scipy import ndimage

from .nifti import list_niftis, read_ras

CANVAS = (48, 64, 48)
REACH = 10.0
IMAGE, INSIDE, ANTERIOR, POSTERIOR, DISTANCE, TISSUE, INNER, GREY = range(8)
PURE_MM = 1.5


@dataclass(frozen=True)
class Case:
    """`intensities` and `labels` [x, y, z] as stored, RAS, 1 mm; `affine` voxel to RAS mm."""

    name: str
    intensities: np.ndarray
    labels: np.ndarray
    affine: np.ndarray


def read_cases(curated: Path, names: list[str]) -> list[Case]:
    images, labels = list_niftis(curated / "images"), list_niftis(curated / "labels")
    cases = []
    for name in names:
        image, label = read_ras(images[name]), read_ras(labels[name])
        cases.append(Case(name, image.array.astype(np.float32), label.array.astype(np.uint8), image.affine))
    return cases


def to_canvas(case: Case) -> torch.Tensor:
    """[8, 48, 64, 48] float32: image in about 0..1 (its edge repeated outside), inside the crop or not, anterior and
    posterior label, distance to the label in mm over REACH, the image with the hippocampus replaced by what lies around it, the
    hippocampus continued beyond its border, and its inner grey matter continued over its rim and beyond. A crop larger than the canvas
    is cut around its centre."""
    low, high = np.percentile(case.intensities, (0.5, 99.5))
    image = (case.intensities - low) / max(high - low, 1e-6)
    distance = np.minimum(ndimage.distance_transform_edt(case.labels == 0), REACH) / REACH
    tissue, inner = separate_hippocampus(image, case.labels > 0)
    grey = continue_grey(image, case.labels > 0)
    channels = [image, np.ones_like(image), case.labels == 1, case.labels == 2, distance, tissue, inner, grey]
    modes = ["edge", "constant", "constant", "constant", "edge", "edge", "edge", "edge"]
    return torch.from_numpy(np.stack([_fit(c.astype(np.float32), mode) for c, mode in zip(channels, modes, strict=True)]))


def separate_hippocampus(image: np.ndarray, mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(image without the hippocampus, hippocampus without its surroundings), both [x, y, z]: the nearest voxels of the other side, smoothed."""
    wide = ndimage.binary_dilation(mask)
    nearest = ndimage.distance_transform_edt(wide, return_distances=False, return_indices=True)
    tissue = np.where(wide, ndimage.gaussian_filter(image[tuple(nearest)], 1.0), image)
    nearest = ndimage.distance_transform_edt(~mask, return_distances=False, return_indices=True)
    return tissue, image[tuple(nearest)]


def continue_grey(image: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """The image [x, y, z] with everything but the middle of the hippocampus replaced by the nearest of its middle, smoothed: its rim
    is mixed with white matter, fluid or the alveus. Where it is too thin to have a middle, its own voxels stand for it."""
    depth = ndimage.distance_transform_edt(mask)
    middle = depth >= np.minimum(PURE_MM, ndimage.maximum_filter(depth, 5))
    middle &= mask
    nearest = ndimage.distance_transform_edt(~middle, return_distances=False, return_indices=True)
    return np.where(middle, image, ndimage.gaussian_filter(image[tuple(nearest)], 0.7))


def _fit(values, mode):
    for axis, wanted in enumerate(CANVAS):
        surplus = values.shape[axis] - wanted
        if surplus > 0:
            values = np.take(values, range(surplus // 2, surplus // 2 + wanted), axis)
    padding = [((w - n) // 2, w - n - (w - n) // 2) for n, w in zip(values.shape, CANVAS, strict=True)]
    return np.pad(values, padding, mode=mode)


def load_canvases(curated: Path, names: list[str]) -> torch.Tensor:
    """[case, 8, 48, 64, 48] for the given names, in their order."""
    return torch.stack([to_canvas(case) for case in read_cases(curated, names)])
