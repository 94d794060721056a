"""Where the network looks: rotation, scale, shear, gentle warping, shift, and a random field of view."""

import math

import torch
from torch.nn import functional

from .canvas import ANTERIOR, CANVAS, DISTANCE, IMAGE, INSIDE, POSTERIOR


def uniform(low, high, shape, generator):
    return low + (high - low) * torch.rand(shape, generator=generator)


def chance(probability, count, generator):
    return torch.rand(count, generator=generator) < probability


def rotations(angles):
    """[b, 3] radians about x, y, z -> [b, 3, 3]."""
    cos, sin = torch.cos(angles), torch.sin(angles)
    matrices = torch.eye(3).repeat(3, len(angles), 1, 1)
    for axis, (i, j) in enumerate(((1, 2), (0, 2), (0, 1))):
        matrices[axis, :, i, i] = matrices[axis, :, j, j] = cos[:, axis]
        matrices[axis, :, i, j], matrices[axis, :, j, i] = -sin[:, axis], sin[:, axis]
    return matrices[0] @ matrices[1] @ matrices[2]


def sample_positions(count, patch, generator, settings):
    """Canvas coordinates in voxels from the canvas centre, [b, x, y, z, 3], at which the patch reads."""
    axes = [torch.arange(n) - (n - 1) / 2 for n in patch]
    lattice = torch.stack(torch.meshgrid(*axes, indexing="ij"), -1)
    turn = rotations(uniform(-1, 1, (count, 3), generator) * torch.tensor(settings.rotation_degrees) * math.pi / 180)
    scale = uniform(*settings.scale, (count, 1), generator) * uniform(*settings.stretch, (count, 3), generator)
    shear = torch.eye(3) + settings.shear * uniform(-1, 1, (count, 3, 3), generator) * (1 - torch.eye(3))
    matrix = turn @ shear @ torch.diag_embed(scale)
    plain = ~chance(settings.probability_spatial, count, generator)
    matrix[plain] = torch.eye(3)
    coarse = torch.randn((count, 3, 5, 6, 5), generator=generator) * uniform(*settings.warp_voxels, (count, 1, 1, 1, 1), generator)
    coarse[plain | ~chance(settings.probability_warp, count, generator)] = 0
    positions = torch.einsum("bij,xyzj->bxyzi", matrix, lattice)
    if coarse.abs().sum() > 0:
        warp = functional.interpolate(coarse, size=patch, mode="trilinear", align_corners=True)
        positions = positions + warp.permute(0, 2, 3, 4, 1)
    # Whole voxels, so that a case left unturned keeps its own noise rather than an interpolated one.
    shift = (uniform(-1, 1, (count, 3), generator) * settings.shift_voxels).round()
    return positions + shift[:, None, None, None]


def read_patch(canvases, positions):
    """(image, valid, labels, distance mm / REACH), [b, x, y, z] each; labels 0, 1, 2 by the greater of the interpolated."""
    half = torch.tensor([(n - 1) / 2 for n in CANVAS])
    grid = (positions / half).flip(-1)
    patch = functional.grid_sample(canvases, grid, mode="bilinear", padding_mode="border", align_corners=True)
    outside = (positions.abs() > half + 0.01).any(-1)
    valid = (patch[:, INSIDE] > 0.99) & ~outside
    anterior, posterior = patch[:, ANTERIOR], patch[:, POSTERIOR]
    background = 1 - anterior - posterior
    # Written out because argmax over a short, strided axis is slower than the whole rest of the batch.
    labels = ((anterior > background) & (anterior >= posterior)).long()
    labels += 2 * ((posterior > background) & (posterior > anterior)).long()
    return patch[:, IMAGE], valid, labels, patch[:, DISTANCE]


def restrict_view(valid, generator, settings):
    """Cuts the valid region of some cases down to a random box, as a cropped or shifted field of view would."""
    for case in torch.nonzero(chance(settings.probability_box, len(valid), generator)).flatten().tolist():
        keep = uniform(*settings.box_share, 3, generator)
        place = torch.rand(3, generator=generator)
        for axis in range(3):
            others = [other for other in range(3) if other != axis]
            present = torch.nonzero(valid[case].amax(others)).flatten()
            first, length = int(present[0]), int(present[-1] - present[0] + 1)
            kept = max(16, round(length * float(keep[axis])))
            start = first + int(place[axis] * max(0, length - kept + 1))
            inside = torch.zeros(valid.shape[axis + 1], dtype=torch.bool)
            inside[start : start + kept] = True
            shape = [1, 1, 1]
            shape[axis] = -1
            valid[case] &= inside.view(shape)
    return valid
