import json
import tempfile
import unittest
from pathlib import Path

import numpy as np
from hippotrain.canvas import CANVAS, POSTERIOR
from hippotrain.export import keep_horn
from hippotrain.horn_cases import HORN, canvas_of, cut_turned, fall_of, fill_volume, middle_of, resize_horn, share_in_box, turn_about_right
from hippotrain.horn_export import coverage, fit_error
from hippotrain.horn_scores import fluid_in_prior, score_case, summarise
from hippotrain.nifti import Volume


def rod(size=(60, 80, 60), fall=40.0, radius=4, half=18):
    """A rod that falls by `fall` degrees from behind to the front, [x, y, z]."""
    x, y, z = np.meshgrid(*[np.arange(n) - (n - 1) / 2 for n in size], indexing="ij")
    cos, sin = np.cos(np.radians(fall)), np.sin(np.radians(fall))
    along, across = y * cos - z * sin, y * sin + z * cos
    return (np.abs(along) < half) & (across**2 + x**2 < radius**2)


class TestHornCases(unittest.TestCase):
    def test_the_fall_of_a_hippocampus_is_found(self):
        for fall in (0, 24, 40):
            self.assertAlmostEqual(fall_of(rod(fall=fall)), fall, delta=1)

    def test_a_turned_map_lies_as_in_the_product_s_boxes(self):
        mask = rod(fall=40)
        turned = cut_turned(mask.astype(int) * 17, middle_of(mask), 40 - 24.0)
        self.assertEqual(turned.shape, CANVAS)
        self.assertAlmostEqual(fall_of(turned == 17), 24, delta=1.5)
        self.assertAlmostEqual((turned == 17).sum() / mask.sum(), 1, delta=0.03)

    def test_turning_by_nothing_changes_nothing(self):
        np.testing.assert_array_equal(turn_about_right(0), np.eye(3))

    def test_a_horn_grows_and_shrinks_and_the_rest_keeps_its_labels(self):
        labels = np.where(rod(fall=0), 5, 2)
        wider, narrower = resize_horn(labels, 5, 1.5), resize_horn(labels, 5, -1.2)
        self.assertLess((narrower == 5).sum(), (labels == 5).sum())
        self.assertGreater((wider == 5).sum(), (labels == 5).sum())
        self.assertEqual(set(np.unique(narrower)), {2, 5})

    def test_a_thin_label_on_coarse_voxels_keeps_its_volume(self):
        labels = Volume((np.arange(20)[:, None, None] == 10) * np.ones((20, 20, 20)), np.diag([2.0, 2.0, 2.0, 1.0]))
        # Columns towards superior, rows towards anterior, slices towards right; LPS.
        affine = [0, 0, -1, -12.5, 0, -1, 0, -10, 1, 0, 0, 10, 0, 0, 0, 1]
        shares = share_in_box(labels, 1, {"dimensions": (10, 10, 16), "affine": affine})
        self.assertAlmostEqual(shares.sum(), 2 * 100, delta=2)
        self.assertEqual(fill_volume(shares).sum(), round(float(shares.sum())))
        self.assertTrue(shares[7:9].min() > shares[3].max())

    def test_horn_voxels_are_the_second_class(self):
        mask, horn = rod((36, 50, 36), 24), np.zeros((36, 50, 36), bool)
        horn[5:8, 20:30, 20:24] = True
        canvas = canvas_of("case", np.random.default_rng(1).normal(size=mask.shape), mask, horn)
        self.assertEqual(int(canvas[POSTERIOR].sum()), horn.sum())
        self.assertEqual(HORN, 2)


class TestHornScores(unittest.TestCase):
    def test_a_perfect_mask_has_no_error(self):
        mask = rod((36, 50, 36), 24)
        row = score_case("case", mask, mask, mask)
        self.assertEqual((row["dice"], row["occupancy"]), (1.0, 0.5))
        figures = summarise([row, row, row])
        self.assertEqual((figures["biasMm3"], figures["occupancyError"]), (0, 0))

    def test_fluid_counts_only_where_horns_of_others_lie(self):
        hippocampus = np.zeros((36, 50, 36), bool)
        hippocampus[10:20, 10:40, 10:20] = True
        fluid = np.zeros_like(hippocampus)
        fluid[6:9, 20:30, 20:24] = fluid[25:35, 10:40, 25:34] = True
        image = np.where(fluid, 0.1, np.where(hippocampus, 0.6, 1.0))
        prior = np.zeros(image.shape)
        prior[4:10, 15:35, 18:26] = 0.5
        self.assertEqual(fluid_in_prior(image, hippocampus, prior).sum(), 3 * 10 * 4)

    def test_the_standard_error_covers_what_it_says(self):
        random = np.random.default_rng(2)
        true = random.uniform(100, 3000, 400)
        found = true + random.normal(0, 20 + 0.1 * true)
        rows = [{"foundMm3": f, "trueMm3": t} for f, t in zip(found, true, strict=True)]
        constant, slope = fit_error(rows)
        self.assertAlmostEqual(slope, 0.1, delta=0.03)
        self.assertAlmostEqual(coverage(rows, constant, slope, 1), 0.683, delta=0.01)


class TestHornInTheManifest(unittest.TestCase):
    def test_another_network_for_the_hippocampus_keeps_the_horn_s(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "hippocampus.json"
            path.write_text(json.dumps({"version": "1", "horn": {"file": "temporal-horn.onnx"}}))
            manifest = {"version": "2"}
            keep_horn(path, manifest)
            self.assertEqual(manifest, {"version": "2", "horn": {"file": "temporal-horn.onnx"}})


if __name__ == "__main__":
    unittest.main()
