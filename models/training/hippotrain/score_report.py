"""The test report as a page: figures with intervals, plots, every case in a table, the best and the worst in pictures."""

from html import escape

import numpy as np

from .board import draw_cases
from .curation_report import STYLE
from .metrics import STRUCTURES
from .summary import MEASURES

SHOWN = 6
TITLES = {
    "dice": "Dice", "jaccard": "Jaccard", "sensitivity": "Sensitivity", "specificity": "Specificity", "precision": "Precision",
    "hausdorff95": "Hausdorff 95 % (mm)", "surfaceDistance": "Mean surface distance (mm)",
    "volumeErrorPercent": "Absolute volume error (%)", "volumeBiasPercent": "Volume bias (%)",
}  # fmt: skip


def write_report(document, cases, predictions, folder):
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    per_case = document["perCase"]
    ordered = sorted(per_case, key=lambda name: per_case[name]["whole"]["dice"])
    for title, names in (("worst", ordered[:SHOWN]), ("best", ordered[::-1][:SHOWN])):
        figure = draw_cases([cases[n] for n in names], [predictions[n] for n in names])
        figure.savefig(folder / f"{title}.png", dpi=80)
        pyplot.close(figure)
    draw_plots(document, folder / "plots.png")
    page = [
        "<!doctype html><meta charset=utf-8><title>Test report</title>",
        STYLE,
        f"<h1>Test report</h1><p>{document['cases']} cases of {document['groups']} groups (persons, as far as known), each scored "
        "by a network that has not seen it. In brackets: 95 % intervals, bootstrapped over groups.</p>",
        _summary_table(document["summary"]),
        _confidence_line(document["confidence"]),
        "<img src=plots.png alt='Bland-Altman and Dice plots'>",
        "<h2>The worst cases</h2><p>Manual outline dashed, network solid; anterior orange, posterior blue.</p>",
        "<img src=worst.png alt='worst cases'>",
        _reasons(ordered[:SHOWN], per_case, cases),
        "<h2>The best cases</h2><img src=best.png alt='best cases'>",
        _reasons(ordered[::-1][:SHOWN], per_case, cases),
        "<h2>Every case</h2>",
        _case_table(ordered, per_case),
    ]
    (folder / "index.html").write_text("\n".join(page))


def _summary_table(summary):
    rows = []
    for measure in (*MEASURES, "volumeErrorPercent", "volumeBiasPercent"):
        digits = 4 if measure in MEASURES[:5] else 2
        cells = []
        for structure in STRUCTURES:
            entry = summary[structure][measure]
            low, high = entry["interval"]
            cells.append(f"<td>{entry['value']:.{digits}f} [{low:.{digits}f}, {high:.{digits}f}]</td>")
        rows.append(f"<tr><th>{TITLES[measure]}</th>{''.join(cells)}</tr>")
    worst = "".join(f"<td>{summary[s]['worstDice']:.4f}</td>" for s in STRUCTURES)
    agreement = "".join("<td>{:.1f} to {:.1f}</td>".format(*summary[s]["limitsOfAgreementPercent"]) for s in STRUCTURES)
    correlation = "".join(f"<td>{summary[s]['volumeCorrelation']:.3f}</td>" for s in STRUCTURES)
    rows += [
        f"<tr><th>Worst Dice</th>{worst}</tr>",
        f"<tr><th>Limits of agreement, volume (%)</th>{agreement}</tr>",
        f"<tr><th>Volume correlation</th>{correlation}</tr>",
    ]
    return f"<table><tr><th></th>{''.join(f'<th>{s}</th>' for s in STRUCTURES)}</tr>{''.join(rows)}</table>"


def _confidence_line(confidence):
    return (
        f"<p>Confidence (expected Dice): rank correlation with the reached Dice {confidence['spearman']:.2f}; of the worst tenth, "
        f"{confidence['worstTenthFoundInLeastConfidentFifth']:.0%} are in the least confident fifth.</p>"
    )


def explain(name, per_case, cases):
    """What can be read off the figures about why a case came out as it did."""
    row = per_case[name]
    words = []
    difference = row["whole"]["volumeDifferencePercent"]
    if abs(difference) > 6:
        words.append(f"the network draws {abs(difference):.0f} % {'more' if difference > 0 else 'less'} than the tracer")
    anterior, posterior = (row[part]["volumeDifferencePercent"] for part in STRUCTURES[:2])
    if anterior * posterior < 0 and min(abs(anterior), abs(posterior)) > 6:
        words.append(f"the border between the parts is moved (anterior {anterior:+.0f} %, posterior {posterior:+.0f} %)")
    if row["whole"]["hausdorff95"] and row["whole"]["hausdorff95"] > 2.0:
        words.append(f"one end or edge differs by {row['whole']['hausdorff95']:.1f} mm")
    lows = [_noise(case) for case in cases.values()]
    if _noise(cases[name]) > np.percentile(lows, 90):
        words.append("the image is among the noisiest tenth")
    if row["whole"]["manualVolume"] < np.percentile([r["whole"]["manualVolume"] for r in per_case.values()], 10):
        words.append("the hippocampus is among the smallest tenth, so that each boundary voxel counts for more")
    return "; ".join(words) or "nothing stands out: outlines agree to within the usual width of a boundary"


def _noise(case):
    differences = np.diff(case.intensities.astype(float), axis=0)
    return np.median(np.abs(differences)) / max(np.percentile(case.intensities, 90), 1e-9)


def _reasons(names, per_case, cases):
    items = (f"<li><b>{escape(n)}</b> (whole {per_case[n]['whole']['dice']:.3f}): {explain(n, per_case, cases)}</li>" for n in names)
    return f"<ul>{''.join(items)}</ul>"


def _case_table(names, per_case):
    heads = ["case", *(f"Dice {s}" for s in STRUCTURES), "HD95 mm", "volume mm3", "manual mm3", "difference %", "expected Dice"]
    rows = []
    for name in names:
        row, whole = per_case[name], per_case[name]["whole"]
        cells = [
            escape(name),
            *(f"{row[s]['dice']:.3f}" for s in STRUCTURES),
            "-" if whole["hausdorff95"] is None else f"{whole['hausdorff95']:.1f}",
            f"{whole['volume']:.0f}",
            f"{whole['manualVolume']:.0f}",
            f"{whole['volumeDifferencePercent']:+.1f}",
            f"{row['expectedFromSigns']:.3f}",
        ]
        rows.append("<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>")
    return f"<table><tr>{''.join(f'<th>{h}</th>' for h in heads)}</tr>{''.join(rows)}</table>"


def draw_plots(document, path):
    from matplotlib import pyplot

    rows = list(document["perCase"].values())
    figure, axes = pyplot.subplots(1, 4, figsize=(20, 4.6))
    axes[0].boxplot([[row[s]["dice"] for row in rows] for s in STRUCTURES], tick_labels=STRUCTURES)
    axes[0].set(title="Dice")
    volume, manual = (np.array([row["whole"][key] for row in rows]) for key in ("volume", "manualVolume"))
    axes[1].scatter(manual, volume, s=14)
    ends = [min(manual.min(), volume.min()), max(manual.max(), volume.max())]
    axes[1].plot(ends, ends, color="#888", linewidth=1)
    axes[1].set(title="Volume", xlabel="manual mm3", ylabel="network mm3")
    difference = 100 * (volume - manual) / manual
    axes[2].scatter((volume + manual) / 2, difference, s=14)
    spread = 1.96 * difference.std(ddof=1)
    for level in (difference.mean(), difference.mean() - spread, difference.mean() + spread):
        axes[2].axhline(level, color="#d1495b", linewidth=1)
        axes[2].annotate(f"{level:+.1f} %", (ends[0], level), va="bottom")
    axes[2].set(title="Bland-Altman", xlabel="mean of both, mm3", ylabel="network - manual, %")
    axes[3].scatter([row["expectedFromSigns"] for row in rows], [row["whole"]["dice"] for row in rows], s=14)
    axes[3].set(title="Confidence", xlabel="expected Dice", ylabel="reached Dice")
    figure.tight_layout()
    figure.savefig(path, dpi=80)
    pyplot.close(figure)
