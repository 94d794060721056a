"""Where the network looks: rotation, scale, shear, gentle warping, shift, and a random field of view."""

import math

import torch
from torch.nn import functional

from .canvas import ANTERIOR, CANVAS, DISTANCE, IMAGE, INSIDE, POSTERIOR


def uniform(low, high, shape, generator):
    return low + (high - low) * torch.rand(shape, generator=generator)


def chance(probability, count, generator):
    return torch.rand(count, generator=generator) < probability


def send(values, device):
    """To a device without waiting for what it is still doing; most of these tensors are a few numbers per case."""
    return values.to(device, non_blocking=True)


def draw_normal(shape, generator, device):
    """Standard normal numbers. On another device than the generator's they come from a seed that it draws: sending them takes longer."""
    if generator.device == device:
        return torch.randn(shape, generator=generator)
    seed = int(torch.randint(2**62, (1,), generator=generator))
    return torch.randn(shape, generator=torch.Generator(device).manual_seed(seed), device=device)


def rotations(angles):
    """[b, 3] radians about x, y, z -> [b, 3, 3]."""
    cos, sin = torch.cos(angles), torch.sin(angles)
    matrices = torch.eye(3).repeat(3, len(angles), 1, 1)
    for axis, (i, j) in enumerate(((1, 2), (0, 2), (0, 1))):
        matrices[axis, :, i, i] = matrices[axis, :, j, j] = cos[:, axis]
        matrices[axis, :, i, j], matrices[axis, :, j, i] = -sin[:, axis], sin[:, axis]
    return matrices[0] @ matrices[1] @ matrices[2]


def sample_positions(count, patch, generator, settings, device):
    """Canvas coordinates in voxels from the canvas centre, [b, x, y, z, 3], at which the patch reads."""
    axes = [torch.arange(n, device=device) - (n - 1) / 2 for n in patch]
    lattice = torch.stack(torch.meshgrid(*axes, indexing="ij"), -1)
    turn = rotations(uniform(-1, 1, (count, 3), generator) * torch.tensor(settings.rotation_degrees) * math.pi / 180)
    scale = uniform(*settings.scale, (count, 1), generator) * uniform(*settings.stretch, (count, 3), generator)
    shear = torch.eye(3) + settings.shear * uniform(-1, 1, (count, 3, 3), generator) * (1 - torch.eye(3))
    matrix = turn @ shear @ torch.diag_embed(scale)
    plain = ~chance(settings.probability_spatial, count, generator)
    matrix[plain] = torch.eye(3)
    coarse = torch.randn((count, 3, 5, 6, 5), generator=generator) * uniform(*settings.warp_voxels, (count, 1, 1, 1, 1), generator)
    still = plain | ~chance(settings.probability_warp, count, generator)
    coarse[still] = 0
    positions = torch.einsum("bij,xyzj->bxyzi", send(matrix, device), lattice)
    if not still.all():
        warp = functional.interpolate(send(coarse, device), size=patch, mode="trilinear", align_corners=True)
        positions = positions + warp.permute(0, 2, 3, 4, 1)
    # Whole voxels, so that a case left unturned keeps its own noise rather than an interpolated one.
    shift = (uniform(-1, 1, (count, 3), generator) * settings.shift_voxels).round()
    return positions + send(shift, device)[:, None, None, None]


def read_patch(canvases, positions):
    """(image, valid, targets, distance mm / REACH), [b, x, y, z] each; targets [b, 3, x, y, z], 1 for the class that is the greatest
    of the interpolated and 0 for the others."""
    half = send(torch.tensor([(n - 1) / 2 for n in CANVAS]), canvases.device)
    grid = (positions / half).flip(-1)
    patch = functional.grid_sample(canvases[:, : DISTANCE + 1], grid, mode="bilinear", padding_mode="border", align_corners=True)
    outside = (positions.abs() > half + 0.01).any(-1)
    valid = (patch[:, INSIDE] > 0.99) & ~outside
    anterior, posterior = patch[:, ANTERIOR], patch[:, POSTERIOR]
    background = 1 - anterior - posterior
    # Written out because argmax over a short, strided axis is slower than the whole rest of the batch.
    is_anterior = (anterior > background) & (anterior >= posterior)
    is_posterior = (posterior > background) & (posterior > anterior)
    targets = torch.stack([~is_anterior & ~is_posterior, is_anterior, is_posterior], 1).float()
    return patch[:, IMAGE], valid, targets, patch[:, DISTANCE]


def restrict_view(valid, generator, settings):
    """Cuts the valid region of some cases down to a random box, as a cropped or shifted field of view would."""
    count = len(valid)
    whole = send(~chance(settings.probability_box, count, generator), valid.device)[:, None]
    keep = send(uniform(*settings.box_share, (count, 3), generator), valid.device)
    place = send(torch.rand((count, 3), generator=generator), valid.device)
    for axis in range(3):
        present = valid.amax([1 + other for other in range(3) if other != axis])
        length = present.shape[1]
        at = torch.arange(length, device=valid.device)
        first = torch.where(present, at, length).amin(1)
        size = (torch.where(present, at, -1).amax(1) - first + 1).clamp(min=0)
        kept = (size * keep[:, axis]).round().clamp(min=16)
        start = first + (place[:, axis] * (size - kept + 1).clamp(min=0)).floor()
        inside = (at >= start[:, None]) & (at < (start + kept)[:, None]) | whole
        shape = [count, 1, 1, 1]
        shape[axis + 1] = length
        valid = valid & inside.view(shape)
    return valid
