"""Labels that do not fit their image, told from images that are merely hard.

A label is left out only on two pieces of evidence: it fits far worse than usual (`agreement.py`), and another label would fit its
image clearly better (`rivals.py`), or the misfit is beyond anything that a hard image makes. What is between becomes a note.
"""

import numpy as np

from .agreement import FEWEST_CASES, judge_all, read_examples
from .rivals import best_rival

SUSPECT = -3.5
GAIN = 2.5
HOPELESS = -8.5
SIZE_MISFIT = -6.0
PLAIN = -2.0


def find_misfits(cases, seed=0):
    """({name: reason to leave out}, {name: [notes]}); `cases` {name: (intensities, labels)}. Too few cases: nothing is judged."""
    if len(cases) < FEWEST_CASES:
        return {}, {}
    examples = read_examples(cases, seed)
    scores, judges = judge_all(examples)
    plain = [name for name in sorted(cases) if scores[name]["place"] > PLAIN]
    reasons, notes = {}, {}
    for name, score in scores.items():
        size = _size_reason(score)
        if size:
            reasons[name] = size
        elif score["place"] < SUSPECT:
            picture, signs, _ = examples[name]
            others = [cases[other][1] for other in plain if other != name]
            rival = best_rival((picture, signs, cases[name][1]), others, judges[name], np.random.default_rng(seed))
            words = f"the label fits its image worse than usual ({score['place']:.1f} deviations)"
            if rival.gain > GAIN:
                reasons[name] = f"{words}, and better by {rival.gain:.1f} if {rival.words}"
            elif score["place"] < HOPELESS:
                reasons[name] = f"{words}, as no hard image does"
            else:
                notes[name] = [f"{words}, but no other fits clearly better: hard, not wrong"]
    return reasons, notes


def _size_reason(score):
    for kind in ("small", "large"):
        if score[kind] < SIZE_MISFIT and score[kind] < score["place"]:
            return f"the label is too {kind} for what its image shows ({score[kind]:.1f} deviations)"
    return None
