"""One training batch: canvases -> (network input, labels, valid). Normalised after the crop, as at inference."""

from dataclasses import dataclass

import torch

from . import intensity
from .canvas import REACH
from .preprocess import LOWER_PERCENTILE, UPPER_PERCENTILE
from .spatial import chance, read_patch, restrict_view, sample_positions, send, uniform


@dataclass(frozen=True)
class Augmentation:
    """Probabilities per case and ranges. Setting a probability to 0 leaves that step out, for comparisons."""

    probability_spatial: float = 0.85
    rotation_degrees: tuple = (20.0, 12.0, 15.0)
    scale: tuple = (0.85, 1.18)
    stretch: tuple = (0.93, 1.07)
    shear: float = 0.06
    probability_warp: float = 0.4
    warp_voxels: tuple = (0.2, 1.2)
    shift_voxels: float = 5.0
    probability_box: float = 0.45
    box_share: tuple = (0.6, 1.0)
    probability_contrast: float = 0.4
    contrast_strength: tuple = (0.2, 1.0)
    probability_gamma: float = 0.3
    gamma: tuple = (-0.5, 0.5)
    probability_bias: float = 0.5
    bias: tuple = (0.05, 0.3)
    probability_resolution: float = 0.35
    resolution_mm: tuple = (1.0, 2.2)
    probability_blur: float = 0.2
    blur_voxels: tuple = (0.35, 0.9)
    probability_sharpen: float = 0.15
    probability_noise: float = 0.5
    noise: tuple = (0.0, 0.07)
    probability_quantise: float = 0.25
    levels: tuple = (32, 255)
    probability_strip: float = 0.2


PLAIN = Augmentation(
    probability_warp=0, probability_box=0, probability_contrast=0, probability_bias=0, probability_resolution=0,
    probability_sharpen=0, probability_quantise=0, probability_strip=0,
)  # fmt: skip


# For the last epochs: what is learnt from images that no scanner makes is fitted to those that scanners do make.
MILD = Augmentation(
    rotation_degrees=(12.0, 8.0, 10.0), scale=(0.92, 1.08), stretch=(0.96, 1.04), shear=0.03, shift_voxels=4.0, probability_box=0.25,
    probability_contrast=0.15, probability_gamma=0.15, probability_bias=0.25, bias=(0.05, 0.2), probability_resolution=0.12,
    probability_blur=0.1, probability_sharpen=0.1, probability_noise=0.3, noise=(0.0, 0.05), probability_quantise=0.1,
    probability_strip=0.1,
)  # fmt: skip

AUGMENTATIONS = {"strong": Augmentation(), "mild": MILD, "plain": PLAIN}


def normalise_batch(images, valid, zeroed):
    """preprocess.normalise per case on torch tensors, over the valid voxels that were not zeroed; 0 outside `valid`."""
    selected = valid & ~zeroed
    count = selected.flatten(1).sum(1, keepdim=True)
    ordered = torch.where(selected, images, torch.inf).flatten(1).sort(1).values

    def percentile(percent):
        at = (count - 1) * (percent / 100)
        below = at.floor().long()
        low, high = ordered.gather(1, below), ordered.gather(1, torch.minimum(below + 1, count - 1))
        return (low + (high - low) * (at - below)).view(-1, 1, 1, 1)

    def mean(values):
        return (torch.where(selected, values, 0).flatten(1).sum(1, keepdim=True) / count).view(-1, 1, 1, 1)

    low, high = percentile(LOWER_PERCENTILE), percentile(UPPER_PERCENTILE)
    clipped = torch.where(zeroed, low, torch.minimum(torch.maximum(images, low), high))
    centred = clipped - mean(clipped)
    return torch.where(valid, centred / mean(centred**2).sqrt().clamp(min=1e-6), 0)


def change_intensities(images, generator, settings):
    def sometimes(probability, change):
        chosen = torch.nonzero(chance(probability, len(images), generator)).flatten()
        if len(chosen):
            chosen = send(chosen, images.device)
            images[chosen] = change(images[chosen])

    sometimes(settings.probability_contrast, lambda x: intensity.remap_contrast(x, generator, settings.contrast_strength))
    sometimes(settings.probability_gamma, lambda x: intensity.apply_gamma(x, generator, settings.gamma))
    sometimes(settings.probability_bias, lambda x: intensity.apply_bias(x, generator, settings.bias))
    sometimes(settings.probability_resolution, lambda x: intensity.lower_resolution(x, generator, settings.resolution_mm))
    widths = settings.blur_voxels
    sometimes(settings.probability_blur, lambda x: intensity.blur(x, uniform(*widths, len(x), generator)))
    sometimes(
        settings.probability_sharpen,
        lambda x: x + intensity.draw_per_case((0.2, 0.8), x, generator) * (x - intensity.blur(x, torch.full((len(x),), 0.8))),
    )
    sometimes(settings.probability_noise, lambda x: intensity.add_noise(x, generator, settings.noise))
    sometimes(settings.probability_quantise, lambda x: intensity.quantise(x, generator, settings.levels))
    return images


def make_batch(canvases, patch, generator, settings):
    """`canvases` [b, 7, 48, 64, 48] -> input [b, 1, *patch], targets [b, 3, *patch], valid [b, *patch] float, on the same device.

    Decisions are drawn on the processor, so that a GPU is never waited for.
    """
    positions = sample_positions(len(canvases), patch, generator, settings, canvases.device)
    images, valid, targets, distance = read_patch(canvases, positions)
    valid = restrict_view(valid, generator, settings)
    images = change_intensities(images.clone(), generator, settings)
    zeroed = torch.zeros_like(valid)
    stripped = chance(settings.probability_strip, len(images), generator)
    if stripped.any():
        stripped = send(torch.nonzero(stripped).flatten(), images.device)
        zeroed[stripped] = intensity.strip_background(images[stripped], distance[stripped] * REACH, generator)
    return normalise_batch(images, valid, zeroed)[:, None], targets, valid.float()
