"""What an image looks like along the outline of a label: some 140 numbers that are alike wherever a label fits its image.

Every voxel near the outline belongs to a shell (how far inside or outside it lies) and to a sector (which way the outline faces there,
and which third of the hippocampus from back to front it is). The mean intensity of every shell in every sector tells how grey
matter turns into fluid or white matter on each side. Frames: RAS voxels of 1 mm.
"""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

SHELLS_MM = (-np.inf, -2, -1, 0, 1, 2, 3)
REACH_MM = 4.5
SHELLS = len(SHELLS_MM)
FACES = 6
THIRDS = 3
SECTORS = FACES * THIRDS
MARGIN = 7
FEWEST = 4


@dataclass(frozen=True)
class Picture:
    """`values`: intensities clipped to their 1st and 99th percentile, mean 0, deviation 1; `edges`: length of their gradient."""

    values: np.ndarray
    edges: np.ndarray


@dataclass(frozen=True)
class Outline:
    """`at` [n, 3] voxels near the outline with their `shell` and `cell` (sector and shell) [n], those inside first `inside` ones."""

    at: np.ndarray
    shell: np.ndarray
    cell: np.ndarray
    inside: np.ndarray


def picture_of(intensities):
    low, high = np.percentile(intensities, (1, 99))
    values = np.clip((intensities - low) / max(high - low, 1e-12), 0, 1).astype(np.float32)
    values = (values - values.mean()) / max(float(values.std()), 1e-6)
    return Picture(ndimage.gaussian_filter(values, 0.5), ndimage.gaussian_gradient_magnitude(values, 0.8))


def _distance(mask):
    """Steps to the nearest voxel outside, the mean of city block and chessboard: near enough to millimetres, and five times as fast."""
    return 0.5 * (ndimage.distance_transform_cdt(mask, "taxicab") + ndimage.distance_transform_cdt(mask, "chessboard"))


def outline_of(mask, grown=(0,)):
    """Shells and sectors around a mask [x, y, z] that is not empty: an Outline for each of `grown`, the millimetres by which the mask
    is taken for larger (or smaller, below 0) than it is."""
    points = np.argwhere(mask)
    low = np.maximum(0, points.min(0) - MARGIN)
    box = tuple(slice(a, b) for a, b in zip(low, points.max(0) + 1 + MARGIN, strict=True))
    near = mask[box]
    depth = _distance(~near) - _distance(near) - np.where(near, -0.5, 0.5)
    slope = -np.stack(np.gradient(ndimage.gaussian_filter(near.astype(np.float32), 1.5)))
    axis = np.abs(slope).argmax(0)
    face = 2 * axis + (np.take_along_axis(slope, axis[None], 0)[0] > 0)
    first, last = points[:, 1].min() - low[1], points[:, 1].max() - low[1]
    third = np.clip((np.arange(near.shape[1]) - first) * THIRDS // (last - first + 1), 0, THIRDS - 1)
    sector = face * THIRDS + third[None, :, None]
    return [_cut_shells(depth - by, sector, low) for by in grown]


def _cut_shells(depth, sector, low):
    used = depth < REACH_MM
    at = np.argwhere(used)
    shell = np.digitize(depth[used], SHELLS_MM) - 1
    return Outline(at + low, shell, sector[used] * SHELLS + shell, depth[used] < 0)


def read_signs(picture, outline, by=(0, 0, 0)):
    """[SECTORS * SHELLS + 2 * SHELLS + 3]: mean per cell (NaN where nearly nothing lies), then deviation and edges per shell, then deviation and
    5th and 95th percentile inside. `by`: the outline moved by so many voxels; what leaves the image is not counted."""
    at = outline.at + np.asarray(by)
    there = ((at >= 0) & (at < picture.values.shape)).all(1)
    where = tuple(at[there].T)
    values, shell, cell = picture.values[where].astype(np.float64), outline.shell[there], outline.cell[there]
    count = np.bincount(cell, minlength=SECTORS * SHELLS)
    cells = np.bincount(cell, values, minlength=SECTORS * SHELLS) / np.maximum(count, 1)
    cells[count < FEWEST] = np.nan
    per_shell = np.maximum(np.bincount(shell, minlength=SHELLS), 1)
    mean, square, edges = (np.bincount(shell, x, minlength=SHELLS) / per_shell for x in (values, values**2, picture.edges[where]))
    inside = values[outline.inside[there]]
    inner = [inside.std(), *np.percentile(inside, (5, 95))] if len(inside) else [np.nan] * 3
    return np.concatenate([cells, np.sqrt(np.maximum(square - mean**2, 0)), edges, inner])


def mirrored_signs(signs):
    """The signs of image and label both mirrored in x: its two faces change places."""
    cells = signs[: SECTORS * SHELLS].reshape(FACES, -1)[[1, 0, 2, 3, 4, 5]]
    return np.concatenate([cells.ravel(), signs[SECTORS * SHELLS :]])
