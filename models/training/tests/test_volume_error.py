import unittest

import torch

from hippotrain.losses import to_shares, volume_error


class TestVolumeError(unittest.TestCase):
    def test_it_is_nothing_for_the_true_volume_and_the_logarithm_of_the_ratio_for_another(self):
        labels = torch.zeros((1, 20, 20, 20), dtype=torch.long)
        labels[:, 5:15, 5:15, 5:15] = 1
        valid = torch.ones(labels.shape)
        sure = 40 * (to_shares(labels) - 0.5)
        self.assertAlmostEqual(float(volume_error(sure, to_shares(labels), valid)), 0, places=4)
        smaller = labels.clone()
        smaller[:, :, :, 10:] = 0
        found = float(volume_error(40 * (to_shares(smaller) - 0.5), to_shares(labels), valid))
        self.assertAlmostEqual(found, float(torch.log(torch.tensor(1050 / 550))), places=3)


if __name__ == "__main__":
    unittest.main()
