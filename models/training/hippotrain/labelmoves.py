"""Label maps moved and fitted to another grid, voxel by voxel; what leaves the grid is lost."""

import numpy as np


def move(labels, by):
    """The map [x, y, z] moved `by` [3] whole voxels, background where nothing comes from."""
    moved, source, target = np.zeros_like(labels), [], []
    for step, n in zip(by, labels.shape, strict=True):
        source.append(slice(max(0, -step), n - max(0, step)))
        target.append(slice(max(0, step), n - max(0, -step)))
    moved[tuple(target)] = labels[tuple(source)]
    return moved


def fit_to(array, shape, edge=False):
    """The array cut or padded about its centre to `shape`, with zeros or, with `edge`, with its border."""
    for axis, wanted in enumerate(shape):
        surplus = array.shape[axis] - wanted
        if surplus > 0:
            array = np.take(array, range(surplus // 2, surplus // 2 + wanted), axis)
    padding = [((w - n) // 2, w - n - (w - n) // 2) for n, w in zip(array.shape, shape, strict=True)]
    return np.pad(array, padding, mode="edge" if edge else "constant")


def centre_of(labels):
    return np.argwhere(labels > 0).mean(0)


def place_at(labels, centre, shape):
    """The map on a grid of `shape`, its centroid within half a voxel of `centre` [3]."""
    fitted = fit_to(labels, shape)
    return move(fitted, np.round(np.asarray(centre) - centre_of(fitted)).astype(int)) if fitted.any() else fitted


def dice(a, b):
    return 2 * float((a & b).sum()) / max(1.0, float(a.sum() + b.sum()))
