"""Cross-entropy plus soft Dice, both only where the crop has data (padding carries no label)."""

import torch
from torch.nn import functional


def to_shares(labels, classes=3):
    """Labels [b, x, y, z] -> [b, class, x, y, z], 1 for the voxel's class and 0 for the others."""
    return functional.one_hot(labels, classes).movedim(-1, 1).float()


def soft_dice(probability, target):
    """1 - Dice per case, [batch]; the small constant keeps an absent structure from dividing by zero.

    The overlap is written with a difference (Wang et al. 2023, Dice semimetric losses): the same as the product for a target of 0 and
    1, and for one in between least where the probability equals it.
    """
    total = probability.flatten(1).sum(1) + target.flatten(1).sum(1)
    difference = (probability - target).abs().flatten(1).sum(1)
    return 1 - (total - difference + 1) / (total + 1)


def segmentation_loss(logits, targets, valid):
    """`logits` and `targets` [b, 3, x, y, z] float, the targets shares that add up to 1; `valid` [b, x, y, z] float; a scalar.

    Dice is taken for anterior, posterior and the whole hippocampus: the total volume is what is reported.
    """
    logarithms = torch.log_softmax(logits, 1)
    cross_entropy = -((logarithms * targets).sum(1) * valid).sum() / valid.sum()
    found, wanted = logarithms.exp() * valid[:, None], targets * valid[:, None]
    dice = (
        soft_dice(found[:, 1], wanted[:, 1])
        + soft_dice(found[:, 2], wanted[:, 2])
        + soft_dice(found[:, 1] + found[:, 2], wanted[:, 1] + wanted[:, 2])
    ) / 3
    return cross_entropy + dice.mean()


def volume_error(logits, targets, valid):
    """Mean over the batch of |log(found volume / true volume)| of the whole hippocampus, from probabilities; a scalar.

    Cross-entropy and Dice tolerate a mask that hedges towards the usual size where the border is unsure; this does not.
    """
    found = (torch.softmax(logits, 1)[:, 1:].sum(1) * valid).flatten(1).sum(1)
    true = (targets[:, 1:].sum(1) * valid).flatten(1).sum(1)
    return ((found + 50) / (true + 50)).log().abs().mean()
