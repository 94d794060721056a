"""Crop in, class probabilities on the same grid out."""

from pathlib import Path

import numpy as np
import torch

from .network import build_network
from .preprocess import PATCH, prepare, restore


def has_bfloat16() -> bool:
    """Whether the processor computes in bfloat16; elsewhere it is emulated and several times slower than float32."""
    return torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()


def load_network(path: Path, weights: str = "average") -> torch.nn.Module:
    """The network of a checkpoint; `weights`: "average" (moving average, the one to use) or "network" (the last step's)."""
    checkpoint = torch.load(path, map_location="cpu", weights_only=True)
    network = build_network(checkpoint["settings"])
    network.load_state_dict(checkpoint[weights])
    return network.eval()


def softmax(logits: np.ndarray) -> np.ndarray:
    exponent = np.exp(logits - logits.max(0, keepdims=True))
    return exponent / exponent.sum(0, keepdims=True)


@torch.inference_mode()
def network_logits(network: torch.nn.Module, network_input: np.ndarray, bfloat16: bool = False) -> np.ndarray:
    """[1, 1, X, Y, Z] numpy -> [3, X, Y, Z] numpy float32."""
    device = next(network.parameters()).device
    batch = torch.from_numpy(network_input).to(device, memory_format=torch.channels_last_3d)
    with torch.autocast(device.type, dtype=torch.bfloat16, enabled=bfloat16):
        return network(batch).float()[0].cpu().numpy()


def predict_probabilities(
    networks: list[torch.nn.Module],
    intensities: np.ndarray,
    spacing: tuple[float, float, float] = (1.0, 1.0, 1.0),
    patch: tuple[int, int, int] = PATCH,
    bfloat16: bool = False,
) -> np.ndarray:
    """[3, x, y, z] on the crop's own grid; several networks are averaged."""
    prepared = prepare(intensities, spacing, patch)
    probabilities = [softmax(network_logits(network, prepared.network_input, bfloat16)) for network in networks]
    return restore(np.mean(probabilities, 0), prepared)


def predict_labels(
    networks: list[torch.nn.Module], intensities: np.ndarray, spacing: tuple[float, float, float] = (1.0, 1.0, 1.0), **how
) -> np.ndarray:
    return predict_probabilities(networks, intensities, spacing, **how).argmax(0).astype(np.uint8)
