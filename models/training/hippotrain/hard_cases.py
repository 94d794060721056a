"""Hard cases that are sound, each made of a sound crop: they look odd, and curation must keep them. Makers as in `faults.py`."""

import numpy as np
from scipy import ndimage

from .faults import scale_of


def _tilted(image, labels, donor, rng):
    how = {"axes": (1, 2), "reshape": False}
    return {"image": ndimage.rotate(image, 12, order=1, mode="nearest", **how), "labels": ndimage.rotate(labels, 12, order=0, mode="constant", **how)}


def _smaller(image, labels, donor, rng):
    """Everything at 0.85 of its size about the label's centre: a small head, 0.6 of the volume."""
    centre = np.argwhere(labels > 0).mean(0)
    matrix, offset = np.eye(3) / 0.85, centre - centre / 0.85
    return {
        "image": ndimage.affine_transform(image, matrix, offset, order=1, mode="nearest"),
        "labels": ndimage.affine_transform(labels, matrix, offset, order=0),
    }


def _tight_box(image, labels, donor, rng):
    low, high = np.argwhere(labels > 0).min(0), np.argwhere(labels > 0).max(0) + 1
    box = tuple(slice(max(0, a - int(rng.integers(2, 5))), b + int(rng.integers(2, 5))) for a, b in zip(low, high, strict=True))
    return {"image": image[box], "labels": labels[box]}


def _uneven(image, labels, donor, rng):
    slope = sum(np.linspace(-1, 1, n).reshape([-1 if a == b else 1 for b in range(3)]) * rng.normal() for a, n in enumerate(image.shape))
    return {"image": (image * np.exp(0.3 * slope / np.abs(slope).max())).astype(np.float32)}


HARD = {
    "noise of 10 %": lambda i, m, d, r: {"image": (i + r.normal(0, 0.1 * scale_of(i)[1], i.shape)).astype(np.float32)},
    "blurred to 2 mm": lambda i, m, d, r: {"image": ndimage.gaussian_filter(i, 0.8)},
    "coil shading": _uneven,
    "head tilted by 12 degrees": _tilted,
    "small hippocampus": _smaller,
    "tight box": _tight_box,
    "intensities times 10000": lambda i, m, d, r: {"image": (i * 1e4).astype(np.float32)},
    "40 grey levels": lambda i, m, d, r: {"image": np.round((i - scale_of(i)[0]) / scale_of(i)[1] * 40).astype(np.float32)},
}
