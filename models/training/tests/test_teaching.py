"""Learning from teachers, and the loss that takes what they say."""

import json
import tempfile
import unittest
from pathlib import Path

import torch

from hippotrain.losses import segmentation_loss, soft_dice, to_shares
from hippotrain.settings import Run, Settings
from hippotrain.train import load_teachers
from hippotrain.trainer import Trainer

SHAPE = (8, 8, 8)


class Certain(torch.nn.Module):
    """A teacher that is sure of one class everywhere."""

    def __init__(self, wanted):
        super().__init__()
        self.wanted = wanted

    def forward(self, inputs):
        logits = torch.zeros(len(inputs), 3, *inputs.shape[2:])
        logits[:, self.wanted] = 20
        return logits


class Teaching(unittest.TestCase):
    def test_labels_and_the_mean_of_the_teachers_weigh_what_was_asked(self):
        settings = Settings(widths=(2, 2, 2, 2), autocast=False, teaching=0.4)
        trainer = Trainer(settings, teachers=[Certain(1), Certain(2)])
        background = to_shares(torch.zeros(1, *SHAPE, dtype=torch.long))
        wanted = trainer.listen_to_teachers(torch.randn(1, 1, *SHAPE), background)
        torch.testing.assert_close(wanted.mean((0, 2, 3, 4)), torch.tensor([0.6, 0.2, 0.2]))

    def test_without_teachers_the_labels_stay(self):
        trainer = Trainer(Settings(widths=(2, 2, 2, 2), autocast=False, teaching=0.4))
        background = to_shares(torch.zeros(1, *SHAPE, dtype=torch.long))
        self.assertIs(trainer.listen_to_teachers(torch.randn(1, 1, *SHAPE), background), background)

    def test_a_teacher_that_has_seen_the_cases_held_back_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "run.json").write_text(json.dumps({"fold": "all"}))
            run = Run(Path(folder), Path(folder), "3", "plain", teachers=(Path(folder) / "last.pt",))
            with self.assertRaisesRegex(SystemExit, "fold all, not for fold 3"):
                load_teachers(run)

    def test_the_loss_for_shares_is_least_where_the_probabilities_equal_them(self):
        wanted = torch.tensor([0.6, 0.3, 0.1]).view(1, 3, 1, 1, 1).expand(1, 3, *SHAPE)
        valid = torch.ones(1, *SHAPE)
        at_the_target = float(segmentation_loss(wanted.log(), wanted, valid))
        for change in ((0.3, 0, 0), (-0.3, 0, 0), (0, 0.3, -0.2), (0, 0, 0.4)):
            moved = wanted.log() + torch.tensor(change).view(1, 3, 1, 1, 1)
            self.assertGreater(float(segmentation_loss(moved, wanted, valid)), at_the_target)

    def test_soft_dice_of_labels_is_the_dice_that_is_reported(self):
        first, second = torch.zeros(1, 10, 10, 10), torch.zeros(1, 10, 10, 10)
        first[:, 2:8], second[:, 4:8] = 1, 1
        self.assertAlmostEqual(float(soft_dice(first, second)), 1 - 2 * 400 / (600 + 400), places=3)


if __name__ == "__main__":
    unittest.main()
