"""Writes parity-fixture.json: what models/training/hippotrain/preprocess.py makes of crops given by a formula.

Run from the repository root with numpy: PYTHONPATH=models/training python test/inference/parity-fixture.py
"""

import json
from pathlib import Path

import numpy as np
from hippotrain.preprocess import prepare, restore

CROPS = [
    ((36, 48, 32), (1.0, 1.0, 1.0)),
    ((40, 60, 44), (0.7, 0.7, 0.7)),
    ((30, 42, 27), (1.3, 1.3, 1.3)),
    ((20, 26, 22), (2.0, 2.0, 2.0)),
    ((41, 33, 25), (0.9, 1.0, 1.5)),
    ((20, 96, 21), (1.0, 1.0, 1.0)),
]
SAMPLES = 60


def pattern(x, y, z):
    """0 here and there, as outside of a skull-stripped head."""
    return np.where((x + 2 * y + 3 * z) % 11 == 0, 0, 50 + (x * 7 + y * 13 + z * 29 + x * y) % 211).astype(np.float32)


def spread(values):
    """Every so-many-th value, with its index."""
    step = max(1, values.size // SAMPLES)
    return [[int(i), float(values[i])] for i in range(0, values.size, step)]


def describe(size, spacing):
    crop = pattern(*np.indices(size))
    prepared = prepare(crop, spacing)
    inside = tuple(slice(low, low + n) for low, n in zip(prepared.low, prepared.size, strict=True))
    padded = np.zeros(prepared.network_input.shape[2:])
    padded[inside] = np.sin(0.3 * sum(w * i for w, i in zip((1, 0.7, 0.4), np.indices(prepared.size), strict=True)))
    back = restore(padded[None], prepared)[0]
    return {
        "size": size,
        "spacing": spacing,
        "modelSize": prepared.size,
        "padded": padded.shape,
        "low": prepared.low,
        "normalized": spread(prepared.network_input[0, 0][inside].ravel()),
        "restored": spread(back.ravel(order="F")),
    }


path = Path(__file__).with_suffix(".json")
rows = ",\n".join(json.dumps(describe(*crop)) for crop in CROPS)
path.write_text(f"[\n{rows}\n]\n")
