"""What a training run is told; kept in its checkpoints."""

from dataclasses import dataclass
from pathlib import Path

from .preprocess import PATCH


@dataclass(frozen=True)
class Settings:
    """`patch` in voxels of 1 mm; `average` is the decay of the moving average of the weights per step.

    `teaching` is the share of the teachers' mean probability in what is learnt; the rest is the manual label.
    `volume_weight` is what the error of the volume (losses.volume_error) weighs beside the other losses.
    `slices` and `whole_only` (one class instead of two) are for comparisons.
    """

    epochs: int = 18
    batch: int = 2
    patch: tuple[int, int, int] = PATCH
    widths: tuple[int, ...] = (16, 32, 64, 128)
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
    teaching: float = 0.0
    volume_weight: float = 0.0
    validate_every: int = 6
    seed: int = 1


@dataclass(frozen=True)
class Run:
    """Which cases a network is trained on, where it is kept, and on what it is computed.

    `fold`: the one whose cases are held back, "all" for none, or train.BORROWED. `augmentation` is its name, for the notes of the run.
    `start_from` is a checkpoint whose weights to begin with, `teachers` those to learn from; `ill` is a folder of ill copies of the cases,
    which replace `ill_share` of a batch. `stop_after` so many epochs of this call the schedule is left where it is.
    """

    curated: Path
    output: Path
    fold: str
    augmentation: str
    start_from: Path | None = None
    teachers: tuple[Path, ...] = ()
    ill: Path | None = None
    ill_share: float = 0.0
    device: str = "cpu"
    compile: bool = False
    stop_after: int | None = None
