"""python -m hippotrain.compare CURATED --model ../hippocampus.onnx --product evaluation.json: is the product's answer Python's?

Predicts every case that `npm run evaluate -- CURATED --json evaluation.json` scored, with this package's own preprocessing and
ONNX Runtime, or with PyTorch if --model is a checkpoint (.pt), and compares Dice case by case. Ends with 1 if one differs by
more than 0.002. Python does not clear what lies apart from the hippocampus as the product does (its keep-largest-body), so each
case is compared both as it is and after the same step.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch
from scipy import ndimage

from .canvas import read_cases
from .metrics import STRUCTURES, overlap, structure_mask
from .predict import load_network, network_logits, softmax
from .preprocess import prepare, restore

TOLERANCE = 0.002


def open_model(path, threads):
    """[1, 1, X, Y, Z] numpy -> logits [3, X, Y, Z] numpy, of an ONNX file or a checkpoint."""
    if path.suffix == ".onnx":
        from .export import open_session

        session = open_session(path, threads)
        return lambda network_input: session.run(["logits"], {"intensities": network_input})[0][0]
    torch.set_num_threads(threads)
    network = load_network(path)
    return lambda network_input: network_logits(network, network_input)


def keep_largest_body(labels):
    """The label map without what shares no face with its largest connected body, whatever the labels."""
    bodies, count = ndimage.label(labels > 0)
    if count < 2:
        return labels
    return np.where(bodies == np.bincount(bodies.ravel())[1:].argmax() + 1, labels, 0).astype(labels.dtype)


def dice_of(predicted, truth):
    return {s: overlap(structure_mask(predicted, s), structure_mask(truth, s))["dice"] for s in STRUCTURES}


def score_case(case, run):
    """{"plain": {structure: Dice}, "largest": the same after keep_largest_body, "voxels": labelled voxels}."""
    prepared = prepare(case.intensities, np.linalg.norm(case.affine[:3, :3], axis=0))
    labels = restore(softmax(run(prepared.network_input)), prepared).argmax(0).astype(np.uint8)
    largest = keep_largest_body(labels)
    return {"plain": dice_of(labels, case.labels), "largest": dice_of(largest, case.labels), "voxels": int((largest > 0).sum())}


def differences(python, product, way):
    """{structure: product minus Python per case, in the cases' order}."""
    return {s: np.array([product[name][s]["dice"] - python[name][way][s] for name in python]) for s in STRUCTURES}


def write_table(python, product, way):
    """The comparison as a Markdown table, one row per structure, and the greatest difference of all."""
    rows = ["| | Python | product | greatest difference of a case | cases that differ |", "|---|---|---|---|---|"]
    greatest = 0.0
    for structure, difference in differences(python, product, way).items():
        mean = np.mean([row[way][structure] for row in python.values()])
        worst = float(np.abs(difference).max())
        greatest = max(greatest, worst)
        rows.append(f"| {structure} | {mean:.5f} | {mean + difference.mean():.5f} | {worst:.5f} | {(np.abs(difference) > 1e-9).sum()} of {len(difference)} |")
    return "\n".join(rows), greatest


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("curated", type=Path)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--product", type=Path, required=True, help="what npm run evaluate wrote with --json")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    product = {row["case"]: row for row in json.loads(options.product.read_text())["cases"]}
    run = open_model(options.model, options.threads)
    python = {case.name: score_case(case, run) for case in read_cases(options.curated, product)}
    print(f"{options.model.name}, {len(python)} cases; Python without the product's last step (largest body only):\n")
    print(write_table(python, product, "plain")[0])
    table, greatest = write_table(python, product, "largest")
    print(f"\nwith it:\n\n{table}")
    if greatest > TOLERANCE:
        raise SystemExit(f"\nNot the same answer: a case differs by {greatest:.4f}.")


if __name__ == "__main__":
    main()
