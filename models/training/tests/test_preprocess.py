"""The contract with the TypeScript side, on numbers small enough to check by hand."""

import unittest

import numpy as np

from hippotrain.preprocess import normalise, prepare, resample_trilinear, restore, target_shape


class Preprocess(unittest.TestCase):
    def test_a_sample_that_hits_a_zero_is_zero_whatever_rounding_makes_of_it(self):
        for parity in (0, 1):
            line = np.where(np.arange(31) % 2 == parity, 500.0, 0.0)[:, None, None]
            finer = resample_trilinear(line, (1.3, 1.0, 1.0))
            self.assertEqual(((finer != 0) & (np.abs(finer) < 1e-3)).sum(), 0)

    def test_resampling_keeps_the_centre_and_clamps_at_the_edge(self):
        line = np.arange(4.0)[:, None, None]
        finer = resample_trilinear(line, (2.0, 1.0, 1.0))
        self.assertEqual(finer.shape, (8, 1, 1))
        np.testing.assert_allclose(finer.ravel(), [0, 0.25, 0.75, 1.25, 1.75, 2.25, 2.75, 3])

    def test_normalisation_ignores_zeros_but_clips_them(self):
        values = np.array([0.0, 0.0, 10, 20, 30])
        low, high = np.percentile([10, 20, 30], (0.5, 99.5))
        scaled = normalise(values)
        inside = np.clip([10, 20, 30], low, high)
        np.testing.assert_allclose(scaled[2:], (inside - inside.mean()) / inside.std())
        self.assertAlmostEqual(scaled[0], scaled[2])

    def test_padding_is_centred_and_large_crops_grow_to_the_next_multiple(self):
        self.assertEqual(target_shape((35, 51, 47), (40, 56, 40)), (40, 56, 48))
        prepared = prepare(np.random.default_rng(0).uniform(1, 2, (35, 51, 47)), patch=(40, 56, 40))
        self.assertEqual(prepared.network_input.shape, (1, 1, 40, 56, 48))
        self.assertEqual(prepared.low, (2, 2, 0))
        self.assertTrue((prepared.network_input[0, 0, :2] == 0).all())

    def test_restore_returns_to_the_grid_it_came_from(self):
        crop = np.random.default_rng(0).uniform(1, 2, (20, 60, 24))
        prepared = prepare(crop, (1.5, 0.8, 2.0))
        probabilities = np.repeat(prepared.network_input[0], 3, 0)
        self.assertEqual(restore(probabilities, prepared).shape, (3, 20, 60, 24))


if __name__ == "__main__":
    unittest.main()
