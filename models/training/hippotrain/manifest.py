"""models/hippocampus.json: what an implementation of inference must know about the ONNX file beside it."""

import hashlib
from datetime import date

from .confidence import SIGNS
from .preprocess import LOWER_PERCENTILE, MULTIPLE, PATCH, UPPER_PERCENTILE

NAME = "hippovolume-unet3d"
LICENCE = (
    "CC BY-SA 4.0 (weights trained on the Medical Segmentation Decathlon, Task 04 Hippocampus, CC BY-SA 4.0, "
    "Vanderbilt University Medical Center; Antonelli et al., The Medical Segmentation Decathlon, 2022)"
)
DATASET = "Medical Segmentation Decathlon, Task 04 Hippocampus"
BORROWED = (
    "SynthSeg's label maps (Billot et al.; Apache-2.0), heads of OpenNeuro ds002748 and ds002790 (CC0) and OpenfMRI ds000011 (PDDL) "
    "with outlines by HippoDeep (Thyreau et al.; MIT)"
)
"""What the first epochs learnt from (borrowed_cases.py)."""


def sha256_of(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def score_summary(document, how):
    """The manifest's `scores` from the test report's document."""
    summary = document["summary"]

    def mean(structure, measure):
        return round(summary[structure][measure]["value"], 4)

    return {
        "cases": document["cases"],
        "diceAnterior": mean("anterior", "dice"),
        "dicePosterior": mean("posterior", "dice"),
        "diceWhole": mean("whole", "dice"),
        "worstDiceWhole": round(summary["whole"]["worstDice"], 4),
        "hausdorff95Mm": mean("whole", "hausdorff95"),
        "volumeErrorPercent": round(summary["whole"]["volumeErrorPercent"]["value"], 2),
        "volumeBiasPercent": round(summary["whole"]["volumeBiasPercent"]["value"], 2),
        "how": how,
        "of": "crops of the hospital it learnt from",
    }


USEFUL_CORRELATION = 0.2


def confidence_rule(document):
    """How to expect a Dice from two signs, see confidence.py; `warnBelow` marks the least certain tenth.

    A measure that does not rank the held-back cases is not offered at all: it would only look like knowledge.
    """
    line = document["confidence"]
    if line["spearman"] < USEFUL_CORRELATION:
        return {"kind": "none", "spearman": round(line["spearman"], 3)}
    expected = sorted(row["expectedFromSigns"] for row in document["perCase"].values())
    return {
        "kind": "signs",
        "formula": "intercept + unsureShare * (share of the mask with p < 0.7) + intensitySpread * "
        "(sd inside the eroded mask / sd of all that is not zero within 4 voxels of its bounding box)",
        "intercept": round(line["intercept"], 5),
        **{sign: round(line[sign], 5) for sign in SIGNS},
        "warnBelow": round(expected[len(expected) // 10], 4),
        "spearman": round(line["spearman"], 3),
        "worstTenthFoundInLeastConfidentFifth": round(line["worstTenthFoundInLeastConfidentFifth"], 3),
    }


def build_manifest(onnx_path, version, training, document, how, heads=None):
    """`heads`: the manifest's scores.heads, what the product reached on whole heads of another hospital."""
    manifest = {
        "schemaVersion": 1,
        "name": NAME,
        "version": version,
        "created": date.today().isoformat(),
        "file": onnx_path.name,
        "sha256": sha256_of(onnx_path),
        "side": "left",
        "frame": "RAS",
        "spacingMm": [1, 1, 1],
        "input": {
            "name": "intensities",
            "axes": ["batch", "channel", "right", "anterior", "superior"],
            "patch": list(PATCH),
            "multiple": MULTIPLE,
            "dynamic": True,
            # Wider than the largest training crop: the product looks again in a box of the usual (median) size.
            "focus": {"beyond": [43, 59, 47], "box": [36, 50, 36]},
        },
        "normalization": {
            "kind": "percentile-zscore",
            "lowerPercentile": LOWER_PERCENTILE,
            "upperPercentile": UPPER_PERCENTILE,
            "foreground": "nonzero",
        },
        "output": {
            "name": "logits",
            "axes": ["batch", "class", "right", "anterior", "superior"],
            "activation": "softmax",
        },
        "labels": [
            {"value": 0, "name": "background"},
            {"value": 1, "name": "anterior"},
            {"value": 2, "name": "posterior"},
        ],
        "training": {
            "dataset": DATASET,
            "licence": "CC BY-SA 4.0",
            "startedFrom": BORROWED,
            **training,
        },
    }
    if document:
        manifest["scores"] = score_summary(document, how) | ({"heads": heads} if heads else {})
        manifest["confidence"] = confidence_rule(document)
        if "standardError" in document:
            manifest["standardError"] = document["standardError"]
    manifest["licence"] = LICENCE
    return manifest
