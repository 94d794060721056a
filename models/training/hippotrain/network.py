"""A 3D U-Net: four levels, instance norm, strided convolutions down, transposed up."""

import torch
from torch import nn
from torch.nn import functional

CLASSES = 3


class InstanceNorm(nn.Module):
    """Instance normalisation over [x, y, z] with scale and shift.

    Three spellings of one formula, each the fastest where it is used: group norm is fused by torch.compile, the explicit one
    keeps channels_last in eager mode (PyTorch's own would copy), and instance_norm exports to one ONNX operator and is fused on a GPU.
    """

    def __init__(self, channels):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))
        self.exporting = False

    def forward(self, features):
        channels = self.weight.numel()
        if self.exporting or (features.is_cuda and not torch.compiler.is_compiling()):
            return functional.instance_norm(features, weight=self.weight, bias=self.bias)
        if torch.compiler.is_compiling():
            return functional.group_norm(features, channels, self.weight, self.bias)
        variance, mean = torch.var_mean(features.float(), dim=(2, 3, 4), correction=0, keepdim=True)
        scale = torch.rsqrt(variance + 1e-5) * self.weight.view(1, -1, 1, 1, 1)
        shift = self.bias.view(1, -1, 1, 1, 1) - mean * scale
        return features * scale.to(features.dtype) + shift.to(features.dtype)


def convolution(inputs, outputs, stride=1, flat=False):
    """`flat` keeps to x and z: a slice of one y does not see its neighbours."""
    kernel, padding = ((3, 1, 3), (1, 0, 1)) if flat else (3, 1)
    step = (stride, 1, stride) if flat else stride
    layer = nn.Conv3d(inputs, outputs, kernel, step, padding, bias=False)
    return [layer, InstanceNorm(outputs), nn.LeakyReLU(0.01, inplace=True)]


class UNet3D(nn.Module):
    """[batch, 1, X, Y, Z] -> logits [batch, 3, X, Y, Z]; X, Y, Z are multiples of 8.

    `widths`: channels per level. `lean`: one convolution instead of two at full resolution, and skips that are added rather than
    concatenated: two thirds of the time of a step, for the level on which most of it goes.
    """

    def __init__(self, widths=(16, 32, 64, 128), lean=True, flat=False):
        super().__init__()
        self.widths, self.lean = tuple(widths), lean
        levels = range(len(widths))
        depth = [1 if lean and i == 0 else 2 for i in levels]
        self.down = nn.ModuleList(_block(widths[i - 1] if i else 1, widths[i], 2 if i else 1, depth[i], flat) for i in levels)
        twice = (2, 1, 2) if flat else 2
        self.enlarge = nn.ModuleList(nn.ConvTranspose3d(widths[i + 1], widths[i], twice, twice) for i in levels[:-1])
        self.up = nn.ModuleList(_block(widths[i] * (1 if lean else 2), widths[i], 1, depth[i], flat) for i in levels[:-1])
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


def _block(inputs, outputs, stride, depth, flat):
    rest = [part for _ in range(depth - 1) for part in convolution(outputs, outputs, 1, flat)]
    return nn.Sequential(*convolution(inputs, outputs, stride, flat), *rest)


class SliceUNet(nn.Module):
    """The same network on coronal slices, each on its own, for comparison: [b, 1, X, Y, Z] -> [b, 3, X, Y, Z]."""

    def __init__(self, widths=(16, 32, 64, 128), lean=True):
        super().__init__()
        self.network = UNet3D(widths, lean, flat=True)

    def forward(self, intensities):
        batch, _, x, y, z = intensities.shape
        slices = intensities.permute(0, 3, 1, 2, 4).reshape(batch * y, 1, x, 1, z)
        logits = self.network(slices)
        return logits.reshape(batch, y, CLASSES, x, z).permute(0, 2, 3, 1, 4)


def build_network(settings):
    """The network that a checkpoint's or a run's settings name; `settings` is a mapping."""
    kind = SliceUNet if settings.get("slices", False) else UNet3D
    return kind(settings["widths"], settings.get("lean", False))
