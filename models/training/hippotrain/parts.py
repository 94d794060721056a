"""What a label map alone can be wrong in: order and contact of its two parts, holes, second bodies, a cut-off end.

Frames: RAS, voxels of about 1 mm; 1 is anterior (head), 2 posterior (body and tail).
"""

import numpy as np
from scipy import ndimage

LEAST_IN_FRONT_MM = 5.0
LEAST_CONTACT = 10
LARGEST_HOLE_MM3 = 30.0
LARGEST_STRAY_MM3 = 30.0
FEWEST_CASES = 60
CUT_OFF = 0.75
ENDS = {"posterior": 1, "anterior": -1}


def parts_defect(labels):
    """A sentence about the map [x, y, z], or None."""
    ahead = np.argwhere(labels == 1).mean(0)[1] - np.argwhere(labels == 2).mean(0)[1]
    if ahead < LEAST_IN_FRONT_MM:
        return f"the anterior part lies {ahead:.0f} mm in front of the posterior one: parts exchanged, or turned"
    contact = int((ndimage.binary_dilation(labels == 1) & (labels == 2)).sum())
    if contact < LEAST_CONTACT:
        return f"the parts touch at {contact} voxels only"
    hole = hole_size(labels > 0)
    if hole > LARGEST_HOLE_MM3:
        return f"a hole of {hole} mm3 in the label"
    bodies, count = ndimage.label(labels > 0, np.ones((3, 3, 3)))
    sizes = np.sort(np.bincount(bodies.ravel())[1:])
    if count > 1 and sizes[-2] > LARGEST_STRAY_MM3:
        return f"a second body of {sizes[-2]} mm3 in the label"
    return None


def hole_size(mask):
    """Voxels of the background that are shut in by the mask."""
    around, _ = ndimage.label(np.pad(~mask, 1, constant_values=True))
    return int((around > 0).sum() - (around == around[0, 0, 0]).sum())


def read_end(labels):
    """[5] of a map whose end at low y is looked at: areas of the last and of the last three slices across the hippocampus over the median one, log
    ratios of volume and length of that part to the other, length in mm."""
    near, far = (2, 1) if np.argwhere(labels == 1)[:, 1].mean() > np.argwhere(labels == 2)[:, 1].mean() else (1, 2)
    area = (labels > 0).sum((0, 2)).astype(float)
    slices = np.nonzero(area)[0]
    usual = np.median(area[slices])
    lengths = [((labels == part).any((0, 2))).sum() for part in (near, far)]
    volumes = [(labels == part).sum() for part in (near, far)]
    ratios = [np.log(volumes[0] / volumes[1]), np.log(lengths[0] / lengths[1])]
    return np.array([area[slices[0]] / usual, area[slices[0] : slices[0] + 3].mean() / usual, *ratios, len(slices)])


def cut_third(labels):
    """The map without the third of its length at low y; None where nothing of a part would be left."""
    y = np.argwhere(labels > 0)[:, 1]
    cut = labels.copy()
    cut[:, : y.min() + (np.ptp(y) + 1) // 3] = 0
    return cut if (cut == 1).any() and (cut == 2).any() else None


def find_cut_off(maps):
    """{name: {"posterior": share, "anterior": share}}: 0 for the usual end, 1 for the usual end that a third was cut off from.

    A discriminant learnt from the maps `maps` {name: labels} and the same maps with a third cut off. Empty below FEWEST_CASES maps.
    """
    found = {name: {} for name in maps}
    if len(maps) < FEWEST_CASES:
        return {}
    for end, way in ENDS.items():
        seen = {name: labels[:, ::way] for name, labels in maps.items()}
        whole = np.array([read_end(labels) for labels in seen.values()])
        cut = np.array([read_end(labels) for labels in map(cut_third, seen.values()) if labels is not None])
        weights = np.linalg.solve(np.cov(whole.T) + np.cov(cut.T), np.median(whole, 0) - np.median(cut, 0))
        along = whole @ weights
        way_to_cut = (np.median(along) - along) / (np.median(along) - np.median(cut @ weights))
        for name, value in zip(seen, way_to_cut, strict=True):
            found[name][end] = float(value)
    return found


def end_defect(ends):
    """`ends`: {end: share} of one case, or nothing."""
    for end, value in (ends or {}).items():
        if value > CUT_OFF:
            return f"the {end} end of the label is cut off ({value:.1f} on a scale from usual, 0, to a third cut off, 1)"
    return None
