"""python -m hippotrain.standard_error CURATED --weights calibrated.pt --run RUN [--run RUN ...] --scores REPORT/scores.json: how far a volume is off.

Every case is measured by the network that has not seen it, as it is, shrunken (disease.py) and as another scanner would have shown it
(scanners.py). The error is the predicted volume less the manual one. A line through signs that inference knows, too, gives its standard
deviation, one for each structure:

    standard error, mm3 = constantMm3 + perVolume * volume + perSurface * surface + perUncertainty * uncertainty

volume: labelled voxels. surface: faces between a labelled voxel and one that is not. uncertainty: sum of p (1 - p) in the box around
the mask with 4 voxels more on each side, p a voxel's probability to belong to the structure. All of the largest body on a grid of
1 mm; word for word src/inference/volume-errors.ts.

Most coefficients are 0: of several forms the simplest stays whose likelihood of people left out is not clearly worse than the best.
The error holds the scatter of the hand that traced, because the tracing is what it is measured against. It holds no difference between
hospitals, scanners or tracing protocols beyond those that are simulated, and those are reported, not fitted.
"""

import argparse
import json
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from scipy import optimize

from .canvas import ANTERIOR, IMAGE, INSIDE, POSTERIOR, read_cases, to_canvas
from .compare import keep_largest_body, open_model
from .disease import Disease, Draw, change_case
from .evaluate import fold_of, groups_of
from .metrics import STRUCTURES, structure_mask
from .predict import softmax
from .preprocess import prepare, restore
from .scanners import VARIANTS, simulate

MARGIN = 4
TERMS = ("constantMm3", "perVolume", "perSurface", "perUncertainty")
# From simple to less so; of equally simple ones the likelier.
FORMS = (
    ("constantMm3",),
    ("perVolume",),
    ("perSurface",),
    ("perUncertainty",),
    ("constantMm3", "perVolume"),
    ("constantMm3", "perUncertainty"),
    ("perVolume", "perUncertainty"),
    ("perSurface", "perUncertainty"),
)
PLAIN = ("perVolume",)
PLAIN_KIND = "as it is"
FITTED = (PLAIN_KIND, "shrunken")
SHRUNKEN = Disease(probability_loss=1, probability_small_loss=0, loss=(0.05, 0.6))
NORMAL_95 = 1.96
WANTED_68, WANTED_95 = 0.683, 0.95
TOLERANCE = 0.02


def read_error_signs(probabilities):
    """{structure: {volume, surface, uncertainty}} in mm3, mm2 and mm3; `probabilities` [3, x, y, z] of voxels of 1 mm."""
    labels = keep_largest_body(probabilities.argmax(0).astype(np.uint8))
    found = np.argwhere(labels > 0)
    if not len(found):
        return {structure: {"volume": 0.0, "surface": 0.0, "uncertainty": 0.0} for structure in STRUCTURES}
    box = tuple(slice(max(0, low - MARGIN), high + MARGIN + 1) for low, high in zip(found.min(0), found.max(0), strict=True))
    part = {"whole": probabilities[1] + probabilities[2], "anterior": probabilities[1], "posterior": probabilities[2]}
    signs = {}
    for structure in STRUCTURES:
        mask, p = structure_mask(labels, structure), part[structure][box]
        padded = np.pad(mask, 1).astype(int)
        faces = sum(np.abs(np.diff(padded, axis=axis)).sum() for axis in range(3))
        signs[structure] = {"volume": float(mask.sum()), "surface": float(faces), "uncertainty": float((p * (1 - p)).sum())}
    return signs


def columns(signs, terms):
    """[case, term] of the signs' rows."""
    value = {
        "constantMm3": lambda row: 1.0,
        "perVolume": lambda row: row["volume"],
        "perSurface": lambda row: row["surface"],
        "perUncertainty": lambda row: row["uncertainty"],
    }
    return np.array([[value[term](row) for term in terms] for row in signs], float)


def log_likelihoods(errors, deviations):
    return -np.log(deviations) - 0.5 * (errors / deviations) ** 2


def fit_line(signs, errors, terms):
    """Coefficients of the terms, none negative, by maximum likelihood of normal errors around 0."""
    table, errors = columns(signs, terms), np.asarray(errors, float)
    scale = table.mean(0)
    level = np.sqrt(np.mean(errors**2))
    if len(terms) == 1:
        # Exact: the deviation of errors that are divided by their sign.
        return np.array([np.sqrt(np.mean((errors / table[:, 0]) ** 2))])

    def cost(weights):
        return -log_likelihoods(errors, table @ (weights / scale) + 1e-9).mean()

    starts = [level * share for share in (np.full(len(terms), 1 / len(terms)), *(0.8 * np.eye(len(terms)) + 0.1))]
    tries = [optimize.minimize(cost, start, bounds=[(0, None)] * len(terms), method="L-BFGS-B") for start in starts]
    return min(tries, key=lambda one: one.fun).x / scale


def cases_beside(fold, folds):
    """Indices of the cases of the other folds; of all cases if there is one fold only, for trying this out."""
    return np.flatnonzero(folds != fold) if (folds != fold).any() else np.arange(len(folds))


def held_out(signs, errors, folds, terms):
    """The deviation of each case by the line fitted on the other folds."""
    folds, errors = np.asarray(folds), np.asarray(errors, float)
    deviations = np.empty(len(errors))
    for fold in np.unique(folds):
        others, own = cases_beside(fold, folds), np.flatnonzero(folds == fold)
        weights = fit_line([signs[i] for i in others], errors[others], terms)
        deviations[own] = columns([signs[i] for i in own], terms) @ weights
    return deviations


def mean_interval(values, groups, rounds=1000, seed=1):
    """95 % interval of the mean; whole groups are drawn, as summary.bootstrap_interval does for any statistic, only faster."""
    names, index = np.unique(groups, return_inverse=True)
    sums, counts = np.bincount(index, np.asarray(values, float)), np.bincount(index)
    drawn = np.random.default_rng(seed).integers(len(names), size=(rounds, len(names)))
    return np.percentile(sums[drawn].sum(1) / counts[drawn].sum(1), (2.5, 97.5))


def choose_form(signs, errors, folds, groups):
    """(terms, {terms: held-out log-likelihood of each case}): the simplest that is not clearly worse than the likeliest.

    Clearly: by more than one standard error of the difference, where the cases of a person count as one.
    """
    likelihoods = {terms: log_likelihoods(errors, held_out(signs, errors, folds, terms)) for terms in FORMS}
    best = max(FORMS, key=lambda terms: likelihoods[terms].mean())
    groups = np.asarray(groups)

    def is_as_good(terms):
        behind = likelihoods[best] - likelihoods[terms]
        persons = np.array([behind[groups == group].sum() for group in np.unique(groups)])
        return behind.sum() <= persons.std(ddof=1) * np.sqrt(len(persons))

    good = [terms for terms in FORMS if is_as_good(terms)]
    simplest = min(len(terms) for terms in good)
    return max((t for t in good if len(t) == simplest), key=lambda t: likelihoods[t].mean()), likelihoods


def shrink_case(case):
    """(intensities, labels) of the case as disease would have left it; the same every time."""
    canvas = to_canvas(case)
    draw = Draw(torch.Generator().manual_seed(zlib.crc32(f"{case.name}/shrunken".encode())))
    return cut_crop(change_case(canvas, draw, SHRUNKEN))


def cut_crop(canvas):
    """(intensities, labels) [x, y, z] of what a canvas shows of its crop."""
    inside = canvas[INSIDE] > 0.5
    box = tuple(slice(int(ends.min()), int(ends.max()) + 1) for ends in torch.nonzero(inside, as_tuple=True))
    anterior, posterior = canvas[ANTERIOR][box].numpy(), canvas[POSTERIOR][box].numpy()
    # As in training (spatial.py): the greatest share wins.
    labels = np.stack([1 - anterior - posterior, anterior, posterior]).argmax(0).astype(np.uint8)
    return canvas[IMAGE][box].numpy(), labels


def measure(case, kind, intensities, labels, predict):
    """One row: signs and true volume of each structure."""
    signs = read_error_signs(predict(intensities))
    manual = {structure: float(structure_mask(labels, structure).sum()) for structure in STRUCTURES}
    return {"name": case.name, "kind": kind, "signs": signs, "manual": manual}


def measure_case(case, variant, predict):
    """The case as it is, shrunken, and as another scanner would have shown it."""
    return [
        measure(case, PLAIN_KIND, case.intensities, case.labels, predict),
        measure(case, "shrunken", *shrink_case(case), predict),
        measure(case, "other scanner", *simulate(case, variant), predict),
    ]


def open_predictor(path, threads):
    """Intensities [x, y, z] of 1 mm to probabilities [3, x, y, z], by a checkpoint or an ONNX file."""
    run = open_model(path, threads)

    def predict(intensities):
        prepared = prepare(intensities)
        return restore(softmax(run(prepared.network_input)), prepared)

    return predict


def collect_rows(curated, predictors, folds, every=1):
    """Rows of every case (or every n-th) of the folds that `predictors` {fold: predict} hold back."""
    groups, variants, rows = groups_of(curated), sorted(VARIANTS), []
    for fold, predict in predictors.items():
        for index, case in enumerate(read_cases(curated, folds[fold][::every])):
            found = measure_case(case, variants[index % len(variants)], predict)
            # Of a case without hippocampus, or without one of its parts, the product reports no volume.
            usable = [row for row in found if all(one["volume"] > 0 for one in row["signs"].values())]
            rows += [{**row, "fold": fold, "group": groups[case.name]} for row in usable]
        print(f"fold {fold} measured", flush=True)
    return rows


def build_block(rows, how):
    """(the manifest's `standardError`, the table that says how well it holds)."""
    block = {"kind": "linear", "formula": "constantMm3 + perVolume * volume + perSurface * surface + perUncertainty * uncertainty"}
    lines = ["| structure | cases | form | error, mm3 | standard error, mm3 | within 1 (68 %) | within 1.96 (95 %) |", "|---|---|---|---|---|---|---|"]
    holds = {}
    for structure in STRUCTURES:
        line = fit_structure(rows, structure)
        holds[structure] = f"{structure} on cases {' and '.join(line.kinds)}"
        plain = judge(rows, structure, line, lambda row: row["kind"] == PLAIN_KIND)
        block[structure] = {
            **{term: float(f"{line.weights.get(term, 0.0):.5g}") for term in TERMS},
            "coverage68": round(float(plain["within68"].mean()), 3),
            "coverage95": round(float(plain["within95"].mean()), 3),
        }
        lines += describe_structure(rows, structure, line)
    block["how"] = f"{how}; fitted: {', '.join(holds.values())}; coverage of cases as they are"
    return block, "\n".join(lines)


@dataclass(frozen=True)
class Line:
    """A line of one structure: its terms, the coefficients fitted on all cases, the coefficients without each fold."""

    kinds: tuple
    terms: tuple
    weights: dict
    without: dict
    gain: np.ndarray
    groups: np.ndarray


def fit_line_of(rows, structure, kinds):
    signs, errors, folds, groups = facts_of([row for row in rows if row["kind"] in kinds], structure)
    terms, likelihoods = choose_form(signs, errors, folds, groups)
    without = {}
    for fold in np.unique(folds):
        others = cases_beside(fold, folds)
        without[int(fold)] = fit_line([signs[i] for i in others], errors[others], terms)
    weights = dict(zip(terms, fit_line(signs, errors, terms), strict=True))
    return Line(kinds, terms, weights, without, likelihoods[terms] - likelihoods[PLAIN], groups)


def fit_structure(rows, structure):
    """The line fitted on cases as they are and shrunken; without the shrunken ones if it would not hold for cases as they are.

    A network that sees too little of a loss is off by so much in shrunken cases that no line holds for both.
    """
    present = {row["kind"] for row in rows}
    line = fit_line_of(rows, structure, tuple(kind for kind in FITTED if kind in present))
    plain = judge(rows, structure, line, lambda row: row["kind"] == PLAIN_KIND)
    for name, wanted in (("within68", WANTED_68), ("within95", WANTED_95)):
        low, high = mean_interval(plain[name], plain["groups"])
        if not low - TOLERANCE <= wanted <= high + TOLERANCE:
            return fit_line_of(rows, structure, (PLAIN_KIND,))
    return line


def judge(rows, structure, line, wanted):
    """Errors and standard errors of the wanted rows, each by the line fitted without its fold."""
    chosen = [row for row in rows if wanted(row)]
    signs, errors, folds, groups = facts_of(chosen, structure)
    deviations = np.array([(columns([sign], line.terms) @ line.without[int(fold)])[0] for sign, fold in zip(signs, folds, strict=True)])
    size = np.abs(errors) / deviations
    return {
        "errors": errors,
        "deviations": deviations,
        "groups": groups,
        "within68": (size <= 1).astype(float),
        "within95": (size <= NORMAL_95).astype(float),
    }


def facts_of(rows, structure):
    signs = [row["signs"][structure] for row in rows]
    errors = np.array([row["signs"][structure]["volume"] - row["manual"][structure] for row in rows])
    return signs, errors, np.array([row["fold"] for row in rows]), np.array([row["group"] for row in rows])


def describe_structure(rows, structure, line):
    """Rows of the table: each kind, and of the cases as they are the thirds with the smallest and largest standard error."""
    lines = []
    for kind in dict.fromkeys(row["kind"] for row in rows):
        found = judge(rows, structure, line, lambda row, kind=kind: row["kind"] == kind)
        fitted = "" if kind in line.kinds else " (not fitted)"
        lines.append(describe(structure, f"{kind}{fitted}", line.terms, found))
        if kind == PLAIN_KIND:
            low, high = np.quantile(found["deviations"], (1 / 3, 2 / 3))
            for name, which in (("smallest third", found["deviations"] <= low), ("largest third", found["deviations"] >= high)):
                lines.append(describe(structure, name, line.terms, {key: values[which] for key, values in found.items()}))
    low, high = mean_interval(line.gain, line.groups)
    gain = f"log-likelihood of a case left out over that of a constant share of the volume: {line.gain.mean():+.4f} ({low:+.4f} to {high:+.4f})"
    return [*lines, f"| {structure} | {gain} | | | | | |"]


def describe(structure, name, terms, found):
    errors, deviations = found["errors"], found["deviations"]
    shares = []
    for limit in ("within68", "within95"):
        low, high = mean_interval(found[limit], found["groups"])
        shares.append(f"{100 * found[limit].mean():.1f} % ({100 * low:.0f} to {100 * high:.0f})")
    error = f"{errors.mean():+.0f} ± {errors.std(ddof=1):.0f}"
    spread = f"{deviations.mean():.0f} ({deviations.min():.0f} to {deviations.max():.0f})"
    return f"| {structure} | {name}, {len(errors)} | {' + '.join(terms)} | {error} | {spread} | {' | '.join(shares)} |"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("curated", type=Path)
    parser.add_argument("--run", type=Path, action="append", default=[])
    parser.add_argument("--weights", default="best.pt")
    parser.add_argument("--model", type=Path, help="one network for all folds: for trying this out, because it has seen the cases")
    parser.add_argument("--scores", type=Path, help="scores.json of hippotrain.evaluate, which then holds the block for hippotrain.export")
    parser.add_argument("--manifest", type=Path, help="manifest of an exported model to write the block into")
    parser.add_argument("--rows", type=Path, help="where to write what was measured of every case")
    parser.add_argument("--how", default="crops, each by a network that had not seen its person")
    parser.add_argument("--every", type=int, default=1, help="use every n-th case only: for trying this out")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    if bool(options.run) == bool(options.model):
        raise SystemExit("give either --run, once for each fold, or --model")
    torch.set_num_threads(options.threads)
    folds = json.loads((options.curated / "folds.json").read_text())["folds"]
    if options.model:
        predict = open_predictor(options.model, options.threads)
        predictors = dict.fromkeys(range(len(folds)), predict)
    else:
        predictors = {fold_of(run, folds): open_predictor(run / options.weights, options.threads) for run in options.run}
    rows = collect_rows(options.curated, predictors, folds, options.every)
    if options.rows:
        options.rows.write_text(json.dumps(rows))
    cases = len({row["name"] for row in rows})
    block, table = build_block(rows, f"{cases} {options.how}")
    print(table)
    print(json.dumps(block, indent=1))
    for path in (options.scores, options.manifest):
        if path:
            content = json.loads(path.read_text())
            content["standardError"] = block
            path.write_text(json.dumps(content, indent=2 if path == options.manifest else 1) + "\n")


if __name__ == "__main__":
    main()
