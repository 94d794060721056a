"""python -m hippotrain.calibrate CURATED --run RUN: takes the systematic part out of the volumes, on training cases only.

Soft Dice rewards drawing a little too much wherever the boundary is unsure, so that volumes come out some per cent high, on training
cases as on others. Two numbers, subtracted from the anterior and posterior logits, bring the mean volume difference of both parts
to zero on the cases the network was trained on. They are added to the bias of the last convolution: RUN/calibrated.pt.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch

from .canvas import read_cases
from .predict import load_network, network_logits
from .preprocess import prepare

ROUNDS = 8


def unpadded_logits(network, case):
    """[3, x, y, z] on the crop's own grid (1 mm crops only)."""
    prepared = prepare(case.intensities)
    logits = network_logits(network, prepared.network_input)
    return logits[(slice(None), *(slice(a, a + n) for a, n in zip(prepared.low, prepared.size, strict=True)))]


def mean_difference(all_logits, volumes, offsets, part):
    """Mean volume difference of `part` (1 or 2) in per cent of the manual volume, with `offsets` [3] subtracted."""
    found = [((logits - offsets[:, None, None, None]).argmax(0) == part).sum() for logits in all_logits]
    return float(np.mean(100 * (np.array(found) / volumes[:, part - 1] - 1)))


def fit_offsets(all_logits, volumes):
    """[3], the first 0: alternate bisection, because moving one part's boundary moves the border between the two."""
    offsets = np.zeros(3, np.float32)
    for _ in range(3):
        for part in (1, 2):
            low, high = -1.5, 1.5
            for _ in range(ROUNDS):
                offsets[part] = (low + high) / 2
                if mean_difference(all_logits, volumes, offsets, part) > 0:
                    low = offsets[part]
                else:
                    high = offsets[part]
    return offsets


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("curated", type=Path)
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--weights", default="best.pt")
    parser.add_argument("--every", type=int, default=2, help="use every n-th training case")
    options = parser.parse_args()
    torch.set_num_threads(2)
    folds = json.loads((options.curated / "folds.json").read_text())["folds"]
    fold = json.loads((options.run / "run.json").read_text())["fold"]
    trained = sorted(name for index, names in enumerate(folds) if str(index) != fold for name in names)[:: options.every]
    network = load_network(options.run / options.weights)
    cases = read_cases(options.curated, trained)
    all_logits = [unpadded_logits(network, case) for case in cases]
    volumes = np.array([[(case.labels == part).sum() for part in (1, 2)] for case in cases], float)
    before = [mean_difference(all_logits, volumes, np.zeros(3), part) for part in (1, 2)]
    offsets = fit_offsets(all_logits, volumes)
    after = [mean_difference(all_logits, volumes, offsets, part) for part in (1, 2)]
    checkpoint = torch.load(options.run / options.weights, map_location="cpu", weights_only=True)
    checkpoint["average"]["head.bias"] -= torch.from_numpy(offsets)
    checkpoint["offsets"] = offsets.tolist()
    torch.save(checkpoint, options.run / "calibrated.pt")
    print(f"{len(cases)} training cases: anterior {before[0]:+.1f} %, posterior {before[1]:+.1f} % before; "
          f"{after[0]:+.1f} %, {after[1]:+.1f} % after; subtracted {offsets[1:].round(3).tolist()}")  # fmt: skip


if __name__ == "__main__":
    main()
