"""What TensorBoard shows: losses, learning rate, Dice per class, and pictures of predictions as training goes on."""

import numpy as np

FIGURE_CASES = 4


def open_board(folder, step):
    """Goes on after `step` epochs: what an interrupted run showed beyond them is dropped."""
    from torch.utils.tensorboard import SummaryWriter

    return SummaryWriter(folder, purge_step=step + 1, flush_secs=20)


def write_scores(board, scores, epoch):
    board.add_scalar("loss/validation", scores["validationLoss"], epoch)
    for how in ("clean", "simulated"):
        for structure, value in scores[how].items():
            board.add_scalar(f"dice {how}/{structure}", value, epoch)
    for how, value in scores["worst"].items():
        board.add_scalar(f"dice worst/{how}", value, epoch)


def write_pictures(board, cases, predictions, epoch):
    figure = draw_cases(cases[:FIGURE_CASES], predictions[:FIGURE_CASES])
    board.add_figure("predictions", figure, epoch)


def draw_cases(cases, predictions):
    """Sagittal and coronal slice per case: manual outline dashed, prediction filled lines, two colours for two parts."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(2, len(cases), figsize=(3 * len(cases), 6), squeeze=False)
    for column, (case, predicted) in enumerate(zip(cases, predictions, strict=True)):
        middle = np.argwhere(case.labels > 0).mean(0).round().astype(int)
        for row, axis in enumerate((0, 1)):
            panel = axes[row, column]
            panel.imshow(np.take(case.intensities, middle[axis], axis).T, origin="lower", cmap="gray")
            for value, colour in ((1, "#ff8c1a"), (2, "#33b5ff")):
                for labels, style in ((case.labels, "dashed"), (predicted, "solid")):
                    plane = np.take(labels == value, middle[axis], axis).T
                    if plane.any():
                        panel.contour(plane, [0.5], colors=colour, linewidths=1.2, linestyles=style)
            panel.set_axis_off()
        axes[0, column].set_title(case.name, fontsize=8)
    figure.tight_layout()
    return figure
