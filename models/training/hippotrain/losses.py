"""Cross-entropy plus soft Dice, both only where the crop has data (padding carries no label)."""

import torch
from torch.nn import functional


def soft_dice(probability, target):
    """1 - Dice per case, [batch]; the small constant keeps an absent structure from dividing by zero."""
    overlap = (probability * target).flatten(1).sum(1)
    total = probability.flatten(1).sum(1) + target.flatten(1).sum(1)
    return 1 - (2 * overlap + 1) / (total + 1)


def segmentation_loss(logits, labels, valid):
    """`logits` [b, 3, x, y, z] float, `labels` [b, x, y, z] long, `valid` [b, x, y, z] float; a scalar.

    Dice is taken for anterior, posterior and the whole hippocampus: the total volume is what is reported.
    """
    cross_entropy = (functional.cross_entropy(logits, labels, reduction="none") * valid).sum() / valid.sum()
    probabilities = torch.softmax(logits, 1) * valid[:, None]
    anterior, posterior = (labels == 1).float() * valid, (labels == 2).float() * valid
    dice = (
        soft_dice(probabilities[:, 1], anterior)
        + soft_dice(probabilities[:, 2], posterior)
        + soft_dice(probabilities[:, 1] + probabilities[:, 2], anterior + posterior)
    ) / 3
    return cross_entropy + dice.mean()
