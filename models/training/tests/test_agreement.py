"""A made-up cohort whose images follow their labels: labels that do not belong to their image are found, hard images stay."""

import json
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import numpy as np
from scipy import ndimage

from hippotrain.faults import FAULTS
from hippotrain.hard_cases import HARD
from hippotrain.labelmoves import fit_to, move
from hippotrain.misfits import find_misfits
from hippotrain.nifti import list_niftis, write_nifti
from hippotrain.opinions import ask_networks, compare_opinions
from hippotrain.parts import cut_third, end_defect, find_cut_off, parts_defect
from hippotrain.plant_faults import plant

SHAPE = (28, 44, 28)


def person(seed):
    """(image, labels): a bent grey body, fluid on its upper left side, white matter on the lower right; head in front."""
    own = np.random.default_rng(seed)
    x, y, z = np.indices(SHAPE).astype(float)
    along = (y - 21 - own.normal(0, 1)) / (15 + own.normal(0, 1))
    middle_x = 13 + own.normal(0, 1) + (3 + own.normal(0, 0.7)) * along
    middle_z = 14 + own.normal(0, 1) - (4 + own.normal(0, 0.7)) * along**2
    radius = (5 + own.normal(0, 0.4)) * np.sqrt(np.clip(1 - along**2, 0, 1))
    body = (x - middle_x) ** 2 + (z - middle_z) ** 2 < radius**2
    image = np.where(x + z > middle_x + middle_z + own.normal(0, 0.5), 0.9, 0.1)
    image = ndimage.gaussian_filter(np.where(body, 0.55, image), 0.6) + own.normal(0, 0.03, SHAPE)
    return (1000 * image).astype(np.float32), np.where(body, np.where(along > 0.1, 1, 2), 0).astype(np.uint8)


COHORT = {f"case{seed:02}": person(seed) for seed in range(64)}


class Agreement(unittest.TestCase):
    def test_finds_labels_that_do_not_belong_to_their_image_and_keeps_hard_images(self):
        cases = dict(COHORT)
        rng = np.random.default_rng(3)
        wrong = {"case03": (0, 4, 0), "case11": (4, 0, 0), "case17": (0, 0, -4)}
        for name, by in wrong.items():
            cases[name] = (cases[name][0], move(cases[name][1], by))
        cases["case23"] = (cases["case23"][0], cases["case23"][1][::-1].copy())
        cases["case31"] = (cases["case31"][0] + rng.normal(0, 100, SHAPE).astype(np.float32), cases["case31"][1])
        reasons, _ = find_misfits(cases)
        self.assertEqual(sorted(reasons), ["case03", "case11", "case17", "case23"])

    def test_finds_labels_that_are_too_small_or_too_large(self):
        cases = dict(COHORT)
        for name, kind in (("case05", "label eroded by 2"), ("case09", "label dilated by 2")):
            image, labels = cases[name]
            cases[name] = (image, FAULTS[kind](image, labels, None, None)["labels"])
        reasons, _ = find_misfits(cases)
        self.assertEqual(sorted(reasons), ["case05", "case09"])
        self.assertIn("too small", reasons["case05"])
        self.assertIn("too large", reasons["case09"])

    def test_judges_nothing_with_too_few_crops_to_learn_from(self):
        few = dict(list(COHORT.items())[:20])
        few["case03"] = (few["case03"][0], move(few["case03"][1], (0, 5, 0)))
        self.assertEqual(find_misfits(few), ({}, {}))


class Parts(unittest.TestCase):
    def test_finds_exchanged_parts_a_hole_and_a_second_body_and_nothing_in_a_sound_map(self):
        image, labels = person(1)
        rng = np.random.default_rng(0)
        self.assertIsNone(parts_defect(labels))
        expected = {
            "parts exchanged": "in front",
            "image and label back to front": "in front",
            "hole in the label": "hole",
            "stray blob": "second body",
        }
        for kind, words in expected.items():
            self.assertIn(words, parts_defect(FAULTS[kind](image, labels, None, rng)["labels"]), kind)

    def test_finds_a_missing_third_at_either_end(self):
        maps = {name: labels for name, (_, labels) in COHORT.items()}
        maps["case02"] = cut_third(maps["case02"])
        maps["case04"] = cut_third(maps["case04"][:, ::-1])[:, ::-1]
        said = {name: end_defect(ends) for name, ends in find_cut_off(maps).items()}
        self.assertEqual([name for name in said if said[name]], ["case02", "case04"])
        self.assertIn("posterior end", said["case02"])
        self.assertIn("anterior end", said["case04"])


class Opinions(unittest.TestCase):
    def test_doubts_a_label_that_the_networks_see_elsewhere_and_one_of_another_size(self):
        image, labels = person(1)
        small = np.where(ndimage.binary_erosion(labels > 0, iterations=2), labels, 0)
        cases = {"sound": (image, labels), "moved": (image, move(labels, (0, 0, 4))), "small": (image, small)}
        reasons, _ = compare_opinions(cases, dict.fromkeys(cases, labels))
        self.assertEqual(sorted(reasons), ["moved", "small"])
        self.assertIn("moved by 0, 0, -4 mm at 1.00", reasons["moved"])

    def test_asks_only_networks_that_have_not_seen_the_case(self):
        with tempfile.TemporaryDirectory() as place:
            runs = [Path(place) / f"fold{fold}" for fold in (0, 1)]
            for fold, run in enumerate(runs):
                run.mkdir()
                (run / "run.json").write_text(json.dumps({"fold": str(fold)}))
            folds = {"folds": [["a"], ["b"], ["c"]]}
            with mock.patch("hippotrain.predict.load_network", lambda path: path.parent.name), mock.patch(
                "hippotrain.predict.predict_labels", lambda networks, image: networks
            ):
                asked = ask_networks(runs, "last.pt", folds)(dict.fromkeys("abcd", (None, None)))
            self.assertEqual(asked, {"a": ["fold0"], "b": ["fold1"], "d": ["fold0", "fold1"]})
            (runs[0] / "run.json").write_text(json.dumps({"fold": "all"}))
            with self.assertRaises(SystemExit):
                ask_networks(runs, "last.pt", folds)


class Planting(unittest.TestCase):
    def test_plants_every_kind_once_and_the_same_again_with_the_same_seed(self):
        with tempfile.TemporaryDirectory() as place:
            place = Path(place)
            for kind in ("images", "labels"):
                (place / "sound" / kind).mkdir(parents=True)
            count = 2 * (len(FAULTS) + len(HARD))
            for index in range(count):
                image, labels = (array[::2, ::2, ::2] for array in COHORT[f"case{index % 64:02}"])
                write_nifti(place / "sound" / "images" / f"{index:03}.nii", image, np.eye(4))
                write_nifti(place / "sound" / "labels" / f"{index:03}.nii", labels, np.eye(4))
            first, again = plant(place / "sound", place / "first", 5), plant(place / "sound", place / "again", 5)
            self.assertEqual(first, again)
            self.assertEqual(sorted(entry["kind"] for entry in first.values()), sorted([*FAULTS, *HARD]))
            self.assertEqual(len(list_niftis(place / "first" / "images")), count + 2)

    def test_fits_a_map_to_another_grid_about_its_centre(self):
        self.assertEqual(fit_to(np.ones((3, 5), int), (5, 3)).tolist(), [[0] * 3, [1] * 3, [1] * 3, [1] * 3, [0] * 3])


if __name__ == "__main__":
    unittest.main()
