"""The rules of curation, each a function that returns a sentence when it finds something.

Exclusions are for what is wrong: no partner, no common grid, no legal labels, not this anatomy, the same crop again. What is
only unusual becomes a note; a hard case is never left out for being hard.
"""

import numpy as np

from .cohort import image_likeness, label_likeness

LEGAL_LABELS = (0, 1, 2)
SPACING_MM = 1.0
EXTENT_MM = (15.0, 110.0)
EXTENT_SHARE = (0.5, 2.0)
VOLUME_MM3 = (800.0, 8000.0)
CLASS_MM3 = 150.0
LARGEST_PART = 0.8
LARGEST_EQUAL = 0.25
LEAST_IMAGE_LIKENESS = 0.2
LEAST_LABEL_LIKENESS = 0.1
MIRRORED_BY = 0.15
SAME_IMAGE = 0.95


def grid_defect(image, label):
    """Image and label must be one grid, of about 1 mm, of the size of a crop."""
    if image.shape != label.shape:
        return f"label of {_size(label.shape)} voxels for an image of {_size(image.shape)}"
    if not np.allclose(image.affine, label.affine, atol=0.01):
        if not np.allclose(image.spacing, label.spacing, rtol=0.02):
            return f"label spacing {_millimetres(label.spacing)} mm, image spacing {_millimetres(image.spacing)} mm"
        return f"label lies {np.abs(image.affine - label.affine)[:3, 3].max():.1f} mm from the image, or is turned against it"
    if not np.allclose(image.spacing, SPACING_MM, rtol=0.05):
        return f"spacing {_millimetres(image.spacing)} mm instead of {SPACING_MM:g} mm"
    extent = np.array(image.array.shape) * image.spacing
    if (extent < EXTENT_MM[0]).any() or (extent > EXTENT_MM[1]).any():
        return f"{_millimetres(extent)} mm is not the size of a hippocampus crop"
    return None


def label_defect(labels):
    """`labels` as stored, [x, y, z] of any number type."""
    values = np.unique(labels)
    illegal = [v for v in values.tolist() if v not in LEGAL_LABELS]
    if illegal:
        shown = ", ".join(f"{v:g}" for v in illegal[:5])
        return f"illegal label values: {shown}{' ...' if len(illegal) > 5 else ''}"
    missing = [v for v in LEGAL_LABELS if v not in values.tolist()]
    if missing:
        return f"label value {missing[0]} does not occur"
    return None


def anatomy_defect(case, cohort):
    """Implausible volume, scattered label, other body part, or the other side. `case` are cohort.Traits."""
    whole = case.anterior + case.posterior
    if not VOLUME_MM3[0] <= whole <= VOLUME_MM3[1]:
        return f"labelled volume {whole:.0f} mm3 is outside {VOLUME_MM3[0]:.0f} to {VOLUME_MM3[1]:.0f} mm3"
    if min(case.anterior, case.posterior) < CLASS_MM3:
        return f"a part has only {min(case.anterior, case.posterior):.0f} mm3"
    if case.parts[0] < LARGEST_PART * sum(case.parts):
        return f"label in {len(case.parts)} pieces, the largest holds {case.parts[0] / sum(case.parts):.0%}"
    share = case.extent / cohort.extent
    if (share < EXTENT_SHARE[0]).any() or (share > EXTENT_SHARE[1]).any():
        return f"{_millimetres(case.extent)} mm, usual is {_millimetres(cohort.extent)} mm"
    direct, mirrored = image_likeness(case, cohort)
    placed, placed_mirrored = label_likeness(case, cohort)
    if mirrored > direct + MIRRORED_BY and placed_mirrored > placed:
        return f"mirrored: likeness {direct:.2f} as it is, {mirrored:.2f} mirrored in x"
    if direct < LEAST_IMAGE_LIKENESS:
        return f"the picture is not like the others (correlation {direct:.2f}): another body part, or turned"
    if placed < LEAST_LABEL_LIKENESS:
        return f"the label does not lie where the others do (correlation {placed:.2f})"
    return None


def value_defect(intensities, labels):
    """A hippocampus of one intensity is none: the image is cut off, saturated or empty there."""
    inside = intensities[labels > 0]
    values, counts = np.unique(inside, return_counts=True)
    if counts.max() > LARGEST_EQUAL * len(inside):
        return f"{counts.max() / len(inside):.0%} of the labelled voxels have the intensity {values[counts.argmax()]:g}: saturated or missing there"
    return None


def oddities(case, cohort, stored_type):
    """Worth a look, no reason to leave out."""
    notes = []
    if abs(case.level - cohort.level) > max(5 * cohort.level_spread, 1.0):
        notes.append(f"intensity scale 10^{case.level:.1f} against the usual 10^{cohort.level:.1f}")
    if "int8" in stored_type:
        notes.append("8-bit intensities")
    whole = case.anterior + case.posterior
    if abs(whole - cohort.volume) > 3.5 * cohort.volume_spread:
        notes.append(f"volume {whole:.0f} mm3 is far from the median {cohort.volume:.0f}")
    if len(case.parts) > 1:
        notes.append(f"{len(case.parts) - 1} stray piece(s) of {sum(case.parts[1:])} voxel(s)")
    return notes


def find_repeats(all_traits):
    """{name: name of the earlier case that shows the same crop}, however its intensities were rescaled."""
    repeats, names = {}, sorted(all_traits)
    thumbs = np.array([all_traits[name].thumb.ravel() for name in names], np.float64)
    thumbs -= thumbs.mean(1, keepdims=True)
    thumbs /= np.linalg.norm(thumbs, axis=1, keepdims=True)
    alike = np.tril(thumbs @ thumbs.T > SAME_IMAGE, -1)
    for later, first in np.argwhere(alike):
        earlier, name = names[first], names[later]
        if name not in repeats and earlier not in repeats and np.allclose(all_traits[earlier].extent, all_traits[name].extent):
            repeats[name] = earlier
    return repeats


def _size(shape):
    return " x ".join(str(n) for n in shape)


def _millimetres(values):
    return " x ".join(f"{v:.4g}" for v in values)
