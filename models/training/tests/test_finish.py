"""A run that goes on from another one's weights."""

import json
import tempfile
import unittest
from pathlib import Path

import torch

from hippotrain.losses import to_shares
from hippotrain.settings import Settings
from hippotrain.train import check_fold_agrees
from hippotrain.trainer import Trainer

SMALL = Settings(widths=(2, 2, 2, 2), autocast=False)


class Finish(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.run = Path(self.folder.name)
        (self.run / "run.json").write_text(json.dumps({"fold": "2"}))
        self.addCleanup(self.folder.cleanup)

    def test_begins_with_the_averaged_weights_and_a_new_schedule(self):
        before = Trainer(SMALL, compiled=False)
        before.train_step(torch.randn(1, 1, 8, 8, 8), to_shares(torch.zeros(1, 8, 8, 8, dtype=torch.long)), torch.ones(1, 8, 8, 8), 10)
        before.epoch = 18
        before.save(self.run / "last.pt")
        after = Trainer(SMALL, compiled=False)
        after.start_from(self.run / "last.pt")
        for network in (after.network, after.average):
            torch.testing.assert_close(network.state_dict(), before.average.state_dict())
        self.assertEqual((after.epoch, after.step, after.epochs_before), (0, 0, 18))

    def test_refuses_weights_that_have_seen_the_cases_to_be_held_back(self):
        check_fold_agrees(self.run / "last.pt", "2")
        with self.assertRaisesRegex(SystemExit, "fold 2, not for fold 3"):
            check_fold_agrees(self.run / "last.pt", "3")


if __name__ == "__main__":
    unittest.main()
