"""The curation's page: what was left out and why, what is odd, and pictures of sizes, intensities, volumes and contours."""

from html import escape

import numpy as np

STYLE = """<style>body{font:15px/1.5 system-ui,sans-serif;max-width:1100px;margin:2em auto;padding:0 1em;color:#222}
table{border-collapse:collapse}td,th{border-bottom:1px solid #ddd;padding:.25em .8em;text-align:left}img{max-width:100%}
.number{text-align:right}</style>"""
# Published manual volumes of one adult hippocampus; the Decathlon's protocol traces smaller than FreeSurfer does.
EXPECTED_MM3 = (2000, 5500)
COLOURS = ("#ff8c1a", "#33b5ff")


def write_report(kept, excluded, cohort, folder):
    """`kept` {name: (image Facts, label Facts, Traits, notes)}, `excluded` {name: reason}."""
    import matplotlib

    matplotlib.use("Agg")
    folder.mkdir(parents=True, exist_ok=True)
    draw_statistics(kept, cohort, folder / "statistics.png")
    draw_montage(kept, folder / "montage.png")
    odd = {name: notes for name, (_, _, _, notes) in kept.items() if notes}
    common = [notes for notes in odd.values() if notes == ["8-bit intensities"]]
    shown = {name: notes for name, notes in odd.items() if notes != ["8-bit intensities"]}
    page = [
        "<!doctype html><meta charset=utf-8><title>Curation</title>",
        STYLE,
        f"<h1>Curation</h1><p>{len(kept)} cases kept (as many images as labels), {len(excluded)} left out.</p>",
        "<h2>Left out</h2>",
        _table(("case", "reason"), excluded.items()),
        "<h2>Kept, but worth knowing</h2>",
        f"<p>{len(common)} further cases have nothing odd but 8-bit intensities.</p>",
        _table(("case", "notes"), ((name, "; ".join(notes)) for name, notes in shown.items())),
        "<h2>Sizes, intensities, volumes</h2><img src=statistics.png alt='histograms'>",
        "<h2>Every case</h2><p>Sagittal slice through the middle of the label; anterior orange, posterior blue.</p>",
        "<img src=montage.png alt='montage of all cases with contours'>",
    ]
    (folder / "index.html").write_text("\n".join(page))


def _table(heads, rows):
    head = "".join(f"<th>{escape(h)}</th>" for h in heads)
    body = "".join("<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><tr>{head}</tr>{body}</table>"


def draw_statistics(kept, cohort, path):
    from matplotlib import pyplot

    found = [entry[2] for entry in kept.values()]
    extents = np.array([t.extent for t in found])
    figure, axes = pyplot.subplots(2, 3, figsize=(14, 7.5))
    for axis, name, colour in zip(range(3), "xyz", ("#d1495b", "#66a182", "#2e4057"), strict=True):
        axes[0, 0].hist(extents[:, axis], bins=range(20, 66, 2), alpha=0.6, color=colour, label=f"{name} (RAS)")
    axes[0, 0].set(title="Size of the crop", xlabel="mm")
    axes[0, 0].legend()
    spacings = np.array([entry[0].spacing for entry in kept.values()])
    axes[0, 1].hist(spacings.ravel(), bins=np.linspace(0.9, 1.1, 21), color="#2e4057")
    axes[0, 1].set(title="Spacing (all three axes)", xlabel="mm")
    axes[0, 2].hist([t.level for t in found], bins=40, color="#2e4057")
    axes[0, 2].set(title="Intensity range (1st to 99th percentile)", xlabel="log10")
    volumes = [t.anterior + t.posterior for t in found]
    axes[1, 0].hist(volumes, bins=30, color="#2e4057")
    axes[1, 0].axvspan(*EXPECTED_MM3, color="#66a182", alpha=0.15, label="expected range")
    axes[1, 0].axvline(cohort.volume, color="#d1495b", label=f"median {cohort.volume:.0f}")
    axes[1, 0].set(title="Volume, whole hippocampus", xlabel="mm3")
    axes[1, 0].legend()
    axes[1, 1].scatter([t.anterior for t in found], [t.posterior for t in found], s=12, color="#2e4057")
    axes[1, 1].set(title="Anterior against posterior", xlabel="anterior mm3", ylabel="posterior mm3")
    axes[1, 2].imshow(cohort.place[cohort.place.shape[0] // 2].T, origin="lower", cmap="magma")
    axes[1, 2].set(title="Share of labels, sagittal (crops scaled alike)")
    figure.tight_layout()
    figure.savefig(path, dpi=80)
    pyplot.close(figure)


def draw_montage(kept, path, columns=16):
    from matplotlib import pyplot

    rows = -(-len(kept) // columns)
    figure, axes = pyplot.subplots(rows, columns, figsize=(columns * 1.2, rows * 1.0), squeeze=False)
    for panel in axes.ravel():
        panel.set_axis_off()
    for panel, (name, (image, label, _, _)) in zip(axes.ravel(), kept.items(), strict=False):
        middle = int(np.argwhere(label.array > 0)[:, 0].mean().round())
        plane = image.array[middle].astype(float).T
        panel.imshow(plane, origin="lower", cmap="gray", vmin=np.percentile(plane, 1), vmax=np.percentile(plane, 99))
        for value, colour in zip((1, 2), COLOURS, strict=True):
            mask = value == label.array[middle].T
            if mask.any():
                panel.contour(mask, [0.5], colors=colour, linewidths=0.7)
        panel.set_title(name[-12:], fontsize=4, pad=1)
    figure.subplots_adjust(0, 0, 1, 0.99, 0.03, 0.12)
    figure.savefig(path, dpi=110)
    pyplot.close(figure)
