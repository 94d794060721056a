"""python -m hippotrain.horn_export RUN/last.pt --scores scores.json --manifest ../hippocampus.json --version 0.1.0: ships the horn's network.

Writes temporal-horn.onnx beside the manifest and the block `horn` into it: what inference must know, the standard error of a horn's volume,
and from which volume on one can be told. Both are fitted on the horns of scores.json (horn_scores.py), which the network has not seen.
Refuses to where ONNX Runtime's logits differ from PyTorch's by more than 1e-3 or the file is larger than 2 MB.
"""

import argparse
import json
from pathlib import Path

import numpy as np

from .ensemble import Ensemble
from .export import TOLERANCE, largest_difference, open_session, write_onnx
from .horn_cases import HIPPOCAMPUS, HORN
from .manifest import sha256_of
from .predict import load_network

NAME = "hippovolume-temporal-horn"
FILE = "temporal-horn.onnx"
LARGEST_BYTES = 2_000_000
LICENCE = (
    "CC BY-SA 3.0 (weights trained on heads of IXI, CC BY-SA 3.0, with labels by DLMUSE, and on SynthSeg's label maps, Billot et al., Apache-2.0)"
)


def fit_error(rows):
    """(constantMm3, perVolume): 68 of 100 of the horns lie within constantMm3 + perVolume * found volume. No less than 0 each."""
    found = np.array([row["foundMm3"] for row in rows], float)
    error = np.abs(found - [row["trueMm3"] for row in rows])
    slope, constant = np.polyfit(found, error, 1)
    slope = max(0.0, slope)
    constant = max(0.0, error.mean() - slope * found.mean())
    scale = np.quantile(error / np.maximum(constant + slope * found, 1e-6), 0.683)
    return round(float(constant * scale), 1), round(float(slope * scale), 4)


def coverage(rows, constant, slope, width):
    inside = [abs(row["foundMm3"] - row["trueMm3"]) <= width * (constant + slope * row["foundMm3"]) for row in rows]
    return round(float(np.mean(inside)), 3)


def build_block(onnx_path, version, scores, epochs, cases, network):
    """`network`: the manifest of the hippocampus's network, which sees the same box in the same way."""
    rows = [row for group in scores.values() for row in group["cases"]]
    constant, slope = fit_error(rows)
    patch = network["input"]
    return {
        "name": NAME,
        "version": version,
        "file": onnx_path.name,
        "sha256": sha256_of(onnx_path),
        "licence": LICENCE,
        "input": {key: patch[key] for key in ("name", "axes", "patch", "multiple", "dynamic")},
        "normalization": network["normalization"],
        "output": network["output"],
        "labels": [
            {"value": 0, "name": "background"},
            {"value": HIPPOCAMPUS, "name": "hippocampus"},
            {"value": HORN, "name": "temporal-horn"},
        ],
        "standardError": {
            "constantMm3": constant,
            "perVolume": slope,
            "coverage68": coverage(rows, constant, slope, 1),
            "coverage95": coverage(rows, constant, slope, 1.96),
            "how": f"{len(rows)} horns of people and label maps that the network has not seen",
        },
        # Less than twice the error of a small one cannot be told from nothing.
        "slitBelowMm3": float(10 * np.ceil(0.2 * constant)),
        "training": {"cases": cases, "epochs": epochs},
        "scores": {name: group["network"] for name, group in scores.items()},
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--scores", type=Path, required=True)
    parser.add_argument("--manifest", type=Path, required=True)
    parser.add_argument("--version", required=True)
    parser.add_argument("--cases", type=int, required=True, help="number of cases the network was trained on")
    parser.add_argument("--epochs", type=int, required=True)
    options = parser.parse_args()
    network = Ensemble([load_network(options.checkpoint)]).eval()
    path = options.manifest.with_name(FILE)
    write_onnx(network, path)
    difference, size = largest_difference(network, open_session(path, 1)), path.stat().st_size
    if difference > TOLERANCE or size > LARGEST_BYTES:
        path.unlink()
        raise SystemExit(f"not exported: logits differ by {difference:.2g}, {size} bytes")
    manifest = json.loads(options.manifest.read_text())
    scores = json.loads(options.scores.read_text())
    manifest["horn"] = build_block(path, options.version, scores, options.epochs, options.cases, manifest)
    options.manifest.write_text(json.dumps(manifest, indent=2) + "\n")
    print(f"{path}: {size} bytes, logits within {difference:.1e} of PyTorch; {json.dumps(manifest['horn']['standardError'])}")


if __name__ == "__main__":
    main()
