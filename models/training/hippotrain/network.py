"""A 3D U-Net: four levels, instance norm, strided convolutions down, transposed up."""

import torch
from torch import nn
from torch.nn import functional

CLASSES = 3


class InstanceNorm(nn.Module):
    """Instance normalisation over [x, y, z] with scale and shift.

    Three spellings of one formula, each the fastest where it is used: group norm is fused by torch.compile, the explicit one
    keeps channels_last in eager mode (PyTorch's own would copy), and instance_norm exports to one ONNX operator.
    """

    def __init__(self, channels):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))
        self.exporting = False

    def forward(self, features):
        channels = self.weight.numel()
        if self.exporting:
            return functional.instance_norm(features, weight=self.weight, bias=self.bias)
        if torch.compiler.is_compiling():
            return functional.group_norm(features, channels, self.weight, self.bias)
        variance, mean = torch.var_mean(features.float(), dim=(2, 3, 4), correction=0, keepdim=True)
        scale = torch.rsqrt(variance + 1e-5) * self.weight.view(1, -1, 1, 1, 1)
        shift = self.bias.view(1, -1, 1, 1, 1) - mean * scale
        return features * scale.to(features.dtype) + shift.to(features.dtype)


def convolution(inputs, outputs, stride=1):
    return [nn.Conv3d(inputs, outputs, 3, stride, 1, bias=False), InstanceNorm(outputs), nn.LeakyReLU(0.01, inplace=True)]


class UNet3D(nn.Module):
    """[batch, 1, X, Y, Z] -> logits [batch, 3, X, Y, Z]; X, Y, Z are multiples of 8.

    `widths`: channels per level. `lean`: one convolution instead of two at full resolution, and skips that are added rather than
    concatenated: two thirds of the time of a step, for the level on which most of it goes.
    """

    def __init__(self, widths=(16, 32, 64, 128), lean=True):
        super().__init__()
        self.widths, self.lean = tuple(widths), lean
        levels = range(len(widths))
        depth = [1 if lean and i == 0 else 2 for i in levels]
        self.down = nn.ModuleList(_block(widths[i - 1] if i else 1, widths[i], 2 if i else 1, depth[i]) for i in levels)
        self.enlarge = nn.ModuleList(nn.ConvTranspose3d(widths[i + 1], widths[i], 2, 2) for i in levels[:-1])
        self.up = nn.ModuleList(_block(widths[i] * (1 if lean else 2), widths[i], 1, depth[i]) for i in levels[:-1])
        self.head = nn.Conv3d(widths[0], CLASSES, 1)

    def forward(self, intensities):
        features, kept = intensities, []
        for level in self.down:
            features = level(features)
            kept.append(features)
        for i in reversed(range(len(self.up))):
            enlarged = self.enlarge[i](features)
            features = self.up[i](enlarged + kept[i] if self.lean else torch.cat([enlarged, kept[i]], 1))
        return self.head(features)


def _block(inputs, outputs, stride, depth):
    rest = [part for _ in range(depth - 1) for part in convolution(outputs, outputs)]
    return nn.Sequential(*convolution(inputs, outputs, stride), *rest)
