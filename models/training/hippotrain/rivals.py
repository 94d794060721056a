"""Whether another label would fit an image better than its own: the same moved or mirrored, or one of another crop in its place.

That tells a wrong label from a hard image: in a noisy or odd image every label fits badly, and its own still best.
"""

from dataclasses import dataclass
from itertools import product

import numpy as np

from .labelmoves import centre_of, place_at
from .outline import outline_of, read_signs

STEPS_MM = (3, 5)
OTHERS = 10


@dataclass(frozen=True)
class Rival:
    """What fits better, in words, and by how many deviations."""

    words: str
    gain: float


def best_rival(case, cohort_labels, judge, rng):
    """The best of some 60 other labels. `case`: (picture, own signs, labels); `cohort_labels`: [labels] to draw others from."""
    picture, own_signs, labels = case
    mask, centre = labels > 0, centre_of(labels)
    own = judge.score(own_signs)["place"]
    outline = outline_of(mask)[0]
    ways = [np.array(way) for way in product((-1, 0, 1), repeat=3) if any(way)]
    tried = []
    for way, step in product(ways, STEPS_MM):
        by = np.round(way / np.linalg.norm(way) * step).astype(int)
        tried.append((f"moved by {by[0]}, {by[1]}, {by[2]} mm", outline, by))
    for other in (mask[::-1], place_at(mask[::-1], centre, mask.shape)):
        tried.append(("mirrored", outline_of(other)[0], (0, 0, 0)))
    for index in rng.choice(len(cohort_labels), min(OTHERS, len(cohort_labels)), replace=False):
        other = place_at(cohort_labels[index] > 0, centre, mask.shape)
        if other.any():
            tried.append(("replaced by that of another crop", outline_of(other)[0], (0, 0, 0)))
    scored = [(judge.score(read_signs(picture, around, by))["place"], words) for words, around, by in tried]
    score, words = max(scored)
    return Rival(words, score - own)
