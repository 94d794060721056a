"""python -m hippotrain.curate FOLDER --output CURATED: finds what is wrong with images/ and labels/ and copies what is right.

CURATED gets images/ and labels/ with equal names (RAS, 1 mm, float32 and uint8), curation.json with every file's verdict, and
report/index.html with pictures. Decisions rest on what the files hold; names only say which label belongs to which image.
"""

import argparse
import json
from pathlib import Path

import numpy as np

from .cohort import cohort_of, traits
from .defects import EXTENT_MM, anatomy_defect, find_repeats, grid_defect, label_defect, oddities, value_defect
from .examine import examine
from .misfits import find_misfits
from .nifti import list_niftis, write_nifti
from .opinions import compare_opinions
from .parts import end_defect, find_cut_off, parts_defect


def inspect_folder(folder):
    """(excluded {name: reason}, usable {name: (image Facts, label Facts)})."""
    images, labels = (list_niftis(folder / kind) for kind in ("images", "labels"))
    excluded, usable = {}, {}
    for name in sorted(images.keys() | labels.keys()):
        image = examine(images[name]) if name in images else None
        label = examine(labels[name]) if name in labels else None
        reason = _file_reason(image, label)
        if reason:
            excluded[name] = reason
        else:
            usable[name] = (image, label)
    return excluded, usable


def _file_reason(image, label):
    if image is None or label is None:
        present, missing = (label, "image") if image is None else (image, "label")
        kind = "label" if image is None else "image"
        state = present.error or _describe(present)
        return f"no {missing} belongs to this {kind} ({state})"
    for kind, facts in (("image", image), ("label", label)):
        if facts.error:
            return f"{kind} {facts.error}"
    return grid_defect(image, label) or label_defect(label.array)


def _describe(facts):
    spacing = " x ".join(f"{s:.3g}" for s in facts.spacing)
    text = f"{' x '.join(map(str, facts.shape))} voxels of {spacing} mm"
    extent = np.array(facts.array.shape) * facts.spacing
    return text if (extent < EXTENT_MM[1]).all() else text + ": no hippocampus crop but a larger body part"


def curate(folder, opinions=None):
    """(kept {name: (image, label, traits, notes)}, excluded {name: reason}, cohort).

    `opinions(usable)` {name: networks' label map} of networks that have not seen the case; cases may be missing.
    """
    excluded, usable = inspect_folder(folder)
    found = {
        name: traits(image.array.astype(np.float64), label.array, np.array(image.spacing))
        for name, (image, label) in usable.items()
    }
    if not found:
        raise SystemExit(f"no usable case in {folder}")
    cohort = cohort_of(list(found.values()))
    repeats = find_repeats(found)
    ends = find_cut_off({name: label.array for name, (_, label) in usable.items()})
    for name, (image, label) in list(usable.items()):
        reason = anatomy_defect(found[name], cohort) or value_defect(image.array, label.array) or parts_defect(label.array)
        reason = reason or end_defect(ends.get(name))
        if reason is None and name in repeats:
            reason = f"shows the same crop as {repeats[name]}"
        if reason:
            excluded[name] = reason
            del usable[name]
    arrays = {name: (image.array.astype(np.float32), label.array) for name, (image, label) in usable.items()}
    misfits, remarks = find_misfits(arrays)
    doubts, differences = compare_opinions(arrays, opinions(arrays)) if opinions else ({}, {})
    excluded |= doubts | misfits
    kept = {}
    for name, (image, label) in usable.items():
        if name not in excluded:
            notes = image.notes + oddities(found[name], cohort, image.stored_type) + remarks.get(name, []) + differences.get(name, [])
            kept[name] = (image, label, found[name], notes)
    return kept, dict(sorted(excluded.items())), cohort


def write_curated(kept, excluded, output):
    for kind in ("images", "labels"):
        (output / kind).mkdir(parents=True, exist_ok=True)
        for stale in list_niftis(output / kind).values():
            stale.unlink()
    for name, (image, label, _, _) in kept.items():
        write_nifti(output / "images" / f"{name}.nii.gz", image.array.astype(np.float32), image.affine)
        write_nifti(output / "labels" / f"{name}.nii.gz", label.array.astype(np.uint8), image.affine)
    verdicts = {name: {"kept": True, "notes": notes} for name, (_, _, _, notes) in kept.items()}
    verdicts |= {name: {"kept": False, "reason": reason} for name, reason in excluded.items()}
    (output / "curation.json").write_text(json.dumps(dict(sorted(verdicts.items())), indent=1))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="holds images/ and labels/")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--no-pictures", action="store_true")
    parser.add_argument("--check-with", type=Path, nargs="+", default=[], metavar="RUN", help="folders of hippotrain.train, one per fold")
    parser.add_argument("--folds", type=Path, help="folds.json that they were trained with (default: that in --output)")
    parser.add_argument("--weights", default="last.pt", help="last.pt (default), best.pt or calibrated.pt of each run")
    options = parser.parse_args()
    opinions = None
    if options.check_with:
        from .opinions import ask_networks

        folds = json.loads((options.folds or options.output / "folds.json").read_text())
        opinions = ask_networks(options.check_with, options.weights, folds)
    kept, excluded, cohort = curate(options.folder, opinions)
    write_curated(kept, excluded, options.output)
    if not options.no_pictures:
        from .curation_report import write_report

        write_report(kept, excluded, cohort, options.output / "report")
    for name, reason in excluded.items():
        print(f"left out {name}: {reason}")
    print(f"{len(kept)} cases kept, {len(excluded)} left out")


if __name__ == "__main__":
    main()
