"""python -m hippotrain.train CURATED --fold 0 --output RUN: trains one network; run it again to go on where it stopped.

Fold k keeps the cases of that fold for validation; --fold all trains on every case; --fold borrowed trains on the folder of
borrowed_cases.py instead of CURATED, to start all folds from. RUN/last.pt is written after each epoch,
RUN/best.pt whenever the selection score (clean and simulated scanners) rises, RUN/board is for `tensorboard --logdir`.
"""

import argparse
import json
import time
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch

from .augment import AUGMENTATIONS, Augmentation, make_batch
from .board import open_board, write_pictures, write_scores
from .canvas import Case, load_canvases, read_cases
from .ill_cases import IllCases
from .predict import has_bfloat16, load_network
from .settings import Run, Settings
from .spatial import send
from .trainer import Trainer
from .validate import selection_score, validate

BORROWED = "borrowed"
"""The fold of a network that has seen none of the curated cases (borrowed_cases.py): any fold may start from it."""


def run_epoch(
    trainer: Trainer,
    canvases: torch.Tensor,
    augmentation: Augmentation,
    steps_in_all: int,
    ill: IllCases | None = None,
    ill_share: float = 0.0,
) -> float:
    """One pass over the cases in an order and with augmentations that depend on seed and epoch only; the mean loss."""
    settings = trainer.settings
    generator = torch.Generator().manual_seed(settings.seed * 100003 + trainer.epoch)
    order = torch.randperm(len(canvases), generator=generator)
    total = torch.zeros((), device=trainer.device)
    starts = range(0, len(order) - settings.batch + 1, settings.batch)
    for start in starts:
        indices = order[start : start + settings.batch]
        chosen = canvases[send(indices, trainer.device)].float()
        if ill:
            chosen = ill.replace_some(chosen, indices, ill_share, generator)
        inputs, targets, valid = make_batch(chosen, settings.patch, generator, augmentation)
        if settings.whole_only:
            targets = torch.stack([targets[:, 0], targets[:, 1:].sum(1), torch.zeros_like(targets[:, 0])], 1)
        total += trainer.train_step(inputs, targets, valid, steps_in_all)
    return float(total) / len(starts)


def check_fold_agrees(checkpoint: Path, fold: str) -> None:
    """Refuses to go on or to learn from a network that was trained on the cases to be held back now."""
    before = json.loads((checkpoint.parent / "run.json").read_text())["fold"]
    if before not in (fold, BORROWED):
        raise SystemExit(f"{checkpoint} was trained for fold {before}, not for fold {fold}: it has seen other cases")


def load_teachers(run: Run) -> list[torch.nn.Module]:
    for path in run.teachers:
        check_fold_agrees(path, run.fold)
    return [load_network(path).to(run.device) for path in run.teachers]


def load_training_cases(run: Run) -> tuple[torch.Tensor, IllCases | None, list[Case]]:
    """(canvases to train on, their ill copies or None, cases to validate)."""
    if run.fold == BORROWED:
        return torch.from_numpy(np.load(run.curated / "cases.npy")), None, []
    folds = json.loads((run.curated / "folds.json").read_text())["folds"]
    held = folds[int(run.fold)] if run.fold != "all" else []
    names = sorted(name for fold in folds for name in fold if name not in held)
    ill = IllCases(run.ill, names) if run.ill else None
    return load_canvases(run.curated, names), ill, read_cases(run.curated, held)


def train(run: Run, settings: Settings, augmentation: Augmentation) -> None:
    """Trains one network, or goes on where run.output/last.pt stopped; writes run.json, last.pt, best.pt and board there."""
    canvases, ill, cases = load_training_cases(run)
    if run.start_from:
        check_fold_agrees(run.start_from, run.fold)
    teachers = load_teachers(run)
    run.output.mkdir(parents=True, exist_ok=True)
    notes = {
        "fold": run.fold,
        "augmentation": run.augmentation,
        "illShare": run.ill_share if ill else 0.0,
        "settings": asdict(settings),
    }
    (run.output / "run.json").write_text(json.dumps(notes, indent=1))
    trainer = Trainer(settings, run.compile, run.device, teachers)
    canvases = canvases.to(trainer.device)
    if (run.output / "last.pt").exists():
        trainer.resume(run.output / "last.pt")
    elif run.start_from:
        trainer.start_from(run.start_from)
    board = open_board(run.output / "board", trainer.epochs_before + trainer.epoch)
    steps_in_all = settings.epochs * (len(canvases) // settings.batch)
    print(f"fold {run.fold}: {len(canvases)} cases to train, {len(cases)} to validate, from epoch {trainer.epoch}", flush=True)
    began, first = time.monotonic(), trainer.epoch
    while trainer.epoch < settings.epochs:
        start = time.monotonic()
        loss = run_epoch(trainer, canvases, augmentation, steps_in_all, ill, run.ill_share)
        trainer.epoch += 1
        record = {"epoch": trainer.epoch, "loss": round(loss, 4), "seconds": round(time.monotonic() - start, 1)}
        shown = trainer.epochs_before + trainer.epoch
        board.add_scalar("loss/train", loss, shown)
        board.add_scalar("learning rate", settings.learning_rate * trainer.pace(steps_in_all), shown)
        improved = False
        if cases and settings.validate_every and (trainer.epoch % settings.validate_every == 0 or trainer.epoch == settings.epochs):
            scores, predictions = validate(trainer.average, cases)
            write_scores(board, scores, shown)
            write_pictures(board, cases, predictions, shown)
            record |= scores
            improved = selection_score(scores) > trainer.best
            trainer.best = max(trainer.best, selection_score(scores))
        trainer.history.append(record)
        trainer.save(run.output / "last.pt")
        if improved or not cases:
            trainer.save(run.output / "best.pt")
        left = (time.monotonic() - began) / (trainer.epoch - first) * (settings.epochs - trainer.epoch)
        print(json.dumps(record), f"ETA {left / 60:.0f} min", flush=True)
        if run.stop_after and trainer.epoch - first >= run.stop_after:
            break
    board.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("curated", type=Path)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--fold", default="0")
    parser.add_argument("--epochs", type=int, default=Settings.epochs)
    parser.add_argument("--batch", type=int, default=Settings.batch)
    parser.add_argument("--learning-rate", type=float, default=Settings.learning_rate)
    parser.add_argument("--widths", type=int, nargs=4, default=Settings.widths, help="channels per level")
    parser.add_argument("--optimiser", choices=("muon", "adamw"), default=Settings.optimiser)
    parser.add_argument("--muon-share", type=float, default=Settings.muon_share, help="largest step as a share of a filter bank's length")
    parser.add_argument(
        "--autocast", action=argparse.BooleanOptionalAction,
        help="bfloat16; by default on a GPU and where the processor has it, because elsewhere it is slower",
    )  # fmt: skip
    parser.add_argument("--lean", action=argparse.BooleanOptionalAction, default=Settings.lean, help="see network.py")
    parser.add_argument("--seed", type=int, default=Settings.seed)
    parser.add_argument("--validate-every", type=int, default=Settings.validate_every, help="epochs; 0: never")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--augmentation", choices=AUGMENTATIONS, default="strong")
    parser.add_argument("--ill", type=Path, help="folder of ill copies of the cases (ill_cases.py)")
    parser.add_argument("--ill-share", type=float, default=0.45, help="how many of the cases of a batch are replaced by an ill copy")
    parser.add_argument("--start-from", type=Path, help="checkpoint of another run for the same fold whose weights to begin with")
    parser.add_argument("--teacher", type=Path, action="append", default=[], help="checkpoint for the same fold to learn from; several: their mean")
    parser.add_argument("--teaching", type=float, default=0.7, help="what the teachers' probabilities weigh against the labels")
    parser.add_argument("--volume-weight", type=float, default=Settings.volume_weight, help="what the error of the volume weighs in the loss")
    parser.add_argument("--device", default="cpu", help="cpu or cuda")
    parser.add_argument("--compile", action=argparse.BooleanOptionalAction, default=False, help="needs a C++ compiler; faster")
    parser.add_argument("--stop-after", type=int, help="stop after so many epochs of this call; the schedule stays the same")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    settings = Settings(
        epochs=options.epochs,
        batch=options.batch,
        learning_rate=options.learning_rate,
        lean=options.lean,
        optimiser=options.optimiser,
        muon_share=options.muon_share,
        autocast=options.autocast if options.autocast is not None else options.device != "cpu" or has_bfloat16(),
        widths=tuple(options.widths),
        teaching=options.teaching if options.teacher else 0.0,
        volume_weight=options.volume_weight,
        validate_every=options.validate_every,
        seed=options.seed,
    )
    run = Run(
        curated=options.curated,
        output=options.output,
        fold=options.fold,
        augmentation=options.augmentation,
        start_from=options.start_from,
        teachers=tuple(options.teacher),
        ill=options.ill,
        ill_share=options.ill_share,
        device=options.device,
        compile=options.compile,
        stop_after=options.stop_after,
    )
    train(run, settings, AUGMENTATIONS[options.augmentation])


if __name__ == "__main__":
    main()
