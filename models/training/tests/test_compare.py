"""The comparison of the product's scores with Python's."""

import unittest

import numpy as np

from hippotrain.compare import keep_largest_body, write_table


class Compare(unittest.TestCase):
    def test_only_the_largest_body_stays_whatever_its_labels_and_faces_alone_connect(self):
        labels = np.zeros((8, 8, 8), np.uint8)
        labels[1:4, 1, 1] = 1
        labels[4:6, 1, 1] = 2
        labels[6, 2, 1] = 2  # touches by an edge only
        labels[1:5, 6, 6] = 1
        kept = keep_largest_body(labels)
        self.assertEqual(kept.sum(), 3 * 1 + 2 * 2)
        self.assertEqual(kept[6, 2, 1], 0)
        self.assertEqual(keep_largest_body(np.zeros((2, 2, 2), np.uint8)).sum(), 0)

    def test_the_table_tells_the_greatest_difference_of_any_case(self):
        def dice(value):
            return dict.fromkeys(("anterior", "posterior", "whole"), value)

        python = {"a": {"largest": dice(0.9)}, "b": {"largest": dice(0.8)}}
        product = {
            "a": {structure: {"dice": 0.9} for structure in dice(0)},
            "b": {"anterior": {"dice": 0.8}, "posterior": {"dice": 0.803}, "whole": {"dice": 0.8}},
        }
        table, greatest = write_table(python, product, "largest")
        self.assertAlmostEqual(greatest, 0.003)
        self.assertIn("| posterior | 0.85000 | 0.85150 | 0.00300 | 1 of 2 |", table)


if __name__ == "__main__":
    unittest.main()
