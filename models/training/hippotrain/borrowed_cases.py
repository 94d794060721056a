"""python -m hippotrain.borrowed_cases --label-maps FOLDER --heads FOLDER ... --output FOLDER: cases to begin training with.

The Decathlon's crops know no atrophy and few scanners. These do: crops drawn from label maps of whole heads, several of them with
Alzheimer's disease, and crops of unlabelled heads with the opinion of another network (ID_t1.nii.gz beside ID_hippodeep.nii.gz, 1 left
and 2 right). Both follow FreeSurfer's outline, which is larger than the Decathlon's: they teach shape and surroundings to the first
epochs, from which all networks start (train --cases); the border is learnt from the Decathlon afterwards. No person of the Decathlon is
among them, so one such start serves all folds.

Writes FOLDER/cases.npy, [case, 5, 48, 64, 48] float16, and FOLDER/cases.json, where each came from.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch

from .canvas import Case, to_canvas
from .disease import fall_ill
from .drawn import HIPPOCAMPI, cut_around, draw_image, split_mask
from .ill_cases import CHANNELS
from .nifti import read_ras
from .preprocess import resample_trilinear


def canvas_of(name, image, mask):
    return to_canvas(Case(name, image.astype(np.float32), split_mask(mask), np.eye(4)))


def draw_from_map(path, draws, random):
    """(name, canvas) of both sides, right ones mirrored; the place of the hippocampus varies."""
    labels = read_ras(path).array.astype(int)
    for side, number in HIPPOCAMPI.items():
        middle = np.argwhere(labels == number).mean(0)
        for draw in range(draws):
            crop = cut_around(labels, middle + random.uniform(-3, 3, 3))
            crop = crop[::-1] if side == "right" else crop
            name = f"{path.name}/{side}/{draw}"
            yield name, canvas_of(name, draw_image(crop, random), crop == number)


def cut_from_head(path, random):
    """(name, canvas) of both sides of a head at 1 mm, right ones mirrored."""
    head, opinion = read_ras(path), read_ras(path.with_name(path.name.replace("_t1", "_hippodeep")))
    image = resample_trilinear(head.array, head.spacing)
    for side, value in (("left", 1), ("right", 2)):
        mask = resample_trilinear((opinion.array == value).astype(float), head.spacing) > 0.5
        middle = np.argwhere(mask).mean(0) + random.uniform(-3, 3, 3)
        crop, inside = cut_around(image, middle), cut_around(mask, middle)
        if side == "right":
            crop, inside = crop[::-1], inside[::-1]
        yield f"{path.name}/{side}", canvas_of(path.name, crop, np.ascontiguousarray(inside))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--label-maps", type=Path)
    parser.add_argument("--only", nargs="*", default=[], help="numbers of the label maps to use; the others can then test")
    parser.add_argument("--heads", type=Path, action="append", default=[])
    parser.add_argument("--draws", type=int, default=32, help="images per hippocampus of a label map")
    parser.add_argument("--ill", type=int, default=3, help="ill copies of each head's hippocampi")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    torch.set_num_threads(1)
    random = np.random.default_rng(options.seed)
    generator = torch.Generator().manual_seed(options.seed)
    names, canvases = [], []

    def keep(name, canvas):
        names.append(name)
        canvases.append(canvas[:CHANNELS].half().numpy())

    maps = sorted(options.label_maps.glob("seg_*.nii.gz")) if options.label_maps else []
    for path in maps:
        if not options.only or path.name.split("_")[1][:2] in options.only:
            for name, canvas in draw_from_map(path, options.draws, random):
                keep(name, canvas)
            print(path.name, len(names), flush=True)
    for folder in options.heads:
        for path in sorted(folder.glob("*_t1.nii.gz")):
            for name, canvas in cut_from_head(path, random):
                keep(name, canvas)
                for copy in range(options.ill):
                    keep(f"{name}/ill{copy}", fall_ill(canvas, generator))
        print(folder.name, len(names), flush=True)
    options.output.mkdir(parents=True, exist_ok=True)
    np.save(options.output / "cases.npy", np.stack(canvases))
    (options.output / "cases.json").write_text(json.dumps(names))


if __name__ == "__main__":
    main()
