"""Faults that a folder of crops may come with, each made of a sound crop: what curation must leave out.

Every maker takes (image float32 [x, y, z], labels uint8 [x, y, z], a donor's (image, labels), a random generator) and returns a
dictionary of what it changes: "image", "labels", "affine", "label_affine" (None: as it was) or "again" (the crop under a second
name). Frames: RAS, 1 mm.
"""

import numpy as np
from scipy import ndimage

from .labelmoves import fit_to, move


def scale_of(image):
    low, high = np.percentile(image, (0.5, 99.5))
    return low, max(high - low, 1e-6)


def _sheet(shape, blur, rng):
    field = ndimage.gaussian_filter(rng.normal(size=shape), blur)
    return (field / field.std()).astype(np.float32)


def _along(axis, reach):
    def shift(image, labels, donor, rng):
        by = np.zeros(3, int)
        by[axis if axis is not None else rng.integers(3)] = reach * rng.choice((-1, 1))
        return {"labels": move(labels, by)}

    return shift


def _truncated(image, labels, donor, rng):
    y = np.argwhere(labels > 0)[:, 1]
    cut = labels.copy()
    cut[:, : y.min() + (np.ptp(y) + 1) // 3] = 0
    return {"labels": cut}


def _ball(shape, centre, radius):
    return sum((g - c) ** 2 for g, c in zip(np.indices(shape), centre, strict=True)) <= radius**2


def _hole(image, labels, donor, rng):
    deep = ndimage.distance_transform_edt(labels > 0)
    return {"labels": np.where(_ball(labels.shape, np.unravel_index(deep.argmax(), deep.shape), 2.3), 0, labels).astype(np.uint8)}


def _blob(image, labels, donor, rng):
    away = ndimage.distance_transform_edt(labels == 0)
    places = np.argwhere(away > min(6, away.max() - 0.5))
    return {"labels": np.where(_ball(labels.shape, places[rng.integers(len(places))], 2.6), 2, labels).astype(np.uint8)}


def _dilated(image, labels, donor, rng):
    nearest = ndimage.distance_transform_edt(labels == 0, return_distances=False, return_indices=True)
    return {"labels": np.where(ndimage.binary_dilation(labels > 0, iterations=2), labels[tuple(nearest)], 0).astype(np.uint8)}


def _other_grid(image, labels, donor, rng):
    """Drawn on slices of 1.5 mm, the array then taken for one of 1 mm."""
    axis = int(rng.integers(3))
    zoom = np.ones(3)
    zoom[axis] = 1 / 1.5
    return {"labels": fit_to(ndimage.zoom(labels, zoom, order=0), labels.shape)}


def _t2_like(image, labels, donor, rng):
    """Fluid bright, grey above white, air still dark."""
    low, span = scale_of(image)
    share = np.clip((image - low) / span, 0, 1)
    return {"image": (np.where(share < 0.02, 0.05, 1 - share) ** 1.3 * span + low).astype(np.float32)}


def _other_body(image, labels, donor, rng):
    low, span = scale_of(image)
    organs = np.digitize(_sheet(image.shape, 5, rng), (-0.8, 0, 0.9)) / 3
    return {"image": (low + span * (organs + 0.05 * rng.normal(size=image.shape))).astype(np.float32)}


def _slab_missing(image, labels, donor, rng):
    """Half of the box is empty, and with it a good part of the hippocampus."""
    cut = image.copy()
    cut[:, : image.shape[1] // 2] = 0
    return {"image": cut}


def _saturated(image, labels, donor, rng):
    return {"image": np.minimum(image, np.percentile(image, 8)).astype(np.float32)}


def _with_nan(image, labels, donor, rng):
    spoilt = image.copy()
    spoilt[tuple(rng.integers(n) for n in image.shape)] = np.nan
    return {"image": spoilt}


def _displaced(image, labels, donor, rng):
    affine = np.eye(4)
    affine[rng.integers(3), 3] = 4
    return {"label_affine": affine}


def _flipped(axis, image_too=True, label_too=True):
    def flip(image, labels, donor, rng):
        changed = {"image": np.flip(image, axis).copy()} if image_too else {}
        return changed | ({"labels": np.flip(labels, axis).copy()} if label_too else {})

    return flip


FAULTS = {
    "label shifted 5 in x": _along(0, 5),
    "label shifted 5 in y": _along(1, 5),
    "label shifted 5 in z": _along(2, 5),
    "label shifted 3": _along(None, 3),
    "label mirrored": _flipped(0, image_too=False),
    "image and label mirrored": _flipped(0),
    "label of another person": lambda i, m, donor, r: {"labels": fit_to(donor[1], m.shape)},
    "parts exchanged": lambda i, m, d, r: {"labels": np.array([0, 2, 1], np.uint8)[m]},
    "label eroded by 2": lambda i, m, d, r: {"labels": np.where(ndimage.binary_erosion(m > 0, iterations=2), m, 0).astype(np.uint8)},
    "label dilated by 2": _dilated,
    "label without its posterior third": _truncated,
    "anterior part only": lambda i, m, d, r: {"labels": np.where(m == 1, 1, 0).astype(np.uint8)},
    "hole in the label": _hole,
    "stray blob": _blob,
    "label turned by 90 degrees": lambda i, m, d, r: {"labels": fit_to(np.rot90(m, 1, (0, 1)), m.shape)},
    "label of another grid": _other_grid,
    "image upside down": _flipped(2, label_too=False),
    "image and label upside down": _flipped(2),
    "image and label back to front": _flipped(1),
    "image of another person": lambda i, m, donor, r: {"image": fit_to(donor[0], m.shape, edge=True)},
    "image constant": lambda i, m, d, r: {"image": np.full_like(i, 100)},
    "image saturated": _saturated,
    "contrast inverted": lambda i, m, d, r: {"image": (i.max() - i).astype(np.float32)},
    "T2-like contrast": _t2_like,
    "another body part": _other_body,
    "noise only": lambda i, m, d, r: {"image": np.abs(r.normal(0, scale_of(i)[1], i.shape)).astype(np.float32)},
    "half of the image missing": _slab_missing,
    "spacing 0.5 mm said": lambda i, m, d, r: {"affine": np.diag([0.5, 0.5, 0.5, 1]), "label_affine": np.diag([0.5, 0.5, 0.5, 1])},
    "affines differ": _displaced,
    "same crop under another name": lambda i, m, d, r: {"again": True},
    "same crop rescaled": lambda i, m, d, r: {"again": True, "image": (i * 3.7 + 11).astype(np.float32)},
    "unexpected label values": lambda i, m, d, r: {"labels": np.where(m == 2, 7, m).astype(np.uint8)},
    "NaN in the image": _with_nan,
    "empty label": lambda i, m, d, r: {"labels": np.zeros_like(m)},
}
