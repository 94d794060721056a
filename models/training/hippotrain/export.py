"""python -m hippotrain.export RUN/calibrated.pt [RUN/calibrated.pt ...] --output models/hippocampus.onnx --scores REPORT/scores.json --version 0.2.0

Several checkpoints become one file that gives their mean probability. Writes the ONNX file and its manifest (same name, .json), and
refuses to if ONNX Runtime's logits differ from PyTorch's by more than 1e-3 on any tried shape, if the file is larger than 12 MB, or if it does not run.
"""

import argparse
import json
import statistics
import time
from pathlib import Path

import numpy as np
import onnxruntime
import torch

from .ensemble import Ensemble
from .manifest import build_manifest
from .network import InstanceNorm
from .predict import load_network
from .preprocess import PATCH

OPSET = 18
LARGEST_BYTES = 12_000_000
TOLERANCE = 1e-3
SHAPES = (PATCH, (48, 64, 48), (40, 64, 32), (96, 96, 96))


def write_onnx(network, path):
    for module in network.modules():
        if isinstance(module, InstanceNorm):
            module.exporting = True
    axes = {2: "right", 3: "anterior", 4: "superior"}
    torch.onnx.export(
        network.to(memory_format=torch.contiguous_format),
        (torch.zeros(1, 1, *PATCH),),
        path,
        input_names=["intensities"],
        output_names=["logits"],
        opset_version=OPSET,
        dynamic_axes={"intensities": {0: "batch", **axes}, "logits": {0: "batch", **axes}},
        dynamo=False,
    )


def open_session(path, threads):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def largest_difference(network, session, seed=1):
    """Greatest absolute difference of the logits between ONNX Runtime and PyTorch over several shapes."""
    generator = torch.Generator().manual_seed(seed)
    worst = 0.0
    for shape in SHAPES:
        crop = torch.randn((1, 1, *shape), generator=generator)
        with torch.inference_mode():
            expected = network(crop).numpy()
        (found,) = session.run(["logits"], {"intensities": crop.numpy()})
        worst = max(worst, float(np.abs(found - expected).max()))
    return worst


def median_milliseconds(session, rounds=15):
    crop = np.random.default_rng(1).normal(size=(1, 1, *PATCH)).astype(np.float32)
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        session.run(["logits"], {"intensities": crop})
        times.append(1000 * (time.perf_counter() - start))
    return statistics.median(times)


def keep_horn(path, manifest):
    """Takes over the block of the temporal horn (horn_export.py) from the manifest that is about to be replaced."""
    before = json.loads(path.read_text()) if path.exists() else {}
    if "horn" in before:
        manifest["horn"] = before["horn"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", type=Path, nargs="+")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--version", required=True)
    parser.add_argument("--scores", type=Path, help="scores.json of hippotrain.evaluate")
    parser.add_argument("--how", default="cases of the fold that was held back from training")
    parser.add_argument("--cases", type=int, required=True, help="number of cases the network was trained on")
    parser.add_argument("--folds", required=True, help="in words, e.g. 'fold 0 of 5 held back, grouped by person'")
    parser.add_argument("--heads", type=json.loads, help='what `npm run evaluate` reached on whole heads: {"cases": 9, "diceWhole": 0.83, "of": "..."}')
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    network = Ensemble([load_network(path) for path in options.checkpoint]).eval()
    notes = torch.load(options.checkpoint[0], map_location="cpu", weights_only=True)
    write_onnx(network, options.output)
    session = open_session(options.output, options.threads)
    difference, size = largest_difference(network, session), options.output.stat().st_size
    if difference > TOLERANCE or size > LARGEST_BYTES:
        options.output.unlink()
        raise SystemExit(f"not exported: logits differ by {difference:.2g}, {size} bytes")
    training = {
        "cases": options.cases,
        "folds": options.folds,
        "networks": len(options.checkpoint),
        "epochs": notes["epoch"] + notes.get("epochs_before", 0),
        "seed": notes["settings"]["seed"],
    }
    document = json.loads(options.scores.read_text()) if options.scores else None
    manifest = build_manifest(options.output, options.version, training, document, options.how, options.heads)
    keep_horn(options.output.with_suffix(".json"), manifest)
    options.output.with_suffix(".json").write_text(json.dumps(manifest, indent=2) + "\n")
    speed = median_milliseconds(session)
    print(f"{options.output}: {size} bytes, logits within {difference:.1e} of PyTorch, {speed:.0f} ms per crop")


if __name__ == "__main__":
    main()
