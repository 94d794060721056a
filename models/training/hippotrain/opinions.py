"""What networks say that have not seen a case: Dice and volume against its label, and whether the label moved would agree better.

A network of fold k has not seen the crops of that fold, nor of any person in it, so that a wrong label cannot have taught it.
"""

import json
from itertools import product

from .labelmoves import dice, move

# The least that networks reached on any of 208 sound crops they had not seen is 0.81.
WRONG_DICE = 0.7
DOUBTED_DICE = 0.78
MOVED_GAIN = 0.08
WRONG_RATIO = 1.6
NOTED_DICE = 0.82


def ask_networks(runs, weights, folds):
    """A function {name: (intensities, labels)} -> {name: label map by the networks that have not seen it}.

    `folds`: what folds.json holds. A case in no fold was held back by every run; whoever trained on all cases is refused.
    """
    from .predict import load_network, predict_labels

    fold_of = {name: index for index, fold in enumerate(folds["folds"]) for name in fold}
    networks = {}
    for run in runs:
        fold = json.loads((run / "run.json").read_text())["fold"]
        if not fold.isdigit() or int(fold) >= len(folds["folds"]):
            raise SystemExit(f"{run} held no fold back (fold {fold}): it has seen every case")
        networks.setdefault(int(fold), []).append(load_network(run / weights))

    def ask(cases):
        everyone = [network for own in networks.values() for network in own]
        asked = {name: networks.get(fold_of[name]) if name in fold_of else everyone for name in cases}
        return {name: predict_labels(own, cases[name][0]) for name, own in asked.items() if own}

    return ask


def best_move(opinion, mask, reach=6, step=2):
    """(Dice, (x, y, z) voxels) of the move of the mask that agrees best with the opinion."""
    moves = product(range(-reach, reach + 1, step), repeat=3)
    return max((dice(opinion, move(mask, by)), by) for by in moves)


def compare_opinions(cases, opinions):
    """({name: reason to leave out}, {name: [notes]})."""
    reasons, notes = {}, {}
    for name, opinion in sorted(opinions.items()):
        mask, seen = cases[name][1] > 0, opinion > 0
        agreed = dice(seen, mask)
        if agreed > NOTED_DICE:
            continue
        ratio = float(seen.sum()) / float(mask.sum())
        moved, by = best_move(seen, mask)
        text = f"networks that have not seen it agree with the label at Dice {agreed:.2f}, volume ratio {ratio:.2f}"
        if moved > agreed + MOVED_GAIN:
            text += f"; moved by {by[0]}, {by[1]}, {by[2]} mm at {moved:.2f}"
        doubted = moved > agreed + MOVED_GAIN or max(ratio, 1 / max(ratio, 1e-3)) > WRONG_RATIO
        if agreed < WRONG_DICE or (agreed < DOUBTED_DICE and doubted):
            reasons[name] = text
        else:
            notes[name] = [text]
    return reasons, notes
