"""python -m hippotrain.comparisons CURATED --output WORK --epochs 10 --fold 0 --fold 1: what each choice is worth.

Every condition is trained on the same folds with the same short schedule and seed, and scored on the same held-back cases, as they
are and through one simulated scanner each; differences are paired case by case, their intervals bootstrapped by person. Takes up
finished and half-finished runs where it left them. Writes WORK/table.md and WORK/comparisons.json; prints the table.
"""

import argparse
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from .augment import PLAIN, Augmentation
from .canvas import Case, read_cases
from .evaluate import groups_of
from .predict import has_bfloat16, load_network, predict_labels
from .scanners import VARIANTS, simulate
from .settings import Run, Settings
from .summary import bootstrap_interval
from .train import train
from .validate import case_dice

ALL = Augmentation()
CONDITIONS = {
    "all": ({}, ALL),
    "without augmentation": ({}, replace(PLAIN, probability_spatial=0, probability_gamma=0, probability_blur=0, probability_noise=0)),
    "plain augmentation": ({}, PLAIN),
    "without rotation, scale, shear, warp": ({}, replace(ALL, probability_spatial=0, probability_warp=0)),
    "without boxes and stripping": ({}, replace(ALL, probability_box=0, probability_strip=0)),
    "without contrast, gamma, coil": ({}, replace(ALL, probability_contrast=0, probability_gamma=0, probability_bias=0)),
    "without resolution, blur, sharpening": ({}, replace(ALL, probability_resolution=0, probability_blur=0, probability_sharpen=0)),
    "without noise and grey levels": ({}, replace(ALL, probability_noise=0, probability_quantise=0)),
    "2D slices": ({"slices": True}, ALL),
    "one class": ({"whole_only": True}, ALL),
    "two convolutions, concatenated skips": ({"lean": False}, ALL),
    "AdamW": ({"optimiser": "adamw"}, ALL),
    "another seed": ({"seed": 2}, ALL),
}
ENSEMBLE = ("mean of two seeds", ("all", "another seed"))


def score(networks: list[torch.nn.Module], cases: list[Case]) -> dict[str, list[float]]:
    """{case: [anterior, posterior, whole, whole through a simulated scanner]}."""
    names, rows = sorted(VARIANTS), {}
    for index, case in enumerate(cases):
        clean = case_dice(predict_labels(networks, case.intensities), case.labels)
        intensities, labels = simulate(case, names[index % len(names)])
        rows[case.name] = [*clean, case_dice(predict_labels(networks, intensities), labels)[2]]
    return rows


def run_condition(options: argparse.Namespace, name: str, fold: int) -> Path:
    """Trains a condition on one fold unless that is done, and returns its checkpoint."""
    changes, augmentation = CONDITIONS[name]
    output = options.output / name.replace(" ", "-").replace(",", "") / f"fold{fold}"
    short = Settings(epochs=options.epochs, validate_every=options.epochs + 1, widths=tuple(options.widths), autocast=has_bfloat16())
    settings = replace(short, **changes)
    run = Run(options.curated, output, str(fold), name, compile=options.compile)
    train(run, settings, augmentation)
    return output / "last.pt"


def describe(rows, reference, groups, whole_only):
    """One line of the table: mean scores, and the paired difference of whole Dice to the reference, clean and simulated."""
    names = sorted(reference)
    mean = np.mean([rows[name] for name in names], 0)
    cells = ["", ""] if whole_only else [f"{mean[0]:.4f}", f"{mean[1]:.4f}"]
    cells.append(f"{mean[2]:.4f}")
    for column in (2, 3):
        paired = [rows[name][column] - reference[name][column] for name in names]
        low, high = bootstrap_interval(paired, [groups[name] for name in names])
        if column == 3:
            cells.append(f"{mean[3]:.4f}")
        cells.append(f"{np.mean(paired):+.4f} ({low:+.4f} to {high:+.4f})" if rows is not reference else "")
    return cells


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("curated", type=Path)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--fold", type=int, action="append", required=True)
    parser.add_argument("--only", action="append", choices=CONDITIONS, help="these conditions (and 'all') instead of every one")
    parser.add_argument("--widths", type=int, nargs=4, default=Settings.widths, help="channels per level: fewer are quicker")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--compile", action=argparse.BooleanOptionalAction, default=False)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    wanted = [name for name in CONDITIONS if not options.only or name in ("all", *options.only)]
    folds, groups = json.loads((options.curated / "folds.json").read_text())["folds"], groups_of(options.curated)
    scores = {name: {} for name in wanted}
    if all(name in wanted for name in ENSEMBLE[1]):
        scores[ENSEMBLE[0]] = {}
    for fold in options.fold:
        cases = read_cases(options.curated, folds[fold])
        networks = {name: load_network(run_condition(options, name, fold)) for name in wanted}
        for name in scores:
            members = ENSEMBLE[1] if name == ENSEMBLE[0] else (name,)
            scores[name] |= score([networks[member] for member in members], cases)
    lines = [
        "| | anterior | posterior | whole | difference to all | simulated scanners, whole | difference to all |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, rows in scores.items():
        lines.append(" | ".join([f"| {name}", *describe(rows, scores["all"], groups, name == "one class")]) + " |")
    (options.output / "table.md").write_text("\n".join(lines) + "\n")
    document = {"epochs": options.epochs, "widths": options.widths, "folds": options.fold, "scores": scores}
    (options.output / "comparisons.json").write_text(json.dumps(document, indent=1))
    print("\n".join(lines))


if __name__ == "__main__":
    main()
