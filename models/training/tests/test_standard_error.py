"""The standard error of volumes: what is read of a case, which line is kept, and whether it holds."""

import json
import unittest
from pathlib import Path

import numpy as np
import torch

from hippotrain.canvas import Case, to_canvas
from hippotrain.counting import WAYS, summarise_way, with_loss, write_table
from hippotrain.standard_error import (
    PLAIN_KIND,
    build_block,
    choose_form,
    fit_line,
    held_out,
    read_error_signs,
    shrink_case,
)

FIXTURE = Path(__file__).parents[3] / "test" / "inference" / "volume-errors-fixture.json"


def block_probabilities():
    """A block of 4 x 6 x 3 voxels, half of it anterior, in a fog of 2 %."""
    probabilities = np.full((3, 20, 22, 19), 0.01)
    probabilities[1, 8:12, 11:14, 8:11] = 0.9
    probabilities[2, 8:12, 8:11, 8:11] = 0.8
    probabilities[0] = 1 - probabilities[1] - probabilities[2]
    return probabilities


def made_up_rows(deviation_of, seed=3, persons=150):
    """Two cases a person, as they are and shrunken, whose error has the deviation that `deviation_of(signs)` says."""
    random, rows = np.random.default_rng(seed), []
    for person in range(persons):
        for kind, low, high in ((PLAIN_KIND, 2500, 4200), ("shrunken", 1000, 3500)):
            volume = random.uniform(low, high)
            signs = {"volume": volume, "surface": 9 * volume ** (2 / 3), "uncertainty": random.uniform(100, 500)}
            manual = volume - random.normal(0, deviation_of(signs))
            structures = ("anterior", "posterior", "whole")
            rows.append({"name": f"{person}", "kind": kind, "fold": person % 5, "group": person,
                         "signs": dict.fromkeys(structures, signs), "manual": dict.fromkeys(structures, manual)})  # fmt: skip
    return rows


def error_at(line, volume):
    """The standard error that a line gives a volume of `made_up_rows` whose uncertainty is usual, mm3."""
    signs = {"perVolume": volume, "perSurface": 9 * volume ** (2 / 3), "perUncertainty": 300, "constantMm3": 1}
    return sum(line[term] * value for term, value in signs.items())


def ellipsoid_case():
    x, y, z = np.meshgrid(*[np.arange(n) - (n - 1) / 2 for n in (36, 50, 36)], indexing="ij")
    mask = (x / 7) ** 2 + (y / 18) ** 2 + (z / 6) ** 2 < 1
    image = np.where(mask, 0.5, 0.9) + np.random.default_rng(1).normal(0, 0.01, mask.shape)
    return Case("ellipsoid", image.astype(np.float32), np.where(mask, np.where(y > 0, 1, 2), 0).astype(np.uint8), np.eye(4))


class StandardError(unittest.TestCase):
    def test_signs_are_voxels_faces_and_doubt_of_the_largest_body_in_its_box(self):
        probabilities = block_probabilities()
        probabilities[:, 2, 2, 2] = (0.1, 0.9, 0.0)  # a piece apart
        signs = read_error_signs(probabilities)
        self.assertEqual(signs["whole"]["volume"], 4 * 6 * 3)
        self.assertEqual(signs["whole"]["surface"], 2 * (4 * 6 + 6 * 3 + 4 * 3))
        self.assertEqual(signs["anterior"]["surface"], 2 * (4 * 3 + 3 * 3 + 4 * 3))
        around = 12 * 14 * 11 - 72  # four voxels more on each side
        inside = 36 * 0.91 * 0.09 + 36 * 0.81 * 0.19
        self.assertAlmostEqual(signs["whole"]["uncertainty"], around * 0.02 * 0.98 + inside, places=6)
        nothing = read_error_signs(np.stack([np.ones((5, 5, 5)), *np.zeros((2, 5, 5, 5))]))
        self.assertEqual(nothing["whole"], {"volume": 0, "surface": 0, "uncertainty": 0})

    def test_the_product_reads_the_same_signs(self):
        fixture = json.loads(FIXTURE.read_text())
        signs = read_error_signs(fixture_probabilities(fixture["size"]))
        for structure, expected in fixture["signs"].items():
            for sign, value in expected.items():
                self.assertAlmostEqual(signs[structure][sign], value, places=3)

    def test_finds_the_coefficients_that_the_errors_were_made_with(self):
        rows = made_up_rows(lambda signs: 40 + 0.5 * signs["uncertainty"], persons=600)
        signs = [row["signs"]["whole"] for row in rows]
        errors = np.array([row["signs"]["whole"]["volume"] - row["manual"]["whole"] for row in rows])
        weights = fit_line(signs, errors, ("constantMm3", "perUncertainty"))
        np.testing.assert_allclose(weights, (40, 0.5), rtol=0.2)

    def test_a_line_of_people_left_out_is_not_fitted_on_them(self):
        signs = [{"volume": 1.0, "surface": 1.0, "uncertainty": 1.0}] * 4
        deviations = held_out(signs, [1, 1, 7, 7], [0, 0, 1, 1], ("constantMm3",))
        np.testing.assert_allclose(deviations, (7, 7, 1, 1))

    def test_keeps_the_simplest_form_unless_another_is_clearly_better(self):
        def chosen(deviation_of):
            rows = made_up_rows(deviation_of)
            signs = [row["signs"]["whole"] for row in rows]
            errors = np.array([row["signs"]["whole"]["volume"] - row["manual"]["whole"] for row in rows])
            return choose_form(signs, errors, [row["fold"] for row in rows], [row["group"] for row in rows])[0]

        self.assertEqual(chosen(lambda signs: 150), ("constantMm3",))
        self.assertEqual(chosen(lambda signs: 0.05 * signs["volume"]), ("perVolume",))
        self.assertEqual(chosen(lambda signs: 0.5 * signs["uncertainty"]), ("perUncertainty",))

    def test_the_block_holds_for_people_left_out(self):
        block, table = build_block(made_up_rows(lambda signs: 0.05 * signs["volume"], persons=400), "made-up crops")
        self.assertAlmostEqual(block["whole"]["perVolume"], 0.05, delta=0.005)
        self.assertAlmostEqual(block["whole"]["coverage68"], 0.683, delta=0.06)
        self.assertAlmostEqual(block["whole"]["coverage95"], 0.95, delta=0.03)
        self.assertIn("largest third", table)

    def test_shrunken_cases_that_no_line_holds_for_are_left_out_of_the_fit(self):
        rows = made_up_rows(lambda signs: 0.05 * signs["volume"], persons=200)
        for row in rows:
            if row["kind"] == "shrunken":  # seen far too large
                row["manual"] = {structure: value - 900 for structure, value in row["manual"].items()}
        block, table = build_block(rows, "made-up crops")
        self.assertAlmostEqual(error_at(block["whole"], 3000), 150, delta=20)
        self.assertIn("shrunken (not fitted)", table)
        self.assertIn("whole on cases as it is;", block["how"])

    def test_a_shrunken_case_is_smaller_and_the_same_every_time(self):
        case = ellipsoid_case()
        (image, labels), (again, _) = shrink_case(case), shrink_case(case)
        self.assertEqual(image.shape, case.intensities.shape)
        self.assertLess((labels > 0).sum(), 0.97 * (case.labels > 0).sum())
        np.testing.assert_array_equal(image, again)


class Counting(unittest.TestCase):
    def test_two_states_of_a_case_differ_by_the_loss_alone(self):
        canvas = to_canvas(ellipsoid_case())
        before, after = with_loss(canvas, 5, 0.0), with_loss(canvas, 5, 0.1)
        volume = [float((state[2] + state[3]).sum()) for state in (before, after)]
        self.assertAlmostEqual(volume[1] / volume[0], 0.9, delta=0.04)
        torch.testing.assert_close(before[0][:8], after[0][:8])

    def test_the_better_way_sees_more_of_the_loss_or_repeats_itself_better(self):
        random = np.random.default_rng(2)
        truth = np.array([3000.0, 2800.0])[None, :, None] * random.uniform(0.8, 1.2, (40, 1, 1))
        losses = np.full(40, 1 - 2800 / 3000)
        volumes = {way: truth * random.normal(1, 0.01, (40, 2, 4)) for way in WAYS}
        volumes[WAYS[1]] = truth * random.normal(1, 0.005, (40, 2, 4))
        share, deviation, ratio = summarise_way(volumes[WAYS[0]], losses)
        self.assertAlmostEqual(share, 1, delta=0.1)
        self.assertAlmostEqual(deviation, 1, delta=0.15)
        self.assertAlmostEqual(summarise_way(volumes[WAYS[1]], losses)[2] / ratio, 2, delta=0.4)
        self.assertIn("| labels | 1", write_table(volumes, losses))


def fixture_probabilities(size):
    """The pattern of test/inference/volume-errors.test.ts, [3, x, y, z]; see there."""
    x, y, z = np.indices(size)
    middle = [(n - 1) / 2 for n in size]
    distance = np.sqrt(((x - middle[0]) / 5) ** 2 + ((y - middle[1]) / 9) ** 2 + ((z - middle[2]) / 4) ** 2)
    hippocampus = 1 / (1 + np.exp(5 * (distance - 1)))
    share = 1 / (1 + np.exp(-0.8 * (y - middle[1])))
    return np.stack([1 - hippocampus, hippocampus * share, hippocampus * (1 - share)])


def write_fixture(size=(20, 28, 18)):
    """Renews the fixture: python -c "from tests.test_standard_error import write_fixture; write_fixture()"."""
    signs = read_error_signs(fixture_probabilities(size))
    text = json.dumps({"signs": signs}, indent=2) + "\n"
    FIXTURE.write_text(text.replace("{\n", f'{{\n  "size": {list(size)},\n', 1))


if __name__ == "__main__":
    unittest.main()
