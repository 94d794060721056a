"""python -m hippotrain.horn_cases --label-maps FOLDER --boxes FOLDER --labels FOLDER ... --output FOLDER: cases for the network of the temporal horn.

The horn (inferior lateral ventricle) lies beside the hippocampus, so the box around a hippocampus shows both, and one box serves both
networks. Cases come from label maps of whole heads, drawn T1-like, and from real heads with automatic labels, cut out by the product itself
(tools/horn/write-boxes.ts). Where the hippocampus's network has anterior and posterior parts, these cases have hippocampus and horn, so
that train.py takes them as they are (`--fold borrowed`).

A map is turned about the axis to the right until its hippocampus falls by 24 degrees from behind to the front, as in the product's
boxes. Horns of a few maps are no range of sizes: some are drawn narrower by up to 1.2 mm or wider by up to 3.

Writes FOLDER/cases.npy, [case, 5, 48, 64, 48] float16, and FOLDER/cases.json, where each came from.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from scipy import ndimage

from .canvas import CANVAS, Case, to_canvas
from .drawn import HIPPOCAMPI, draw_image
from .ill_cases import CHANNELS
from .nifti import read_ras

HORNS = {"left": 5, "right": 44}
BOX = (36, 50, 36)
"""Voxels of the product's box along right, anterior, superior."""
FALL_DEGREES = 24.0
KINDS = {
    "aseg": {"left": (17, 5), "right": (53, 44)},
    "dlmuse": {"left": (48, 50), "right": (47, 49)},
}
"""Numbers of hippocampus and horn in the label files beside a head, ID_KIND.nii.gz."""
BACKGROUND, HIPPOCAMPUS, HORN = range(3)
RESIZED_MM = (-1.2, 3.0)


def fall_of(mask):
    """Degrees by which the long axis of a hippocampus [x, y, z] falls from behind to the front."""
    points = np.argwhere(mask)
    axis = np.linalg.svd(points - points.mean(0), full_matrices=False)[2][0]
    axis = axis * np.sign(axis[1])
    return float(np.degrees(np.arctan2(-axis[2], axis[1])))


def middle_of(mask):
    points = np.argwhere(mask)
    return (points.min(0) + points.max(0)) / 2


def turn_about_right(degrees):
    """Matrix from offsets in the turned grid to offsets in the source, [x, y, z]; a fall of f becomes one of f - degrees."""
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.array([[1, 0, 0], [0, cos, sin], [0, -sin, cos]])


def cut_turned(labels, centre, degrees):
    """The canvas around a voxel of a label map, turned; the nearest label of each voxel, the edge's beyond the map."""
    matrix = turn_about_right(degrees)
    offset = np.asarray(centre) - matrix @ ((np.array(CANVAS) - 1) / 2)
    return ndimage.affine_transform(labels, matrix, offset, output_shape=CANVAS, order=0, mode="nearest")


def resize_horn(labels, number, millimetres):
    """The labels [x, y, z] with one of them wider (at the expense of all others) or narrower (its nearest neighbours take its place)."""
    mask = labels == number
    if not mask.any() or abs(millimetres) < 0.5:
        return labels
    if millimetres > 0:
        return np.where(ndimage.distance_transform_edt(~mask) <= millimetres, number, labels)
    kept = ndimage.distance_transform_edt(mask) > -millimetres
    nearest = ndimage.distance_transform_edt(mask, return_distances=False, return_indices=True)
    return np.where(mask & ~kept, labels[tuple(nearest)], labels)


def cut_middle(array, size):
    return array[tuple(slice((n - s) // 2, (n - s) // 2 + s) for n, s in zip(array.shape, size, strict=True))]


def canvas_of(name, image, hippocampus, horn):
    labels = np.where(horn, HORN, np.where(hippocampus, HIPPOCAMPUS, BACKGROUND)).astype(np.uint8)
    return to_canvas(Case(name, np.ascontiguousarray(image, np.float32), labels, np.eye(4)))


def draw_from_map(path, draws, random, exact=False):
    """(name, canvas) of both sides, right ones mirrored. `exact`: as the product would cut the box, with the horn as it is."""
    labels = read_ras(path).array.astype(int)
    for side, number in HIPPOCAMPI.items():
        mask = labels == number
        middle, fall = middle_of(mask), fall_of(mask)
        for draw in range(draws):
            jitter = np.zeros(3) if exact else random.uniform(-2, 2, 3)
            turn = fall - FALL_DEGREES + (0 if exact else random.normal(0, 5))
            crop = cut_turned(labels, middle + jitter, turn)
            if not exact and random.random() < 0.6:
                crop = resize_horn(crop, HORNS[side], random.uniform(*RESIZED_MM))
            crop = crop[::-1] if side == "right" else crop
            image = draw_image(crop, random)
            parts = [image, crop == number, crop == HORNS[side]]
            if exact or random.random() < 0.6:
                parts = [cut_middle(part, BOX) for part in parts]
            name = f"{path.name}/{side}/{draw}"
            yield name, canvas_of(name, *parts)


def share_in_box(labels, number, box):
    """How much of each voxel of a box (`dimensions` superior, anterior, right; `affine` to LPS mm) a label fills, [right, anterior, superior]."""
    superior, anterior, right = box["dimensions"]
    k, j, i = np.meshgrid(np.arange(right), np.arange(anterior), np.arange(superior), indexing="ij")
    affine = np.array(box["affine"]).reshape(4, 4)
    lps = affine @ np.stack([i.ravel(), j.ravel(), k.ravel(), np.ones(i.size)])
    voxels = np.linalg.inv(labels.affine) @ (lps * np.array([[-1], [-1], [1], [1]]))
    mask = (labels.array == number).astype(np.float32)
    return ndimage.map_coordinates(mask, voxels[:3], order=1, mode="constant").reshape(right, anterior, superior)


def fill_volume(shares):
    """Of the shares [x, y, z] that a label fills of each voxel, a mask of those it fills most, of the label's own volume.

    Of thin labels on coarse voxels hardly a fine voxel is filled by more than half.
    """
    count = int(round(float(shares.sum())))
    mask = np.zeros(shares.size, bool)
    mask[np.argsort(-shares.ravel(), kind="stable")[:count]] = True
    return mask.reshape(shares.shape) & (shares > 0)


def read_box(folder, box):
    """(intensities, the product's own hippocampus labels), [right, anterior, superior]."""
    shape = tuple(reversed(box["dimensions"]))
    image = np.fromfile(folder / f"{box['file']}.f32", np.float32).reshape(shape)
    return image, np.fromfile(folder / f"{box['file']}.u8", np.uint8).reshape(shape)


def find_labels(folder, name):
    """(labels, numbers by side) of a head, or None."""
    for kind, numbers in KINDS.items():
        path = folder / f"{name}_{kind}.nii.gz"
        if path.exists():
            return read_ras(path), numbers
    return None


def cut_from_heads(boxes, folder, names=None):
    """(name, image, hippocampus, horn, the product's labels) of each box of a labelled head, right ones mirrored."""
    for box in json.loads((boxes / "boxes.json").read_text()):
        found = find_labels(folder, box["name"]) if names is None or box["name"] in names else None
        if found is None:
            continue
        labels, numbers = found
        image, own = read_box(boxes, box)
        shares = [share_in_box(labels, number, box) for number in numbers[box["side"]]]
        horn = fill_volume(shares[1])
        parts = [image, (shares[0] > 0.5) & ~horn, horn, own]
        yield box["file"], *[part[::-1] if box["side"] == "right" else part for part in parts]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--label-maps", type=Path)
    parser.add_argument("--only", nargs="*", default=[], help="numbers of the label maps to use; the others can then test")
    parser.add_argument("--draws", type=int, default=16, help="images per horn of a label map")
    parser.add_argument("--boxes", type=Path, help="folder of tools/horn/write-boxes.ts")
    parser.add_argument("--labels", type=Path, help="the heads' folder, with ID_aseg.nii.gz or ID_dlmuse.nii.gz")
    parser.add_argument("--names", nargs="*", help="only these heads")
    parser.add_argument("--repeats", type=int, default=3, help="how often a real head is listed")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    random = np.random.default_rng(options.seed)
    names, canvases = [], []

    def keep(name, canvas, times=1):
        names.extend([name] * times)
        canvases.extend([canvas[:CHANNELS].half().numpy()] * times)

    for path in sorted(options.label_maps.glob("seg_*.nii.gz")) if options.label_maps else []:
        if not options.only or path.name.split("_")[1][:2] in options.only:
            for name, canvas in draw_from_map(path, options.draws, random):
                keep(name, canvas)
            print(path.name, len(names), flush=True)
    if options.boxes:
        for name, image, hippocampus, horn, _ in cut_from_heads(options.boxes, options.labels, options.names):
            keep(name, canvas_of(name, image, hippocampus, horn), options.repeats)
        print(options.boxes.name, len(names), flush=True)
    options.output.mkdir(parents=True, exist_ok=True)
    np.save(options.output / "cases.npy", np.stack(canvases))
    (options.output / "cases.json").write_text(json.dumps(names))


if __name__ == "__main__":
    main()
