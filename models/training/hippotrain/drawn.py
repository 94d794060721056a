"""T1-like crops drawn from label maps of whole heads (FreeSurfer's numbers): known shapes, random contrast, texture, partial volume, noise."""

import numpy as np
from scipy import ndimage

from .canvas import CANVAS

HIPPOCAMPI = {"left": 17, "right": 53}
"""Where the intensity of a structure is drawn from, white matter being 1. Numbers of FreeSurfer's colour table."""
INTENSITIES = {
    "white matter": ((2, 41), (0.97, 1.03)),
    "cortex": ((3, 42), (0.5, 0.75)),
    "ventricles": ((4, 43, 5, 44, 14, 15, 24), (0.08, 0.3)),
    "cerebellar white matter": ((7, 46), (0.92, 1.05)),
    "cerebellar cortex": ((8, 47), (0.5, 0.75)),
    "thalamus": ((10, 49), (0.78, 0.95)),
    "caudate": ((11, 50), (0.68, 0.85)),
    "putamen": ((12, 51, 26, 58), (0.7, 0.9)),
    "pallidum": ((13, 52), (0.85, 1.0)),
    "brain stem": ((16, 28, 60, 85), (0.85, 1.0)),
    "vessels": ((30, 62), (0.2, 1.5)),
    "choroid plexus": ((31, 63), (0.35, 0.95)),
    "dark white matter": ((77, 78, 79), (0.6, 0.95)),
}
LARGEST_LABEL = 2048


def draw_intensities(random):
    """Mean intensity by label number, [2048]; tissue outside the brain takes anything, hippocampus and amygdala lie near cortex."""
    means = random.uniform(0.05, 1.2, LARGEST_LABEL)
    means[0] = random.uniform(0.0, 0.05)
    for numbers, span in INTENSITIES.values():
        means[list(numbers)] = random.uniform(*span)
    grey = means[3] + random.uniform(-0.02, 0.12)
    means[[17, 53]] = grey
    means[[18, 54]] = grey + random.uniform(-0.01, 0.06)
    return means


def draw_image(labels, random):
    """Label numbers [x, y, z] at 1 mm -> an image with white matter at about 1."""
    means = draw_intensities(random)
    image = means[labels]
    grain = ndimage.gaussian_filter(random.standard_normal(labels.shape), 1.0) * 8
    image = image * (1 + random.uniform(0.01, 0.06) * grain)
    image = ndimage.gaussian_filter(image, random.uniform(0.4, 0.8, 3))
    return image + random.uniform(0.005, 0.05) * random.standard_normal(labels.shape)


def cut_around(array, centre):
    """The canvas around a voxel; what lies outside the array repeats its edge."""
    index = [np.clip(np.arange(n) + round(c) - n // 2, 0, m - 1) for n, c, m in zip(CANVAS, centre, array.shape, strict=True)]
    return array[np.ix_(*index)]


def split_mask(mask):
    """Whole hippocampus -> 1 in the front half of its volume, 2 in the back: the Decathlon's parts, roughly."""
    y = np.argwhere(mask)[:, 1]
    front = np.arange(mask.shape[1])[None, :, None] > np.median(y)
    return np.where(mask, np.where(front, 1, 2), 0).astype(np.uint8)
