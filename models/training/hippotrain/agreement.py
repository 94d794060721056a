"""How well each label fits its own image, learnt from the folder itself.

Labels that are known not to fit are made of the folder's own: moved, mirrored, another crop's, too small, too large.
Linear discriminants (Fisher, shrunk) learn what the image along a fitting outline looks like and what along each kind of these. Every crop is judged by
discriminants learnt on other crops. The result is a number of robust standard deviations from the usual crop, negative where
the label fits worse. A second round leaves the worst out of what is learnt from, so that wrong labels do not teach.
"""

from dataclasses import dataclass

import numpy as np

from .cohort import robust_spread
from .labelmoves import centre_of, place_at
from .outline import mirrored_signs, outline_of, picture_of, read_signs

FEWEST_CASES = 60
PARTS = 5
SHRINK = 0.3
CLIP = 5.0
UNFIT_TO_TEACH = -5.0
KINDS = ("place", "small", "large", "side")


@dataclass
class Judge:
    """Discriminants that have not seen the cases they judge. `score(signs)` {kind: deviations from the usual}."""

    middle: np.ndarray
    spread: np.ndarray
    used: np.ndarray
    weights: dict
    scale: dict

    def score(self, signs):
        inputs = standardise(signs, self)
        return {kind: float((inputs @ w - self.scale[kind][0]) / self.scale[kind][1]) for kind, w in self.weights.items()}


def standardise(signs, judge):
    values = (signs[..., judge.used] - judge.middle) / judge.spread
    return np.clip(np.nan_to_num(values), -CLIP, CLIP)


def unfit_outlines(labels, others, rng):
    """(outline of `labels`, [(kind, outline, moved by)] of labels that do not fit); `others`: two labels of other crops."""
    mask = labels > 0
    own, larger, smaller = outline_of(mask, (0, 2, -2))
    centre, ways = centre_of(labels), rng.normal(size=(4, 3))
    steps = np.round(ways / np.linalg.norm(ways, axis=1, keepdims=True) * np.array([[3], [3], [5], [5]])).astype(int)
    placed = [place_at(other > 0, centre, mask.shape) for other in (mask[::-1], *others)]
    made = [("place", own, by) for by in steps] + [("small", smaller, (0, 0, 0)), ("large", larger, (0, 0, 0))]
    return own, made + [("place", outline_of(other)[0], (0, 0, 0)) for other in placed if other.any()]


def read_examples(cases, seed=0):
    """{name: (picture, own signs, {kind: [signs of unfit labels]})}; `cases` {name: (intensities, labels)}."""
    names, examples = sorted(cases), {}
    for name in names:
        rng = np.random.default_rng((seed, len(examples)))
        intensities, labels = cases[name]
        others = [cases[n][1] for n in rng.choice([n for n in names if n != name], 2, replace=False)]
        picture = picture_of(intensities)
        outline, made = unfit_outlines(labels, others, rng)
        own, unfit = read_signs(picture, outline), {}
        for kind, changed, by in made:
            unfit.setdefault(kind, []).append(read_signs(picture, changed, by))
        unfit["side"] = [mirrored_signs(own)]
        examples[name] = (picture, own, unfit)
    return examples


def learn(examples, names):
    """A Judge from the examples of `names`, on a scale of its own."""
    own = np.array([examples[name][1] for name in names])
    used = np.isfinite(own).mean(0) > 0.9
    middle = np.nanmedian(own[:, used], 0)
    spread = 1.4826 * np.nanmedian(np.abs(own[:, used] - middle), 0) + 0.02
    judge = Judge(middle, spread, used, {}, {})
    fit = standardise(own, judge)
    for kind in KINDS:
        unfit = standardise(np.array([signs for name in names for signs in examples[name][2].get(kind, [])]), judge)
        shared = 0.5 * np.cov(fit.T) + 0.5 * np.cov(unfit.T)
        shared = (1 - SHRINK) * shared + SHRINK * np.trace(shared) / len(shared) * np.eye(len(shared))
        judge.weights[kind] = np.linalg.solve(shared, fit.mean(0) - unfit.mean(0))
        along = fit @ judge.weights[kind]
        judge.scale[kind] = (float(np.median(along)), robust_spread(along))
    return judge


def judge_all(examples, rounds=2):
    """({name: {kind: deviations}}, {name: the Judge that has not seen it}). Scores of held-back cases set the scale."""
    names = sorted(examples)
    part = {name: index % PARTS for index, name in enumerate(names)}
    scores, teaching = {}, set(names)
    for _ in range(rounds):
        judges = [learn(examples, [n for n in names if part[n] != k and n in teaching]) for k in range(PARTS)]
        for kind in KINDS:
            raw = np.array([judges[part[name]].score(examples[name][1])[kind] for name in names])
            middle, spread = float(np.median(raw)), robust_spread(raw)
            for judge in judges:
                centre, width = judge.scale[kind]
                judge.scale[kind] = (centre + middle * width, width * spread)
        scores = {name: judges[part[name]].score(examples[name][1]) for name in names}
        teaching = {name for name in names if min(scores[name].values()) > UNFIT_TO_TEACH}
    return scores, {name: judges[part[name]] for name in names}
