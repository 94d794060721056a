"""Network, moving average and optimisers: one step, and how they are saved and taken up again."""

import math
from dataclasses import asdict

import torch

from .losses import segmentation_loss, volume_error
from .network import build_network
from .optimise import Muon, split_parameters

WARM_UP_BEFORE_RECORDING = 3


class Trainer:
    """On a GPU a step is recorded once and replayed (CUDA graph): its many small operations cost more to launch than to compute."""

    def __init__(self, settings, compiled=False, device="cpu", teachers=()):
        torch.manual_seed(settings.seed)
        self.settings, self.device, self.teachers = settings, torch.device(device), list(teachers)
        recorded = self.device.type == "cuda"
        # Convolutions on a processor are faster with the channels last, instance norm on a GPU with the channels first.
        self.layout = torch.contiguous_format if recorded else torch.channels_last_3d
        torch.backends.cudnn.benchmark = recorded
        self.network = self.build()
        self.average = self.build().eval()
        self.average.load_state_dict(self.network.state_dict())
        self.forward = torch.compile(self.network) if compiled else self.network
        normed, others = split_parameters(self.network)
        if settings.optimiser == "adamw":
            normed, others = [], list(self.network.parameters())
        # Rates and decay as tensors, so that a recorded step reads what they are by then.
        self.rates = [torch.zeros((), device=self.device) for _ in range(2)]
        self.forgetting = torch.zeros((), device=self.device)
        adamw = torch.optim.AdamW(others, self.rates[0], betas=(0.9, 0.99), weight_decay=settings.weight_decay, capturable=recorded)
        self.optimisers = [adamw] + ([Muon(normed, self.rates[1])] if normed else [])
        self.peaks = [settings.learning_rate, settings.muon_share]
        self.recording, self.buffers, self.loss, self.steps_here = None, None, None, 0
        # Gradients remember the stream they were first computed on, and a recording may not touch the default one.
        self.stream = torch.cuda.Stream() if recorded else None
        self.epoch, self.step, self.best, self.history = 0, 0, 0.0, []
        self.epochs_before = 0

    def build(self):
        return build_network(asdict(self.settings)).to(self.device, memory_format=self.layout)

    def pace(self, steps_in_all):
        """Share of the greatest learning rate: linear warm-up, then half a cosine down to zero."""
        warm = min(1.0, (self.step + 1) / self.settings.warm_up_steps)
        return warm * 0.5 * (1 + math.cos(math.pi * self.step / steps_in_all))

    def train_step(self, inputs, targets, valid, steps_in_all):
        """The loss, a tensor on the device."""
        for rate, peak in zip(self.rates, self.peaks, strict=True):
            rate.fill_(peak * self.pace(steps_in_all))
        self.forgetting.fill_(1 - min(self.settings.average, (2 + self.step) / (11 + self.step)))
        self.step += 1
        self.steps_here += 1
        batch = (inputs.contiguous(memory_format=self.layout), targets, valid)
        if self.stream is None:
            return self.update(*batch).detach()
        if self.steps_here <= WARM_UP_BEFORE_RECORDING:
            torch.cuda.synchronize()
            with torch.cuda.stream(self.stream):
                loss = self.update(*batch).detach()
            torch.cuda.synchronize()
            return loss
        if self.recording is None:
            self.record(batch)
        for kept, new in zip(self.buffers, batch, strict=True):
            kept.copy_(new)
        self.recording.replay()
        return self.loss.clone()

    def record(self, batch):
        self.buffers = [tensor.clone() for tensor in batch]
        self.recording = torch.cuda.CUDAGraph()
        torch.cuda.synchronize()
        with torch.cuda.graph(self.recording, stream=self.stream):
            self.loss = self.update(*self.buffers).detach()

    def update(self, inputs, targets, valid):
        self.network.zero_grad(set_to_none=True)
        with torch.autocast(self.device.type, dtype=torch.bfloat16, enabled=self.settings.autocast, cache_enabled=False):
            wanted = self.listen_to_teachers(inputs, targets)
            logits = self.forward(inputs)
        loss = segmentation_loss(logits.float(), wanted, valid)
        if self.settings.volume_weight:
            loss = loss + self.settings.volume_weight * volume_error(logits.float(), wanted, valid)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 5.0)
        for optimiser in self.optimisers:
            optimiser.step()
        with torch.no_grad():
            for kept, new in zip(self.average.parameters(), self.network.parameters(), strict=True):
                kept.lerp_(new, self.forgetting)
        return loss

    @torch.no_grad()
    def listen_to_teachers(self, inputs, targets):
        """The labels' share and the teachers' mean probability for this very input, weighed by `teaching`."""
        if not self.teachers:
            return targets
        said = [torch.softmax(teacher(inputs).float(), 1) for teacher in self.teachers]
        return targets.lerp(torch.stack(said).mean(0), self.settings.teaching)

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
        for optimiser, kept, rate in zip(self.optimisers, state["optimisers"], self.rates, strict=False):
            optimiser.load_state_dict(kept)
            optimiser.param_groups[0]["lr"] = rate
        self.epoch, self.step, self.best, self.history = (state[key] for key in ("epoch", "step", "best", "history"))
        self.epochs_before = state.get("epochs_before", 0)
