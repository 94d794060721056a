"""python -m hippotrain.counting CURATED --weights calibrated.pt --run RUN [--run RUN ...]: which way of counting a volume tells a loss best?

Three ways of getting a volume from the same network, each with one look or with the mean of five, whose boxes lie a voxel apart:

    labels          voxels whose likeliest class it is (what the product does)
    probabilities   sum of the probabilities to be hippocampus

Each case is taken twice, as it is and with a known loss of volume (disease.py, everything else alike), and "scanned" some times
each: turned by up to 3 degrees, moved by up to 0.7 voxels, with fresh noise. A way is good if it sees all of the loss and repeats
itself. What counts is their ratio: the seen loss over the standard deviation of one scan.
"""

import argparse
import json
import zlib
from pathlib import Path

import numpy as np
import torch
from scipy import ndimage

from .canvas import ANTERIOR, IMAGE, INSIDE, POSTERIOR, read_cases, to_canvas
from .disease import Disease, Draw, change_case, texture
from .evaluate import fold_of
from .standard_error import cut_crop, open_predictor

LOSS = 0.06
SCANS = 4
TURN_DEGREES = 3
MOVE_VOXELS = 0.7
# First voxel of each look within a margin of one voxel: the middle, and four corners that balance each other.
LOOKS = ((1, 1, 1), (0, 0, 0), (2, 2, 0), (2, 0, 2), (0, 2, 2))
WAYS = ("labels", "probabilities", "labels, 5 looks", "probabilities, 5 looks")


def with_loss(canvas, seed, loss):
    """The canvas with this share of the volume gone; the same seed and no loss differ in nothing else."""
    disease = Disease(probability_loss=1, probability_small_loss=0, loss=(loss, loss), probability_growth=0, parts_ratio=(1, 1))
    return change_case(canvas, Draw(torch.Generator().manual_seed(seed)), disease)


def scan_again(canvas, random):
    """The canvas as another scan of the same person would show it."""
    angles = np.radians(random.uniform(-TURN_DEGREES, TURN_DEGREES, 3))
    turn = np.eye(3)
    for axis, angle in enumerate(angles):
        i, j = [other for other in range(3) if other != axis]
        one = np.eye(3)
        one[i, i] = one[j, j] = np.cos(angle)
        one[i, j], one[j, i] = -np.sin(angle), np.sin(angle)
        turn = turn @ one
    middle = (np.array(canvas.shape[1:]) - 1) / 2
    offset = middle - turn @ middle + random.uniform(-MOVE_VOXELS, MOVE_VOXELS, 3)
    moved = canvas.clone()
    for channel, order in ((IMAGE, 3), (ANTERIOR, 1), (POSTERIOR, 1)):
        values = ndimage.affine_transform(canvas[channel].numpy(), turn, offset, order=order, mode="nearest")
        moved[channel] = torch.from_numpy(values)
    moved[IMAGE] += torch.from_numpy(random.normal(0, texture(canvas), canvas.shape[1:])).float()
    return moved


def look_around(intensities, predict):
    """Mean probabilities [3, x, y, z] of five looks into boxes a voxel apart, and those of the middle one, on its box."""
    size = np.array(intensities.shape) - 2
    total, count = np.zeros((3, *intensities.shape)), np.zeros(intensities.shape)
    middle = None
    for start in LOOKS:
        box = tuple(slice(first, first + length) for first, length in zip(start, size, strict=True))
        found = predict(intensities[box])
        middle = found if middle is None else middle
        total[(slice(None), *box)] += found
        count[box] += 1
    inner = (slice(1, -1),) * 3
    return total[(slice(None), *inner)] / count[inner], middle


def count_ways(intensities, predict):
    """{way: volume in voxels} of one crop."""
    mean, single = look_around(intensities, predict)
    volumes = {}
    for name, probabilities in (("", single), (", 5 looks", mean)):
        volumes[f"labels{name}"] = float((probabilities.argmax(0) > 0).sum())
        volumes[f"probabilities{name}"] = float(1e-9 + (1 - probabilities[0]).sum())
    return volumes


def study_case(case, predict):
    """({way: volumes [before or after, scan]}, the true share that is lost)."""
    canvas, seed = to_canvas(case), zlib.crc32(case.name.encode())
    random = np.random.default_rng(seed)
    states = [with_loss(canvas, seed, loss) for loss in (0.0, LOSS)]
    scans = [[count_ways(cut_crop(scan_again(state, random))[0], predict) for _ in range(SCANS)] for state in states]
    truth = [float((state[ANTERIOR] + state[POSTERIOR])[canvas[INSIDE] > 0.5].sum()) for state in states]
    return {way: np.array([[scan[way] for scan in state] for state in scans]) for way in WAYS}, 1 - truth[1] / truth[0]


def summarise_way(volumes, losses):
    """(share of the loss that is seen, per cent standard deviation of one scan, loss seen over that deviation, their persons' values).

    `volumes` [case, 2, scan]; `losses` [case]. Deviation: root mean square over the cases and states.
    """
    logs = np.log(volumes)
    seen = 1 - np.exp(logs[:, 1].mean(1) - logs[:, 0].mean(1))
    deviation = np.sqrt(logs.var(2, ddof=1).mean())
    return float(seen.sum() / losses.sum()), float(100 * deviation), float(seen.mean() / deviation)


def write_table(volumes, losses, rounds=1000):
    """Markdown; the interval of each ratio against today's way by drawing cases anew."""
    random = np.random.default_rng(1)
    drawn = [random.integers(len(losses), size=len(losses)) for _ in range(rounds)]
    today = np.array([summarise_way(volumes[WAYS[0]][i], losses[i])[2] for i in drawn])
    lines = ["| way | loss seen of that made | one scan repeats to | seen / repeat | against labels (95 %) |", "|---|---|---|---|---|"]
    for way in WAYS:
        share, deviation, ratio = summarise_way(volumes[way], losses)
        others = np.array([summarise_way(volumes[way][i], losses[i])[2] for i in drawn]) / today
        low, high = np.percentile(others, (2.5, 97.5))
        lines.append(f"| {way} | {100 * share:.0f} % | {deviation:.2f} % | {ratio:.2f} | x {np.median(others):.2f} ({low:.2f} to {high:.2f}) |")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("curated", type=Path)
    parser.add_argument("--run", type=Path, action="append", default=[])
    parser.add_argument("--weights", default="best.pt")
    parser.add_argument("--model", type=Path, help="one network for all folds: for trying this out, because it has seen the cases")
    parser.add_argument("--cases", type=int, default=8, help="held-back cases of each fold")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    if bool(options.run) == bool(options.model):
        raise SystemExit("give either --run, once for each fold, or --model")
    torch.set_num_threads(options.threads)
    folds = json.loads((options.curated / "folds.json").read_text())["folds"]
    if options.model:
        predictors = dict.fromkeys(range(len(folds)), open_predictor(options.model, options.threads))
    else:
        predictors = {fold_of(run, folds): open_predictor(run / options.weights, options.threads) for run in options.run}
    studied = []
    for fold, predict in predictors.items():
        step = max(1, len(folds[fold]) // options.cases)
        studied += [study_case(case, predict) for case in read_cases(options.curated, folds[fold][::step][: options.cases])]
        print(f"fold {fold} measured", flush=True)
    losses = np.array([loss for _, loss in studied])
    volumes = {way: np.stack([found[way] for found, _ in studied]) for way in WAYS}
    print(f"{len(losses)} cases, {SCANS} scans before and after a loss of {100 * losses.mean():.1f} % (mean)\n\n{write_table(volumes, losses)}")


if __name__ == "__main__":
    main()
