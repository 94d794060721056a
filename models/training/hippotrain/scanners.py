"""Simulated scanners, boxes and resolutions, fixed per case and variant: a second opinion on every checkpoint.

They use the same physics as the augmentation but at set strengths, some of them beyond what training shows.
"""

import zlib

import numpy as np
import torch
from scipy import ndimage

from . import intensity


def _fixed(function):
    def change(image, labels, generator):
        return function(image, labels, generator), (slice(None),) * 3

    return change


def _box(size, jitter):
    def change(image, labels, generator):
        centre = np.argwhere(labels > 0).mean(0) + (torch.rand(3, generator=generator).numpy() * 2 - 1) * jitter
        box = []
        for middle, wanted, length in zip(centre, size, labels.shape, strict=True):
            first = int(np.clip(round(middle - wanted / 2), 0, max(0, length - wanted)))
            box.append(slice(first, min(length, first + wanted)))
        return image, tuple(box)

    return change


def _strip(image, labels, generator):
    distance = ndimage.distance_transform_edt(labels == 0)
    removed = intensity.strip_background(image, torch.from_numpy(distance).float()[None], generator)
    return torch.where(removed, 0.0, image.clamp(min=1e-3))


VARIANTS = {
    "noisy": _fixed(lambda x, _, g: intensity.add_noise(x, g, (0.06, 0.08))),
    "uneven coil": _fixed(lambda x, _, g: intensity.apply_bias(x, g, (0.3, 0.35))),
    "other contrast": _fixed(lambda x, _, g: intensity.remap_contrast(x, g, (0.9, 1.0))),
    "flat contrast": _fixed(lambda x, _, g: intensity.apply_gamma(x, g, (-0.6, -0.5))),
    "2 mm": _fixed(lambda x, _, g: intensity.lower_resolution(x, g, (2.0, 2.0))),
    "smooth": _fixed(lambda x, _, g: intensity.blur(x, torch.tensor([1.0]))),
    "8 bit, 40 levels": _fixed(lambda x, _, g: intensity.quantise(x, g, (40, 40))),
    "skull-stripped": _fixed(_strip),
    "small box": _box((28, 46, 28), 3),
    "shifted box": _box((30, 44, 30), 6),
}


def simulate(case, variant):
    """(intensities, labels) of the case as the variant would have delivered it; the same every time."""
    generator = torch.Generator().manual_seed(zlib.crc32(f"{case.name}/{variant}".encode()))
    low, high = np.percentile(case.intensities, (0.5, 99.5))
    image = torch.from_numpy((case.intensities - low) / max(high - low, 1e-6)).float()[None]
    changed, box = VARIANTS[variant](image, case.labels, generator)
    return changed[0].numpy()[box], case.labels[box]
