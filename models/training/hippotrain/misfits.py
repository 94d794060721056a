"""Labels that do not fit their image, told from images that are merely hard.

Two pieces of evidence add up: how much worse than usual the label fits (`agreement.py`), and how much better another label would fit
its image (`rivals.py`). A hard image makes every label fit badly, its own still best. What stays under the limit becomes a note.
"""

import numpy as np

from .agreement import FEWEST_CASES, judge_all, read_examples
from .cohort import robust_spread
from .rivals import best_rival

SUSPECT = -3.5
GAIN_WEIGHT = 3.0
MISFIT = 10.5
SIZE_MISFIT = -6.0
SIZE_SPREADS = 1.5
PLAIN = -2.0


def find_misfits(cases, seed=0):
    """({name: reason to leave out}, {name: [notes]}); `cases` {name: (intensities, labels)}. Too few cases: nothing is judged."""
    if len(cases) < FEWEST_CASES:
        return {}, {}
    examples = read_examples(cases, seed)
    scores, judges = judge_all(examples)
    plain = [name for name in sorted(cases) if scores[name]["place"] > PLAIN]
    volumes = {name: float((labels > 0).sum()) for name, (_, labels) in cases.items()}
    middle, spread = float(np.median(list(volumes.values()))), robust_spread(np.array(list(volumes.values())))
    reasons, notes = {}, {}
    for name, score in scores.items():
        size = _size_reason(score, (volumes[name] - middle) / spread)
        if size:
            reasons[name] = size
        elif score["place"] < SUSPECT:
            picture, signs, _ = examples[name]
            others = [cases[other][1] for other in plain if other != name]
            rival = best_rival((picture, signs, cases[name][1]), others, judges[name], np.random.default_rng(seed))
            words = f"the label fits its image worse than usual ({score['place']:.1f} deviations)"
            if GAIN_WEIGHT * rival.gain - score["place"] > MISFIT:
                reasons[name] = f"{words}; by {rival.gain:+.1f} better if {rival.words}"
            else:
                notes[name] = [f"{words}, but no other fits clearly better: hard, not wrong"]
    return reasons, notes


def _size_reason(score, above):
    """`above`: how many spreads the volume lies above the median. A small or large hippocampus that its image confirms is none."""
    for kind, way in (("small", -1), ("large", 1)):
        if score[kind] < min(SIZE_MISFIT, score["place"]) and way * above > SIZE_SPREADS:
            return f"the label is too {kind} for what its image shows ({score[kind]:.1f} deviations)"
    return None
