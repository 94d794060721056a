"""python -m hippotrain.plant_faults CURATED --output DIR --seed N: a folder of crops with known faults, to try the curation on.

DIR gets images/ and labels/ with the sound crops of CURATED, some of which were spoilt: every kind of `faults.py` `--each` times, a
sound crop for each, and those of `hard_cases.py`. DIR/planted.json tells which: {case: {"kind", "fault", "of", "overlap"}},
where `fault` is false for the hard ones and `overlap` is the Dice of a changed label with the one before.
"""

import argparse
import json
from pathlib import Path

import numpy as np

from .faults import FAULTS
from .hard_cases import HARD
from .labelmoves import dice
from .nifti import list_niftis, read_ras, write_nifti


def choose_hosts(names, groups, count, rng):
    """`count` distinct crops, and for each a donor of another person (`groups`: {name: person})."""
    hosts = [str(name) for name in rng.permutation(names)[:count]]
    donors = []
    for host in hosts:
        others = [name for name in names if groups.get(name, name) != groups.get(host, host)]
        donors.append(others[rng.integers(len(others))])
    return hosts, donors


def plant(curated, output, seed, each=1):
    """Writes the folder and returns what planted.json holds. The same seed plants the same faults."""
    rng = np.random.default_rng(seed)
    images, labels = list_niftis(curated / "images"), list_niftis(curated / "labels")
    kinds = [(kind, make, fault) for group, fault in ((FAULTS, True), (HARD, False)) for kind, make in group.items() for _ in range(each)]
    if len(kinds) > len(images) // 2:
        raise SystemExit(f"{len(kinds)} cases to spoil, {len(images)} crops: more than half would be spoilt")
    hosts, donors = choose_hosts(sorted(images), _groups(curated), len(kinds), rng)
    for kind in ("images", "labels"):
        (output / kind).mkdir(parents=True, exist_ok=True)
    planted = {}
    for (kind, make, fault), host, donor in zip(kinds, hosts, donors, strict=True):
        image, label = read_ras(images[host]), read_ras(labels[host])
        truth = label.array.astype(np.uint8)
        donated = (read_ras(images[donor]).array.astype(np.float32), read_ras(labels[donor]).array.astype(np.uint8))
        changed = make(image.array.astype(np.float32), truth, donated, rng)
        name = f"{host}-again" if "again" in changed else host
        _write(output, name, changed, image, truth)
        planted[name] = {"kind": kind, "fault": fault, "of": host}
        after = changed.get("labels", truth)
        if after is not truth and after.shape == truth.shape:
            planted[name]["overlap"] = round(dice(after > 0, truth > 0), 3)
    for name in images:
        if name not in planted:
            image, label = read_ras(images[name]), read_ras(labels[name])
            _write(output, name, {}, image, label.array.astype(np.uint8))
    (output / "planted.json").write_text(json.dumps(planted, indent=1))
    return planted


def _groups(curated):
    if not (curated / "folds.json").exists():
        return {}
    groups = json.loads((curated / "folds.json").read_text())["groups"]
    return {name: index for index, group in enumerate(groups) for name in group}


def _write(output, name, changed, image, labels):
    affine = changed.get("affine", image.affine)
    if "label_affine" in changed and "affine" not in changed:
        label_affine = image.affine @ changed["label_affine"]
    else:
        label_affine = affine
    write_nifti(output / "images" / f"{name}.nii.gz", changed.get("image", image.array).astype(np.float32), affine)
    write_nifti(output / "labels" / f"{name}.nii.gz", changed.get("labels", labels), label_affine)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("curated", type=Path, help="images/ and labels/ that are sound; with folds.json donors are other people")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--each", type=int, default=1, help="how often every kind is planted")
    options = parser.parse_args()
    planted = plant(options.curated, options.output, options.seed, options.each)
    print(f"{sum(p['fault'] for p in planted.values())} faults of {len(FAULTS)} kinds and {sum(not p['fault'] for p in planted.values())} hard cases planted")


if __name__ == "__main__":
    main()
