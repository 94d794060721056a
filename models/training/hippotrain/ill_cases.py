"""python -m hippotrain.ill_cases CURATED --output FOLDER: copies of the training cases as disease would have made them (disease.py).

Drawing one takes as long as a third of a training step, so they are drawn once and read by every network: FOLDER/copy0.npy and so on,
[case, 5, 48, 64, 48] float16 in the order of FOLDER/names.json. A copy belongs to the fold of its case.
"""

import argparse
import json
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from .canvas import DISTANCE, load_canvases
from .disease import USUAL, fall_ill

CHANNELS = DISTANCE + 1


def draw_copy(canvases, seed, disease=USUAL):
    """One ill copy of every canvas, [case, 5, 48, 64, 48] float16; depends on the seed, the place in the list, and the disease only."""
    copies = []
    for index, canvas in enumerate(canvases):
        generator = torch.Generator().manual_seed(seed * 1_000_003 + index)
        copies.append(fall_ill(canvas, generator, disease)[:CHANNELS].half().numpy())
    return np.stack(copies)


class IllCases:
    """Ill copies on disk, for the cases of one training run."""

    def __init__(self, folder, names):
        stored = {name: index for index, name in enumerate(json.loads((folder / "names.json").read_text()))}
        self.rows = [stored[name] for name in names]
        self.copies = [np.load(path, mmap_mode="r") for path in sorted(folder.glob("copy*.npy"))]

    def replace_some(self, canvases, indices, share, generator):
        """The canvases [b, c, x, y, z] of the cases `indices`, a `share` of them replaced by one of their ill copies."""
        result = canvases[:, :CHANNELS].clone()
        ill = torch.rand(len(indices), generator=generator) < share
        which = torch.randint(len(self.copies), (len(indices),), generator=generator)
        for place in torch.nonzero(ill).flatten().tolist():
            copy = self.copies[int(which[place])][self.rows[int(indices[place])]]
            result[place] = torch.from_numpy(np.array(copy, np.float32))
        return result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("curated", type=Path)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--copies", type=int, default=6)
    parser.add_argument("--first", type=int, default=0, help="number of the first copy, to draw them in several processes")
    parser.add_argument("--loss", type=float, default=USUAL.probability_loss, help="share of the copies whose hippocampus shrinks")
    options = parser.parse_args()
    torch.set_num_threads(1)
    disease = replace(USUAL, probability_loss=options.loss)
    folds = json.loads((options.curated / "folds.json").read_text())["folds"]
    names = sorted(name for fold in folds for name in fold)
    options.output.mkdir(parents=True, exist_ok=True)
    (options.output / "names.json").write_text(json.dumps(names))
    canvases = load_canvases(options.curated, names)
    for number in range(options.first, options.first + options.copies):
        start = time.monotonic()
        part = options.output / f"part{number}.npy"
        np.save(part, draw_copy(canvases, number, disease))
        part.replace(options.output / f"copy{number}.npy")
        print(f"copy {number}: {len(names)} cases in {time.monotonic() - start:.0f} s", flush=True)


if __name__ == "__main__":
    main()
