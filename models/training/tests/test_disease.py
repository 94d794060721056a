import unittest

import numpy as np
import torch
from scipy import ndimage

from hippotrain.canvas import ANTERIOR, GREY, IMAGE, INNER, POSTERIOR, Case, to_canvas
from hippotrain.disease import Disease, Draw, add_ghosts, add_vessel, change_case, fall_ill, reduce_contrast, show_grey_rim

HIPPOCAMPUS, WHITE, FLUID = 0.5, 0.9, 0.05


def ellipsoid_case():
    """An ellipsoid of grey in white matter, with a corner of fluid."""
    x, y, z = np.meshgrid(*[np.arange(n) - (n - 1) / 2 for n in (36, 50, 36)], indexing="ij")
    mask = (x / 7) ** 2 + (y / 18) ** 2 + (z / 6) ** 2 < 1
    image = np.where(mask, HIPPOCAMPUS, WHITE)
    image[:6] = FLUID
    labels = np.where(mask, np.where(y > 0, 1, 2), 0).astype(np.uint8)
    noise = np.random.default_rng(1).normal(0, 0.01, image.shape)
    return Case("ellipsoid", (image + noise).astype(np.float32), labels, np.eye(4))


def volume(canvas):
    return float((canvas[ANTERIOR] + canvas[POSTERIOR] > 0.5).sum())


def draw(seed):
    return Draw(torch.Generator().manual_seed(seed))


class TestDisease(unittest.TestCase):
    def setUp(self):
        self.canvas = to_canvas(ellipsoid_case())

    def test_the_volume_shrinks_by_about_the_loss_that_was_asked_for(self):
        for loss in (0.2, 0.4, 0.6):
            disease = Disease(probability_loss=1, probability_small_loss=0, loss=(loss, loss), parts_ratio=(1, 1), probability_growth=0)
            kept = [volume(change_case(self.canvas, draw(seed), disease)) / volume(self.canvas) for seed in range(6)]
            self.assertAlmostEqual(float(np.mean(kept)), 1 - loss, delta=0.08)

    def test_what_is_left_is_hippocampus_and_the_gap_is_mostly_fluid(self):
        disease = Disease(probability_loss=1, probability_small_loss=0, loss=(0.5, 0.5), probability_growth=0)
        before = self.canvas[ANTERIOR] + self.canvas[POSTERIOR] > 0.5
        hippocampus = float(self.canvas[IMAGE][before].median())
        wet = 0
        for seed in range(10):
            changed = change_case(self.canvas, draw(seed), disease)
            left = changed[ANTERIOR] + changed[POSTERIOR]
            self.assertAlmostEqual(float(changed[IMAGE][left > 0.9].median()), hippocampus, delta=0.05)
            wet += float(changed[IMAGE][before & (left < 0.05)].median()) < 0.6 * hippocampus
        self.assertGreaterEqual(wet, 6)

    def test_a_larger_ventricle_leaves_the_label_as_it_is(self):
        disease = Disease(probability_loss=0, growth_mm=(4, 4))
        for seed in range(4):
            changed = change_case(self.canvas, draw(seed), disease)
            for part in (ANTERIOR, POSTERIOR):
                self.assertTrue(torch.allclose(changed[part], self.canvas[part], atol=1e-4))

    def test_a_white_rim_of_the_hippocampus_can_be_as_grey_as_its_middle(self):
        case = ellipsoid_case()
        depth = ndimage.distance_transform_edt(case.labels > 0)
        rim = np.where((depth > 0) & (depth < 1.2), WHITE, case.intensities).astype(np.float32)
        canvas = to_canvas(Case("with an alveus", rim, case.labels, case.affine))
        label = canvas[ANTERIOR] + canvas[POSTERIOR] > 0.5
        middle = float(canvas[GREY][label].median())
        self.assertLess(float((canvas[GREY][label] - middle).abs().max()), 0.1)
        changed = show_grey_rim(canvas, draw(1))
        self.assertLess(float((changed[INNER] - changed[GREY]).abs().sum()), 0.51 * float((canvas[INNER] - canvas[GREY]).abs().sum()))

    def test_the_image_far_from_the_hippocampus_stays_as_it_is(self):
        disease = Disease(probability_loss=1, probability_growth=0)
        changed = change_case(self.canvas, draw(5), disease)
        self.assertTrue(torch.equal(changed[IMAGE][:8], self.canvas[IMAGE][:8]))

    def test_age_motion_and_vessels_change_the_image_and_not_the_label(self):
        for change in (lambda c: reduce_contrast(c, draw(1), Disease()), lambda c: add_ghosts(c, draw(2)), lambda c: add_vessel(c, draw(3))):
            changed = change(self.canvas)
            self.assertFalse(torch.equal(changed[IMAGE], self.canvas[IMAGE]))
            self.assertEqual(volume(changed), volume(self.canvas))
            self.assertTrue(torch.isfinite(changed).all())

    def test_the_same_seed_draws_the_same_case(self):
        twice = [fall_ill(self.canvas, torch.Generator().manual_seed(9)) for _ in range(2)]
        self.assertTrue(torch.equal(*twice))


if __name__ == "__main__":
    unittest.main()
