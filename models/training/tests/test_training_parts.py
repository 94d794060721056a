"""The parts of training that can go wrong silently: augmentation, loss, network, scores, folds."""

import unittest

import numpy as np
import torch

from hippotrain.augment import Augmentation, make_batch, normalise_batch
from hippotrain.canvas import Case, to_canvas
from hippotrain.confidence import expect_held_back, fit_signs, read_signs
from hippotrain.folds import deal_folds, group_cases
from hippotrain.losses import segmentation_loss, to_shares
from hippotrain.metrics import score_case
from hippotrain.network import InstanceNorm, UNet3D
from hippotrain.pairs import Pair
from hippotrain.preprocess import normalise


def block_case():
    labels = np.zeros((34, 50, 36), np.uint8)
    labels[12:20, 25:40, 10:20] = 1
    labels[12:20, 8:25, 12:22] = 2
    intensities = np.random.default_rng(0).uniform(10, 100, labels.shape).astype(np.float32)
    return Case("block", intensities, labels, np.eye(4))


class Parts(unittest.TestCase):
    def test_a_batch_is_the_same_for_the_same_seed_and_normalised_inside_the_crop(self):
        canvases = torch.stack([to_canvas(block_case())] * 2)
        first, second = (
            make_batch(canvases, (40, 56, 40), torch.Generator().manual_seed(5), Augmentation()) for _ in range(2)
        )
        torch.testing.assert_close(first, second)
        inputs, targets, valid = first
        self.assertTrue((inputs[:, 0][valid == 0] == 0).all())
        self.assertTrue(torch.isfinite(inputs).all())
        self.assertEqual(set(targets.argmax(1).unique().tolist()), {0, 1, 2})

    def test_batch_normalisation_is_that_of_inference(self):
        image = torch.from_numpy(block_case().intensities)[None]
        zeroed = torch.zeros_like(image, dtype=torch.bool)
        zeroed[:, :5] = True
        expected = normalise(torch.where(zeroed, 0, image)[0].numpy())
        found = normalise_batch(image, torch.ones_like(zeroed), zeroed)[0].numpy()
        np.testing.assert_allclose(found, expected, atol=2e-3)

    def test_loss_is_small_for_the_truth_and_blind_outside_the_crop(self):
        labels = torch.from_numpy(block_case().labels).long()[None]
        logits = 20 * torch.nn.functional.one_hot(labels, 3).permute(0, 4, 1, 2, 3).float()
        valid = torch.ones(labels.shape)
        self.assertLess(float(segmentation_loss(logits, to_shares(labels), valid)), 0.01)
        valid[:, 30:] = 0
        spoiled = logits.clone()
        spoiled[:, 1, 30:] = 90
        self.assertLess(float(segmentation_loss(spoiled, to_shares(labels), valid)), 0.01)

    def test_the_spellings_of_instance_norm_agree(self):
        norm, features = InstanceNorm(4), torch.randn(2, 4, 6, 7, 8)
        eager = norm(features)
        norm.exporting = True
        torch.testing.assert_close(eager, norm(features), atol=1e-5, rtol=1e-5)

    def test_the_network_keeps_the_shape(self):
        self.assertEqual(UNet3D()(torch.zeros(1, 1, 16, 24, 8)).shape, (1, 3, 16, 24, 8))

    def test_scores_of_a_shifted_block(self):
        labels = block_case().labels
        perfect = score_case(labels, labels)
        self.assertEqual(perfect["whole"]["dice"], 1.0)
        self.assertEqual(perfect["whole"]["hausdorff95"], 0.0)
        moved = score_case(np.roll(labels, 1, 0), labels)
        self.assertAlmostEqual(moved["anterior"]["dice"], 7 / 8)
        self.assertAlmostEqual(moved["whole"]["volumeDifferencePercent"], 0)

    def test_pairs_stay_in_one_fold(self):
        names = [f"c{i}" for i in range(20)]
        pairs = [Pair("c0", "c1", True, 1.0, True), Pair("c1", "c2", False, 0.5, True), Pair("c3", "c4", False, 0.0, False)]
        groups = group_cases(names, pairs)
        self.assertIn(["c0", "c1", "c2"], groups)
        folds = deal_folds(groups, 5, 1)
        self.assertEqual(sorted(name for fold in folds for name in fold), sorted(names))
        self.assertEqual(len({i for i, fold in enumerate(folds) for name in ("c0", "c1", "c2") if name in fold}), 1)

class Signs(unittest.TestCase):
    def test_the_signs_of_a_block_are_those_that_the_product_finds(self):
        """test/inference/certainty-signs.test.ts holds the product to the same numbers."""
        x, y, z = np.meshgrid(np.arange(18), np.arange(16), np.arange(15), indexing="ij")
        mask = (x >= 7) & (x < 11) & (y >= 6) & (y < 10) & (z >= 6) & (z < 9)
        hippocampus = np.where(mask, np.where(x == 7, 0.65, 0.95), 0.1)
        probabilities = np.stack([1 - hippocampus, hippocampus * 0.6, hippocampus * 0.4])
        signs = read_signs(probabilities, ((7 * x + 3 * y * y + 5 * x * z) % 23).astype(np.float32))
        self.assertAlmostEqual(signs["unsureShare"], 0.25)
        self.assertAlmostEqual(signs["intensitySpread"], 1.361428, places=5)

    def test_a_line_through_signs_that_tell_ranks_cases_of_other_folds(self):
        random = np.random.default_rng(3)
        rows = [{"unsureShare": float(u), "intensitySpread": float(s)} for u, s in random.uniform(0, 1, (60, 2))]
        reached = [0.95 - 0.1 * row["unsureShare"] - 0.05 * row["intensitySpread"] for row in rows]
        expected = expect_held_back(rows, reached, [i % 5 for i in range(60)])
        self.assertGreater(np.corrcoef(expected, reached)[0, 1], 0.99)
        self.assertLess(fit_signs(rows, reached)["unsureShare"], 0)


if __name__ == "__main__":
    unittest.main()
