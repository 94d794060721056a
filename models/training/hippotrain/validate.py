"""How good a network is on cases it has not seen: as they are, and under simulated scanners."""

import numpy as np
import torch

from .losses import segmentation_loss, to_shares
from .predict import has_bfloat16, predict_labels, predict_probabilities
from .scanners import VARIANTS, simulate

STRUCTURES = ("anterior", "posterior", "whole")


def dice(prediction, truth):
    total = prediction.sum() + truth.sum()
    return 2.0 * (prediction & truth).sum() / total if total else 1.0


def case_dice(predicted, labels):
    """Dice of anterior, posterior and whole, [3]."""
    return np.array([dice(predicted == 1, labels == 1), dice(predicted == 2, labels == 2), dice(predicted > 0, labels > 0)])


def crop_loss(probabilities, labels):
    """The training loss of one whole crop, from its probabilities [3, x, y, z]."""
    logits = torch.from_numpy(np.log(np.maximum(probabilities, 1e-7))).float()[None]
    truth = torch.from_numpy(labels).long()[None]
    return float(segmentation_loss(logits, to_shares(truth), torch.ones(truth.shape)))


def validate(network, cases, variants_per_case=1):
    """({"clean", "simulated", "worst"} Dice and the clean "validationLoss", predictions of the clean cases).

    Each case meets a few of the variants, in turn, so that all variants are met equally often.
    """
    names, quick = sorted(VARIANTS), has_bfloat16()
    clean, simulated, predictions, losses = [], [], [], []
    for index, case in enumerate(cases):
        probabilities = predict_probabilities([network], case.intensities, bfloat16=quick)
        predicted = probabilities.argmax(0).astype(np.uint8)
        predictions.append(predicted)
        losses.append(crop_loss(probabilities, case.labels))
        clean.append(case_dice(predicted, case.labels))
        for turn in range(variants_per_case):
            intensities, labels = simulate(case, names[(index * variants_per_case + turn) % len(names)])
            simulated.append(case_dice(predict_labels([network], intensities, bfloat16=quick), labels))
    clean, simulated = np.array(clean), np.array(simulated)
    scores = {
        "validationLoss": round(float(np.mean(losses)), 4),
        "clean": dict(zip(STRUCTURES, clean.mean(0).round(4).tolist(), strict=True)),
        "simulated": dict(zip(STRUCTURES, simulated.mean(0).round(4).tolist(), strict=True)),
        "worst": {"clean": round(float(clean[:, 2].min()), 4), "simulated": round(float(simulated[:, 2].min()), 4)},
    }
    return scores, predictions


def selection_score(scores):
    """What checkpoints are chosen by: half the cases as they are, half the simulated scanners."""
    return float(np.mean([*scores["clean"].values(), *scores["simulated"].values()]))
