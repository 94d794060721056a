"""python -m hippotrain.train CURATED --fold 0 --output RUN: trains one network; run it again to go on where it stopped.

Fold k keeps the cases of that fold for validation; --fold all trains on every case. RUN/last.pt is written after each epoch,
RUN/best.pt whenever the selection score (clean and simulated scanners) rises, RUN/board is for `tensorboard --logdir`.
"""

import argparse
import json
import math
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import torch

from .augment import AUGMENTATIONS, make_batch
from .board import open_board, write_pictures, write_scores
from .canvas import load_canvases, read_cases
from .losses import segmentation_loss
from .network import build_network
from .optimise import Muon, split_parameters
from .predict import has_bfloat16
from .preprocess import PATCH
from .validate import selection_score, validate


@dataclass(frozen=True)
class Settings:
    """`patch` in voxels of 1 mm; `average` is the decay of the moving average of the weights per step.

    `slices` and `whole_only` (one class instead of two) are for comparisons.
    """

    epochs: int = 18
    batch: int = 2
    patch: tuple = PATCH
    widths: tuple = (16, 32, 64, 128)
    lean: bool = True
    slices: bool = False
    whole_only: bool = False
    learning_rate: float = 1.5e-3
    weight_decay: float = 0.01
    optimiser: str = "muon"
    muon_share: float = 0.05
    autocast: bool = True
    warm_up_steps: int = 150
    average: float = 0.998
    validate_every: int = 6
    seed: int = 1


class Trainer:
    """Network, moving average and optimiser, and how they are saved and taken up again."""

    def __init__(self, settings, compiled):
        torch.manual_seed(settings.seed)
        self.settings = settings
        self.network = build_network(asdict(settings)).to(memory_format=torch.channels_last_3d)
        self.average = build_network(asdict(settings)).to(memory_format=torch.channels_last_3d).eval()
        self.average.load_state_dict(self.network.state_dict())
        self.forward = torch.compile(self.network) if compiled else self.network
        normed, others = split_parameters(self.network)
        if settings.optimiser == "adamw":
            normed, others = [], list(self.network.parameters())
        adamw = torch.optim.AdamW(others, settings.learning_rate, betas=(0.9, 0.99), weight_decay=settings.weight_decay)
        self.optimisers = [adamw] + ([Muon(normed, settings.muon_share)] if normed else [])
        self.peaks = [settings.learning_rate, settings.muon_share]
        self.epoch, self.step, self.best, self.history = 0, 0, 0.0, []
        self.epochs_before = 0

    def pace(self, steps_in_all):
        """Share of the greatest learning rate: linear warm-up, then half a cosine down to zero."""
        warm = min(1.0, (self.step + 1) / self.settings.warm_up_steps)
        return warm * 0.5 * (1 + math.cos(math.pi * self.step / steps_in_all))

    def train_step(self, inputs, labels, valid, steps_in_all):
        for optimiser, peak in zip(self.optimisers, self.peaks, strict=False):
            for group in optimiser.param_groups:
                group["lr"] = peak * self.pace(steps_in_all)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=self.settings.autocast):
            logits = self.forward(inputs.contiguous(memory_format=torch.channels_last_3d))
        loss = segmentation_loss(logits.float(), labels, valid)
        self.network.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 5.0)
        for optimiser in self.optimisers:
            optimiser.step()
        self.step += 1
        decay = min(self.settings.average, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            for kept, new in zip(self.average.parameters(), self.network.parameters(), strict=True):
                kept.lerp_(new, 1 - decay)
        return float(loss.detach())

    def save(self, path):
        """Written beside and renamed, so that a kill leaves the old file or the new one."""
        state = {
            "settings": asdict(self.settings),
            "network": self.network.state_dict(),
            "average": self.average.state_dict(),
            "optimisers": [optimiser.state_dict() for optimiser in self.optimisers],
            "epoch": self.epoch,
            "epochs_before": self.epochs_before,
            "step": self.step,
            "best": self.best,
            "history": self.history,
        }
        part = path.with_suffix(".part")
        torch.save(state, part)
        part.replace(path)

    def start_from(self, path):
        """Takes over the averaged weights of another run; schedule and optimiser begin anew."""
        state = torch.load(path, map_location="cpu", weights_only=True)
        self.network.load_state_dict(state["average"])
        self.average.load_state_dict(state["average"])
        self.epochs_before = state["epoch"] + state.get("epochs_before", 0)

    def resume(self, path):
        state = torch.load(path, map_location="cpu", weights_only=True)
        self.network.load_state_dict(state["network"])
        self.average.load_state_dict(state["average"])
        for optimiser, kept in zip(self.optimisers, state["optimisers"], strict=True):
            optimiser.load_state_dict(kept)
        self.epoch, self.step, self.best, self.history = (state[key] for key in ("epoch", "step", "best", "history"))
        self.epochs_before = state.get("epochs_before", 0)


def run_epoch(trainer, canvases, augmentation, steps_in_all):
    """One pass over the cases in an order and with augmentations that depend on seed and epoch only; the mean loss."""
    settings = trainer.settings
    generator = torch.Generator().manual_seed(settings.seed * 100003 + trainer.epoch)
    order = torch.randperm(len(canvases), generator=generator)
    losses = []
    for start in range(0, len(order) - settings.batch + 1, settings.batch):
        chosen = canvases[order[start : start + settings.batch]]
        inputs, labels, valid = make_batch(chosen, settings.patch, generator, augmentation)
        wanted = labels.clamp(max=1) if settings.whole_only else labels
        losses.append(trainer.train_step(inputs, wanted, valid, steps_in_all))
    return sum(losses) / len(losses)


def check_folds_agree(options):
    """Refuses to go on from a network that was trained on the cases to be held back now."""
    before = json.loads((options.start_from.parent / "run.json").read_text())["fold"]
    if before != options.fold:
        raise SystemExit(f"{options.start_from} was trained for fold {before}, not for fold {options.fold}: it has seen other cases")


def train(options, settings, augmentation):
    folds = json.loads((options.curated / "folds.json").read_text())["folds"]
    held = folds[int(options.fold)] if options.fold != "all" else []
    names = sorted(name for fold in folds for name in fold if name not in held)
    canvases, cases = load_canvases(options.curated, names), read_cases(options.curated, held)
    options.output.mkdir(parents=True, exist_ok=True)
    notes = {"fold": options.fold, "augmentation": options.augmentation, "settings": asdict(settings)}
    (options.output / "run.json").write_text(json.dumps(notes, indent=1))
    if options.start_from:
        check_folds_agree(options)
    trainer = Trainer(settings, options.compile)
    if (options.output / "last.pt").exists():
        trainer.resume(options.output / "last.pt")
    elif options.start_from:
        trainer.start_from(options.start_from)
    board = open_board(options.output / "board", trainer.epochs_before + trainer.epoch)
    steps_in_all = settings.epochs * (len(names) // settings.batch)
    print(f"fold {options.fold}: {len(names)} cases to train, {len(held)} to validate, from epoch {trainer.epoch}", flush=True)
    began, first = time.monotonic(), trainer.epoch
    while trainer.epoch < settings.epochs:
        start = time.monotonic()
        loss = run_epoch(trainer, canvases, augmentation, steps_in_all)
        trainer.epoch += 1
        record = {"epoch": trainer.epoch, "loss": round(loss, 4), "seconds": round(time.monotonic() - start, 1)}
        shown = trainer.epochs_before + trainer.epoch
        board.add_scalar("loss/train", loss, shown)
        board.add_scalar("learning rate", settings.learning_rate * trainer.pace(steps_in_all), shown)
        improved = False
        if cases and (trainer.epoch % settings.validate_every == 0 or trainer.epoch == settings.epochs):
            scores, predictions = validate(trainer.average, cases)
            write_scores(board, scores, shown)
            write_pictures(board, cases, predictions, shown)
            record |= scores
            improved = selection_score(scores) > trainer.best
            trainer.best = max(trainer.best, selection_score(scores))
        trainer.history.append(record)
        trainer.save(options.output / "last.pt")
        if improved or not cases:
            trainer.save(options.output / "best.pt")
        left = (time.monotonic() - began) / (trainer.epoch - first) * (settings.epochs - trainer.epoch)
        print(json.dumps(record), f"ETA {left / 60:.0f} min", flush=True)
        if options.stop_after and trainer.epoch - first >= options.stop_after:
            break
    board.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("curated", type=Path)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--fold", default="0")
    parser.add_argument("--epochs", type=int, default=Settings.epochs)
    parser.add_argument("--batch", type=int, default=Settings.batch)
    parser.add_argument("--learning-rate", type=float, default=Settings.learning_rate)
    parser.add_argument("--optimiser", choices=("muon", "adamw"), default=Settings.optimiser)
    parser.add_argument("--muon-share", type=float, default=Settings.muon_share, help="largest step as a share of a filter bank's length")
    parser.add_argument(
        "--autocast", action=argparse.BooleanOptionalAction, default=has_bfloat16(),
        help="bfloat16; by default where the processor has it, because elsewhere it is slower",
    )  # fmt: skip
    parser.add_argument("--lean", action=argparse.BooleanOptionalAction, default=Settings.lean, help="see network.py")
    parser.add_argument("--seed", type=int, default=Settings.seed)
    parser.add_argument("--validate-every", type=int, default=Settings.validate_every)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--augmentation", choices=AUGMENTATIONS, default="strong")
    parser.add_argument("--start-from", type=Path, help="checkpoint of another run for the same fold whose weights to begin with")
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
        autocast=options.autocast,
        validate_every=options.validate_every,
        seed=options.seed,
    )
    train(options, settings, AUGMENTATIONS[options.augmentation])


if __name__ == "__main__":
    main()
