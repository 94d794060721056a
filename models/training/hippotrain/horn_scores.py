"""python -m hippotrain.horn_scores RUN/last.pt --label-maps FOLDER --only 01 03 --heads BOXES LABELS --output scores.json: how good the horns are.

On horns that the network has not seen: crops drawn from label maps, and real heads with automatic labels, in the product's own boxes.
For each group a row with Dice, correlation, bias and spread of the volumes, and the error of the occupancy, hippocampus / (hippocampus +
horn), where the hippocampus is the label's both times, so that it tells of the horn alone. Beside the network its rival, which needs no
training: fluid where other people's horns lie (`fluid_in_prior`), the prior made from the maps that are not among `--only`.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from scipy import ndimage

from .canvas import ANTERIOR, IMAGE, POSTERIOR
from .horn_cases import BOX, HORN, cut_from_heads, cut_middle, draw_from_map
from .predict import load_network, predict_probabilities

LEAST_PRIOR = 0.05


def dice_of(found, wanted):
    total = found.sum() + wanted.sum()
    return float(2 * (found & wanted).sum() / total) if total else 1.0


def find_horn(network, image, hippocampus):
    """Mask of the horn in a box at 1 mm as the product makes it; what is hippocampus is no horn."""
    return (predict_probabilities([network], image)[HORN] > 0.5) & ~hippocampus


def make_prior(horns):
    """Share of people whose horn holds each voxel of the box, a little blurred, [36, 50, 36]."""
    return ndimage.gaussian_filter(np.mean(horns, 0), 1.0)


def fluid_in_prior(image, hippocampus, prior):
    """Mask of what is rather fluid than hippocampus where horns of others lie: darker than half-way from the hippocampus to the darkest."""
    grey, fluid = np.median(image[hippocampus]), np.percentile(image[image != 0], 2)
    return (image < (grey + fluid) / 2) & (prior > LEAST_PRIOR) & ~hippocampus


def occupancy(hippocampus, horn):
    return hippocampus / (hippocampus + horn)


def score_case(name, mask, hippocampus, horn):
    found, true, beside = int(mask.sum()), int(horn.sum()), int(hippocampus.sum())
    return {
        "name": name,
        "dice": round(dice_of(mask, horn), 4),
        "foundMm3": found,
        "trueMm3": true,
        "occupancy": round(occupancy(beside, found), 4),
        "trueOccupancy": round(occupancy(beside, true), 4),
    }


def summarise(rows):
    """One group's figures; `rows` as score_case gives them."""
    column = {key: np.array([row[key] for row in rows], float) for key in ("dice", "foundMm3", "trueMm3", "occupancy", "trueOccupancy")}
    error, off = column["foundMm3"] - column["trueMm3"], column["occupancy"] - column["trueOccupancy"]

    def correlation(found, true):
        enough = len(rows) > 2 and np.std(found) > 0 and np.std(true) > 0
        return round(float(np.corrcoef(found, true)[0, 1]), 3) if enough else None

    return {
        "horns": len(rows),
        "dice": round(float(column["dice"].mean()), 3),
        "meanMm3": round(float(column["trueMm3"].mean())),
        "biasMm3": round(float(error.mean()), 1),
        "errorMm3": round(float(np.abs(error).mean()), 1),
        "volumeCorrelation": correlation(column["foundMm3"], column["trueMm3"]),
        "occupancyBias": round(float(off.mean()), 4),
        "occupancyError": round(float(np.abs(off).mean()), 4),
        "occupancySpread": round(float(column["trueOccupancy"].std()), 4),
        "occupancyCorrelation": correlation(column["occupancy"], column["trueOccupancy"]),
    }


def cases_of_maps(folder, only, draws, seed, exact=True):
    random = np.random.default_rng(seed)
    for path in sorted(folder.glob("seg_*.nii.gz")):
        if path.name.split("_")[1][:2] in only:
            for name, canvas in draw_from_map(path, draws, random, exact):
                parts = [cut_middle(canvas[channel].numpy(), BOX) for channel in (IMAGE, ANTERIOR, POSTERIOR)]
                yield name, parts[0], parts[1] > 0.5, parts[2] > 0.5


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--label-maps", type=Path, required=True)
    parser.add_argument("--only", nargs="+", required=True, help="numbers of the label maps that training did not draw from")
    parser.add_argument("--draws", type=int, default=2)
    parser.add_argument("--heads", nargs=2, type=Path, action="append", default=[], metavar=("BOXES", "LABELS"))
    parser.add_argument("--names", type=Path, help="JSON list of the heads that training has not seen")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    network = load_network(options.checkpoint)
    numbers = [path.name.split("_")[1][:2] for path in sorted(options.label_maps.glob("seg_*.nii.gz"))]
    others = [number for number in numbers if number not in options.only and number != "07"]
    prior = make_prior([horn for _, _, _, horn in cases_of_maps(options.label_maps, others, 1, 1)])
    names = set(json.loads(options.names.read_text())) if options.names else None
    groups = {"drawn": list(cases_of_maps(options.label_maps, options.only, options.draws, options.seed))}
    for boxes, labels in options.heads:
        known = names if labels.name == "ixi" else None
        groups[labels.name] = [case[:4] for case in cut_from_heads(boxes, labels, known)]
    document = {}
    for group, cases in groups.items():
        rows = [score_case(name, find_horn(network, image, hip), hip, horn) for name, image, hip, horn in cases]
        rival = [score_case(name, fluid_in_prior(image, hip, prior), hip, horn) for name, image, hip, horn in cases]
        document[group] = {"network": summarise(rows), "fluidInPrior": summarise(rival), "cases": rows}
        print(group, "network", summarise(rows), "\n ", "fluid in prior", summarise(rival), flush=True)
    options.output.write_text(json.dumps(document, indent=1))


if __name__ == "__main__":
    main()
