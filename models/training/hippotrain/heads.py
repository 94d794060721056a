"""python -m hippotrain.heads FOLDER --checkpoint FILE: a check on whole heads with manual labels, never used to choose anything.

FOLDER holds ID_t1.nii.gz and ID_hippocampus.nii.gz (1 left, 2 right). A box of 36 x 50 x 36 mm is put around each manual label,
jittered by up to 4 mm per axis; the right one is mirrored in x. Labels that the box cuts off count as missed.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch

from .nifti import read_ras
from .predict import load_network, predict_labels
from .validate import dice

BOX_MM = np.array([36.0, 50.0, 36.0])
SIDES = {"left": 1, "right": 2}


def box_around(mask, spacing, shift_mm):
    """Slices of a box of BOX_MM whose centre lies `shift_mm` from the middle of the mask's bounding box."""
    found = np.argwhere(mask)
    middle = (found.min(0) + found.max(0) + 1) / 2 + shift_mm / spacing
    first = np.clip(np.round(middle - BOX_MM / spacing / 2).astype(int), 0, None)
    last = np.minimum(first + np.round(BOX_MM / spacing).astype(int), mask.shape)
    return tuple(slice(a, b) for a, b in zip(first, last, strict=True))


def segment_side(networks, head, spacing, box, side):
    """Label map 0, 1, 2 of one box, in the head's own orientation."""
    crop = head[box]
    if side == "right":
        return predict_labels(networks, np.ascontiguousarray(crop[::-1]), spacing)[::-1]
    return predict_labels(networks, crop, spacing)


def check_head(networks, folder, name, rounds, jitter_mm, random):
    """One row per side and round: Dice, volume and manual volume (mm3)."""
    head, manual = read_ras(folder / f"{name}_t1.nii.gz"), read_ras(folder / f"{name}_hippocampus.nii.gz")
    voxel = float(np.prod(head.spacing))
    for side, value in SIDES.items():
        truth = manual.array == value
        for _ in range(rounds):
            box = box_around(truth, head.spacing, random.uniform(-jitter_mm, jitter_mm, 3))
            predicted = np.zeros_like(truth)
            predicted[box] = segment_side(networks, head.array, tuple(head.spacing), box, side) > 0
            yield {
                "case": name,
                "side": side,
                "dice": float(dice(predicted, truth)),
                "volume": float(predicted.sum()) * voxel,
                "manual": float(truth.sum()) * voxel,
            }


def summarise_side(rows):
    volume, manual = (np.array([row[key] for row in rows]) for key in ("volume", "manual"))
    scores = np.array([row["dice"] for row in rows])
    by_case = [np.std([r["volume"] for r in rows if r["case"] == c]) / np.mean(volume) for c in {r["case"] for r in rows}]
    return {
        "dice": round(float(scores.mean()), 4),
        "worst": round(float(scores.min()), 4),
        "volumeBiasPercent": round(float((100 * (volume / manual - 1)).mean()), 1),
        "volumeCorrelation": round(float(np.corrcoef(volume, manual)[0, 1]), 3),
        "spreadOverBoxesPercent": round(100 * float(np.mean(by_case)), 2),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--checkpoint", type=Path, action="append", required=True, help="several are averaged")
    parser.add_argument("--rounds", type=int, default=3, help="jittered boxes per hippocampus")
    parser.add_argument("--jitter", type=float, default=4.0, help="mm per axis")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--output", type=Path)
    options = parser.parse_args()
    torch.set_num_threads(2)
    networks = [load_network(path) for path in options.checkpoint]
    random = np.random.default_rng(options.seed)
    names = sorted(path.name.removesuffix("_t1.nii.gz") for path in options.folder.glob("*_t1.nii.gz"))
    rows = [row for name in names for row in check_head(networks, options.folder, name, options.rounds, options.jitter, random)]
    summary = {side: summarise_side([row for row in rows if row["side"] == side]) for side in SIDES}
    if options.output:
        options.output.write_text(json.dumps({"summary": summary, "rows": rows}, indent=1))
    print(json.dumps(summary))


if __name__ == "__main__":
    main()
