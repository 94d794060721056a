"""python -m hippotrain.evaluate CURATED --run RUN [--run RUN ...] --output REPORT: the test report of one or several folds.

RUN is a folder of hippotrain.train with best.pt or last.pt; its fold's cases are scored, so that no case is scored by a network
that has seen it. Writes REPORT/scores.json and REPORT/index.html with pictures.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch

from .canvas import read_cases
from .confidence import expect_held_back, expected_dice, fit_signs, read_signs
from .metrics import score_case
from .predict import load_network, predict_probabilities
from .summary import ranking, summarise


def score_cases(cases, predict):
    """({case: {structure: scores, "expected": ...}}, {case: label map}); `predict(intensities)` -> [3, x, y, z]."""
    scores, predictions = {}, {}
    for case in cases:
        probabilities = predict(case.intensities)
        predictions[case.name] = probabilities.argmax(0).astype(np.uint8)
        scores[case.name] = score_case(predictions[case.name], case.labels)
        scores[case.name]["expected"] = expected_dice(probabilities)
        scores[case.name]["signs"] = read_signs(probabilities, case.intensities)
    return scores, predictions


def cross_validate(curated, runs, weights_file):
    """Scores of every case that the runs held back, the cases themselves, and the predictions."""
    folds = json.loads((curated / "folds.json").read_text())["folds"]
    scores, cases, predictions = {}, {}, {}
    for run in runs:
        checkpoint = run / weights_file
        fold = fold_of(run, folds)
        network = load_network(checkpoint)
        held = read_cases(curated, folds[fold])
        found, labels = score_cases(held, lambda crop, net=network: predict_probabilities([net], crop))
        for name in found:
            found[name]["fold"] = fold
        scores |= found
        predictions |= labels
        cases |= {case.name: case for case in held}
        print(f"fold {fold}: {len(held)} cases, whole {np.mean([s['whole']['dice'] for s in found.values()]):.4f}", flush=True)
    return scores, cases, predictions


def fold_of(run, folds):
    """The fold number that the run was trained with, from its own notes."""
    fold = json.loads((run / "run.json").read_text())["fold"] if (run / "run.json").exists() else run.name.removeprefix("fold")
    if not fold.isdigit() or int(fold) >= len(folds):
        raise SystemExit(f"{run} has no held-back fold to score (fold {fold})")
    return int(fold)


def groups_of(curated):
    groups = json.loads((curated / "folds.json").read_text())["groups"]
    return {name: index for index, group in enumerate(groups) for name in group}


def build_document(scores, groups):
    """What scores.json holds: cases, summary, calibration of the confidence."""
    names = sorted(scores)
    reached = [scores[name]["whole"]["dice"] for name in names]
    signs = [scores[name]["signs"] for name in names]
    expected = expect_held_back(signs, reached, [scores[name].get("fold", 0) for name in names])
    for name, value in zip(names, expected, strict=True):
        scores[name]["expectedFromSigns"] = float(value)
    return {
        "cases": len(names),
        "groups": len({groups[name] for name in names}),
        "summary": summarise(scores, groups),
        "confidence": {**fit_signs(signs, reached), **ranking(reached, expected)},
        "perCase": {name: scores[name] for name in names},
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("curated", type=Path)
    parser.add_argument("--run", type=Path, action="append", required=True)
    parser.add_argument("--weights", default="best.pt", help="best.pt (default) or last.pt of each run")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    scores, cases, predictions = cross_validate(options.curated, options.run, options.weights)
    document = build_document(scores, groups_of(options.curated))
    options.output.mkdir(parents=True, exist_ok=True)
    (options.output / "scores.json").write_text(json.dumps(document, indent=1))
    from .score_report import write_report

    write_report(document, cases, predictions, options.output)
    for structure, entry in document["summary"].items():
        print(f"{structure:9} Dice {entry['dice']['value']:.4f} {np.round(entry['dice']['interval'], 4).tolist()}, worst {entry['worstDice']:.3f}")


if __name__ == "__main__":
    main()
