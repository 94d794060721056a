"""What another scanner would have done to the same brain. Each function takes and gives images [b, x, y, z], about 0..1."""

import torch
from torch.nn import functional

from .spatial import draw_normal, send, uniform


def draw_per_case(span, images, generator):
    """One uniform number per case, [b, 1, 1, 1], where the images are."""
    return send(uniform(*span, (len(images), 1, 1, 1), generator), images.device)


def remap_contrast(images, generator, strength, knots=7):
    """A random increasing curve through `knots` points; strength 0 leaves the image, 1 takes the curve alone."""
    steps = uniform(0.15, 1, (len(images), knots - 1), generator) ** 1.5
    curve = torch.cat([torch.zeros(len(images), 1), torch.cumsum(steps, 1)], 1)
    curve = send(curve / curve[:, -1:], images.device)
    at = images.clamp(0, 1) * (knots - 1)
    below = at.floor().clamp(max=knots - 2).long()
    flat = below.flatten(1)
    low, high = curve.gather(1, flat).view_as(images), curve.gather(1, flat + 1).view_as(images)
    mapped = low + (high - low) * (at - below) + (images - images.clamp(0, 1))
    return images + draw_per_case(strength, images, generator) * (mapped - images)


def apply_gamma(images, generator, span):
    exponent = torch.exp(draw_per_case(span, images, generator))
    return images.clamp(min=1e-4) ** exponent


def smooth_field(images, generator, cells=(3, 4, 3)):
    """A slowly varying random field of unit size, [b, x, y, z]."""
    coarse = torch.randn((len(images), 1, *cells), generator=generator)
    return functional.interpolate(send(coarse, images.device), size=images.shape[1:], mode="trilinear", align_corners=True)[:, 0]


def apply_bias(images, generator, size):
    """Multiplies by exp of a smooth field: uneven coil sensitivity."""
    return images * torch.exp(draw_per_case(size, images, generator) * smooth_field(images, generator))


def blur(images, sigma):
    """Gaussian of `sigma` voxels (one number per case), five taps a side at most."""
    offsets = torch.arange(-3, 4).float()
    kernels = torch.exp(-0.5 * (offsets / sigma.view(-1, 1)) ** 2)
    kernels = send(kernels / kernels.sum(1, keepdim=True), images.device)
    result = images[None]
    for axis in range(3):
        shape, padding = [1, 1, 1], [0, 0, 0]
        shape[axis], padding[axis] = 7, 3
        wide = functional.pad(result, [p for q in reversed(padding) for p in (q, q)], mode="replicate")
        result = functional.conv3d(wide, kernels.view(-1, 1, *shape), groups=len(images))
    return result[0]


def lower_resolution(images, generator, span):
    """Voxels of `span` mm per axis (box-shaped, as a scanner averages), then back to 1 mm by linear interpolation."""
    factors = uniform(*span, 3, generator)
    if torch.rand(1, generator=generator) < 0.5:
        # Slices thicker than the plane, as 2D or economical 3D protocols have.
        thick = int(torch.randint(3, (1,), generator=generator))
        factors = torch.where(torch.arange(3) == thick, factors, 1 + (factors - 1) * 0.25)
    sizes = [max(8, round(n / float(f))) for n, f in zip(images.shape[1:], factors, strict=True)]
    small = functional.adaptive_avg_pool3d(images[:, None], sizes)
    return functional.interpolate(small, size=images.shape[1:], mode="trilinear", align_corners=False)[:, 0]


def add_noise(images, generator, size):
    """Gaussian, or for half of the cases Rician noise as magnitude images have; some of it grainy rather than white."""
    level = draw_per_case(size, images, generator)
    first = draw_normal(images.shape, generator, images.device) * level
    if torch.rand(1, generator=generator) < 0.5:
        return images + first
    second = draw_normal(images.shape, generator, images.device) * level
    return torch.sqrt((images + first) ** 2 + second**2)


def quantise(images, generator, levels):
    count = draw_per_case(levels, images, generator).round()
    return (images.clamp(0, 1.2) * count).round() / count


def strip_background(images, distance_mm, generator):
    """Where a skull-stripping tool would have written zeros: [b, x, y, z] bool, never within 2 mm of the hippocampus.

    A wavy shell around the hippocampus, open to all but one side, or dark voxels away from it.
    """
    axes = [torch.linspace(-1, 1, n, device=images.device) for n in images.shape[1:]]
    lattice = torch.stack(torch.meshgrid(*axes, indexing="ij"), -1)
    direction = functional.normalize(torch.randn((len(images), 3), generator=generator), dim=1)
    height = torch.einsum("xyzi,bi->bxyz", lattice, send(direction, images.device))
    margin = draw_per_case((2.5, 9), images, generator)
    waves = 1.5 * smooth_field(images, generator, (6, 8, 6))
    removed = (distance_mm > margin + waves) & (height > draw_per_case((-0.6, 0.6), images, generator))
    dark = images < draw_per_case((0.03, 0.22), images, generator)
    use_dark = draw_per_case((0, 1), images, generator) < 0.4
    return (torch.where(use_dark, dark & (distance_mm > 4), removed)) & (distance_mm > 2)
