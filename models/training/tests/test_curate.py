"""Plants every kind of defect in a made-up cohort and expects each to be found, and nothing else to be left out."""

import tempfile
import unittest
from pathlib import Path

import nibabel as nib
import numpy as np
from scipy import ndimage

from hippotrain.curate import curate

SHAPE = (35, 50, 36)


def phantom(seed):
    """A crop whose bright and dark blobs stand in for anatomy, always in about the same places, and its label."""
    common = np.random.default_rng(0).normal(size=SHAPE)
    own = np.random.default_rng(seed + 1)
    shift = own.normal(0, 0.7, 3)
    anatomy = ndimage.shift(ndimage.gaussian_filter(common, 4), shift, mode="nearest")
    variation = ndimage.gaussian_filter(own.normal(size=SHAPE), 4)
    image = 500 + 100 * anatomy / anatomy.std() + 70 * variation / variation.std() + own.normal(0, 30, SHAPE)
    grid = np.indices(SHAPE).astype(float)
    centre = np.array([14, 25, 15]) + shift
    ball = sum(((grid[i] - centre[i]) / r) ** 2 for i, r in enumerate((7, 16, 7))) < 1
    label = np.where(ball, np.where(grid[1] > centre[1], 1, 2), 0)
    return image.astype(np.float32), label.astype(np.uint8)


def save(folder, name, image=None, label=None, affine=None, label_affine=None):
    affine = np.eye(4) if affine is None else affine
    for kind, array, grid in (("images", image, affine), ("labels", label, affine if label_affine is None else label_affine)):
        if array is not None:
            nib.save(nib.Nifti1Image(array, grid), folder / kind / f"{name}.nii.gz")


def plant(folder):
    """Writes 24 sound cases and one case per defect; returns {name: words expected in the reason}."""
    (folder / "images").mkdir()
    (folder / "labels").mkdir()
    for seed in range(24):
        save(folder, f"sound{seed:02}", *phantom(seed))
    image, label = phantom(100)
    nan = image.copy()
    nan[3, 3, 3] = np.nan
    illegal = label.copy()
    illegal[label == 2] = 7
    scattered = np.zeros_like(label)
    scattered[::4, ::4, ::4] = 1
    scattered[2::4, ::4, ::4] = 2
    other = ndimage.gaussian_filter(np.random.default_rng(9).normal(size=SHAPE), 4).astype(np.float32) * 1000 + 500
    save(folder, "x_no_label", image)
    save(folder, "x_no_image", None, label)
    save(folder, "x_grid", image, label[:-2])
    save(folder, "x_shifted", image, label, label_affine=np.diag([1, 1, 1, 1]) + np.eye(4, k=3) * 5)
    save(folder, "x_spacing", image, label, affine=np.diag([0.7, 0.7, 3, 1]))
    save(folder, "x_illegal", image, illegal)
    save(folder, "x_empty", image, np.zeros_like(label))
    save(folder, "x_tiny", image, np.where(ndimage.binary_erosion(label > 0, iterations=4), label, 0).astype(np.uint8))
    save(folder, "x_scattered", image, scattered)
    save(folder, "x_mirrored", np.ascontiguousarray(image[::-1]), np.ascontiguousarray(label[::-1]))
    save(folder, "x_other", other, label)
    save(folder, "x_nan", nan, label)
    save(folder, "x_constant", np.full_like(image, 5), label)
    save(folder, "x_2d", image[:, :, :1], label[:, :, :1])
    save(folder, "x_4d", np.stack([image, image], -1), label)
    save(folder, "x_repeat", phantom(3)[0] * 40 + 7, phantom(3)[1])
    save(folder, "x_cut", image, label)
    whole = (folder / "images" / "x_cut.nii.gz").read_bytes()
    (folder / "images" / "x_cut.nii.gz").write_bytes(whole[: len(whole) // 2])
    return {
        "x_no_label": "no label", "x_no_image": "no image", "x_grid": "voxels for an image", "x_shifted": "lies 5.0 mm",
        "x_spacing": "spacing 0.7", "x_illegal": "illegal label values: 7", "x_empty": "empty", "x_tiny": "volume",
        "x_scattered": "pieces", "x_mirrored": "mirrored", "x_other": "not like the others", "x_nan": "not numbers",
        "x_constant": "empty", "x_2d": "2D", "x_4d": "4D", "x_repeat": "same crop as sound03", "x_cut": "cannot be read",
    }  # fmt: skip


class Curation(unittest.TestCase):
    def test_finds_every_planted_defect_and_keeps_every_sound_case(self):
        with tempfile.TemporaryDirectory() as place:
            expected = plant(Path(place))
            kept, excluded, _ = curate(Path(place))
            self.assertEqual(sorted(kept), [f"sound{seed:02}" for seed in range(24)])
            for name, words in expected.items():
                self.assertIn(words, excluded[name])


if __name__ == "__main__":
    unittest.main()
