"""What disease and age do to a hippocampus and to what lies around it, drawn into training cases before they are augmented.

The Decathlon's people are mostly young. A network that has only seen them reports too little atrophy: it has never met a gap of fluid
where hippocampus used to be. Here the label shrinks towards an anchor line, the intensities inside go along, and the gap fills with
fluid, with neighbouring tissue, or with both. Ventricles also grow without any loss, so that fluid alone is no sign of atrophy.

Everything works on one canvas (canvas.py): axes RAS, 1 mm, a left hippocampus, so medial is +x and lower is -z.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
from scipy import ndimage
from torch.nn import functional

from .canvas import ANTERIOR, CANVAS, DISTANCE, GREY, IMAGE, INNER, INSIDE, POSTERIOR, REACH, TISSUE

MINIMUM_LABEL_VOXELS = 200


@dataclass(frozen=True)
class Disease:
    """Probabilities and ranges. `loss` is the share of the volume that goes; a case without loss may still get larger ventricles."""

    probability_loss: float = 0.65
    loss: tuple = (0.1, 0.7)
    probability_small_loss: float = 0.25
    small_loss: tuple = (0.02, 0.2)
    share_along_axis: tuple = (0.05, 0.4)
    anchor: tuple = (-0.2, 1.0)
    parts_ratio: tuple = (0.4, 1.6)
    probability_erosion: float = 0.35
    probability_follow: float = 0.35
    follow: tuple = (0.2, 0.8)
    probability_growth: float = 0.5
    growth_mm: tuple = (0.5, 5.0)
    probability_age_contrast: float = 0.3
    age_contrast: tuple = (0.1, 0.5)
    probability_grey_rim: float = 0.5
    probability_ghost: float = 0.08
    probability_vessel: float = 0.1


USUAL = Disease()


class Draw:
    """Single random numbers from one generator."""

    def __init__(self, generator):
        self.generator = generator

    def between(self, span):
        return span[0] + (span[1] - span[0]) * float(torch.rand((), generator=self.generator))

    def happens(self, probability):
        return float(torch.rand((), generator=self.generator)) < probability

    def normal(self, shape):
        return torch.randn(shape, generator=self.generator)

    def field(self, cells, size=CANVAS):
        """A smooth random field of about unit size, [x, y, z]."""
        coarse = self.normal((1, 1, *cells))
        return functional.interpolate(coarse, size=size, mode="trilinear", align_corners=True)[0, 0]


def lattice():
    """Voxel indices of the canvas, [x, y, z, 3]."""
    return torch.stack(torch.meshgrid(*[torch.arange(n, dtype=torch.float32) for n in CANVAS], indexing="ij"), -1)


def sample(channels, positions):
    """Channels [c, x, y, z] read linearly at voxel indices [x, y, z, 3], edges repeated."""
    scale = torch.tensor([2 / (n - 1) for n in CANVAS])
    grid = (positions * scale - 1).flip(-1)[None]
    return functional.grid_sample(channels[None], grid, mode="bilinear", padding_mode="border", align_corners=True)[0]


def smooth(volume, sigma):
    """Gaussian blur of one volume [x, y, z]; sigma in voxels."""
    radius = max(1, math.ceil(3 * sigma))
    kernel = torch.exp(-0.5 * (torch.arange(-radius, radius + 1) / sigma) ** 2)
    kernel = kernel / kernel.sum()
    result = volume[None, None]
    for axis in range(3):
        shape, padding = [1, 1, 1, 1, 1], [0, 0, 0]
        shape[axis + 2], padding[axis] = len(kernel), radius
        wide = functional.pad(result, [p for q in reversed(padding) for p in (q, q)], mode="replicate")
        result = functional.conv3d(wide, kernel.view(shape))
    return result[0, 0]


def slice_line(mask, smoothing=4.0):
    """Centroid (x, z) and in-plane spread of the mask per coronal slice, each [y], continued smoothly beyond its ends."""
    x = torch.arange(mask.shape[0], dtype=torch.float32)[:, None, None]
    z = torch.arange(mask.shape[2], dtype=torch.float32)[None, None]
    count = mask.sum((0, 2))
    weight = count + 1e-3
    mean_x, mean_z = (mask * x).sum((0, 2)) / weight, (mask * z).sum((0, 2)) / weight
    spread_x = ((mask * (x - mean_x[None, :, None]) ** 2).sum((0, 2)) / weight).clamp(min=0).sqrt()
    spread_z = ((mask * (z - mean_z[None, :, None]) ** 2).sum((0, 2)) / weight).clamp(min=0).sqrt()
    at = torch.arange(len(count), dtype=torch.float32)
    kernel = torch.exp(-0.5 * ((at[:, None] - at) / smoothing) ** 2) * count
    # Slices far beyond the ends take the nearest end's values: a little of it reaches everywhere.
    far = torch.exp(-(at[:, None] - at).abs() / smoothing) * (count > 0) * 1e-3
    kernel = kernel + far
    kernel = kernel / kernel.sum(1, keepdim=True)
    return kernel @ mean_x, kernel @ mean_z, kernel @ spread_x, kernel @ spread_z


def shrink_positions(mask, draw, disease, keep):
    """Where each voxel of the shrunken image reads from the case as it is, [x, y, z, 3]; `keep` is the share of volume that stays."""
    at = lattice()
    mean_x, mean_z, spread_x, spread_z = slice_line(mask)
    along = draw.between(disease.share_along_axis)
    in_plane, axial = keep ** ((1 - along) / 2), keep**along
    ends = torch.nonzero(mask.sum((0, 2))).flatten()
    first, last = float(ends[0]), float(ends[-1])
    middle_y = first + (last - first) * draw.between((0.35, 0.65))
    # One part loses more than the other: a soft step along the long axis, on the logarithm of the scale.
    ratio = draw.between(disease.parts_ratio)
    step = torch.sigmoid((at[0, :, 0, 1] - (first + last) / 2) / draw.between((2.0, 6.0)))
    strength = ratio * step + (2 - ratio) * (1 - step)
    y = middle_y + (at[..., 1] - middle_y) / axial
    read_y = y[0, :, 0].clamp(0, mask.shape[1] - 1)
    below = read_y.floor().long().clamp(max=mask.shape[1] - 2)
    weight = read_y - below

    def on_axis(values):
        return values[below] * (1 - weight) + values[below + 1] * weight

    turn = math.radians(draw.between((-45, 45)))
    offset = draw.between(disease.anchor)
    medial, lower = math.cos(turn), -math.sin(turn) - draw.between((0.2, 1.0))
    length = math.hypot(medial, lower)
    anchor_x = on_axis(mean_x) + offset * on_axis(spread_x) * medial / length
    anchor_z = on_axis(mean_z) + offset * on_axis(spread_z) * lower / length
    flatten = draw.between((-0.35, 0.35))
    wave = 1 + 0.25 * draw.field((4, 5, 4))
    log_scale = math.log(in_plane) * on_axis(strength)[None, :, None] * wave
    scale_x, scale_z = torch.exp(log_scale * (1 + flatten)), torch.exp(log_scale * (1 - flatten))
    centre_x, centre_z = anchor_x[None, :, None], anchor_z[None, :, None]
    x = centre_x + (at[..., 0] - centre_x) / scale_x
    z = centre_z + (at[..., 2] - centre_z) / scale_z
    return torch.stack([x, y.expand_as(x), z], -1)


def outward(distance):
    """Unit vectors away from the label, [x, y, z, 3], from the distance in voxels."""
    wide = functional.pad(smooth(distance, 1.0)[None, None], (1,) * 6, mode="replicate")[0, 0]
    gradient = [
        wide[2:, 1:-1, 1:-1] - wide[:-2, 1:-1, 1:-1],
        wide[1:-1, 2:, 1:-1] - wide[1:-1, :-2, 1:-1],
        wide[1:-1, 1:-1, 2:] - wide[1:-1, 1:-1, :-2],
    ]
    return functional.normalize(torch.stack(gradient, -1), dim=-1)


def grow_ventricle(canvas, draw, disease):
    """(image with tissue pushed away from the label, weight of fluid 0..1), [x, y, z] each: the horn lies lateral and above."""
    at = lattice()
    mean_x, mean_z, _, _ = slice_line(canvas[ANTERIOR] + canvas[POSTERIOR])
    angle = torch.atan2(at[..., 2] - mean_z[None, :, None], mean_x[None, :, None] - at[..., 0])
    towards = math.radians(draw.between((-20, 130)))
    width = math.radians(draw.between((35, 110)))
    turn = torch.remainder(angle - towards + math.pi, 2 * math.pi) - math.pi
    facing = torch.exp(-0.5 * (turn / width) ** 2) * torch.sigmoid(1.5 * draw.field((3, 4, 3)) + 1)
    size = draw.between(disease.growth_mm) * facing
    distance = canvas[DISTANCE] * REACH
    shift = size * torch.exp(-(distance - size).clamp(min=0) / draw.between((3.0, 8.0)))
    pushed = sample(canvas[[IMAGE]], at - outward(distance) * shift[..., None])[0]
    return pushed, torch.sigmoid((size - distance) / 0.35) * (size > 0.2)


def texture(canvas):
    """Noise of the image in its own units: a robust spread of what differs from the neighbours."""
    image = canvas[IMAGE]
    residual = (image[1:-1, 1:-1, 1:-1] * 2 - image[2:, 1:-1, 1:-1] - image[:-2, 1:-1, 1:-1]).abs()
    inside = canvas[INSIDE][1:-1, 1:-1, 1:-1] > 0.5
    return float(residual[inside].median()) / (0.6745 * math.sqrt(6))


def draw_fluid(canvas, draw):
    """Fluid as this scanner shows it, [x, y, z]: dark, now and then a quarter of the way to grey, with the image's own noise."""
    image = canvas[IMAGE]
    inside = canvas[INSIDE] > 0.5
    dark = float(torch.quantile(image[inside][::3], draw.between((0.005, 0.06))))
    grey = float(image[(canvas[ANTERIOR] + canvas[POSTERIOR]) > 0.5].median())
    level = dark + (grey - dark) * max(0.0, draw.between((-0.15, 0.25)))
    noise = texture(canvas) * draw.between((0.3, 1.3))
    grain = draw.normal(CANVAS)
    grain = grain if draw.happens(0.5) else smooth(grain, 0.6) * 2.4
    return level + noise * grain + 0.06 * (grey - dark) * draw.field((5, 6, 5))


def draw_white_matter(canvas, draw):
    """White matter as it is around this hippocampus, [x, y, z], with the image's own noise."""
    near = canvas[IMAGE][(canvas[DISTANCE] * REACH > 1) & (canvas[DISTANCE] < 1)]
    level = float(torch.quantile(near, draw.between((0.75, 0.92))))
    return level + texture(canvas) * draw.between((0.3, 1.3)) * smooth(draw.normal(CANVAS), 0.6) * 2.4


def signed_distance(mask):
    """Distance to the border of the mask in voxels, positive outside, smoothed a little; [x, y, z]."""
    inside = mask.numpy() > 0.5
    distance = ndimage.distance_transform_edt(~inside) - ndimage.distance_transform_edt(inside)
    return torch.from_numpy(ndimage.gaussian_filter(distance, 0.7).astype(np.float32))


def erode(canvas, draw, keep):
    """(anterior, posterior, where the surroundings read from if they follow all the way) of a label that lost an even layer of its border.

    What is thin loses most. The layer is thicker in some places than in others, and on one end.
    """
    label = canvas[ANTERIOR] + canvas[POSTERIOR]
    distance = signed_distance(label)
    y = torch.linspace(-1, 1, CANVAS[1])[None, :, None]
    uneven = (1 + 0.35 * draw.field((4, 5, 4)) + draw.between((-0.6, 0.6)) * y).clamp(min=0.1)
    low, high = 0.0, 8.0
    for _ in range(12):
        depth = (low + high) / 2
        if float(torch.sigmoid(-(distance + depth * uneven) / 0.3).sum()) > keep * float(label.sum()):
            low = depth
        else:
            high = depth
    left = torch.sigmoid(-(distance + low * uneven) / 0.3)
    nearest = ndimage.distance_transform_edt(label.numpy() < 0.5, return_distances=False, return_indices=True)
    front = (canvas[ANTERIOR] > canvas[POSTERIOR]).float()[tuple(torch.from_numpy(nearest).long())]
    return left * front, left * (1 - front), lattice() + outward(distance) * (low * uneven)[..., None]


def shrink(canvas, draw, disease, keep):
    """(anterior, posterior, inner, where the surroundings read from if they follow all the way) of a hippocampus that lost volume."""
    if draw.happens(disease.probability_erosion):
        anterior, posterior, reads = erode(canvas, draw, keep)
        return anterior, posterior, canvas[INNER], reads
    positions = shrink_positions(canvas[ANTERIOR] + canvas[POSTERIOR], draw, disease, keep)
    inner, anterior, posterior = sample(canvas[[INNER, ANTERIOR, POSTERIOR]], positions)
    return anterior, posterior, inner, positions


def follow(canvas, reads, draw, disease):
    """Where each voxel reads the surroundings from when they follow the shrinking border, on some sides more than on others."""
    at = lattice()
    mean_x, mean_z, _, _ = slice_line(canvas[ANTERIOR] + canvas[POSTERIOR])
    angle = torch.atan2(at[..., 2] - mean_z[None, :, None], at[..., 0] - mean_x[None, :, None])
    towards = math.radians(draw.between((-130, 20)))
    facing = 0.5 + 0.5 * torch.cos(angle - towards)
    share = draw.between(disease.follow) * (1 - draw.between((0.3, 1.0)) * (1 - facing))
    fade = torch.exp(-canvas[DISTANCE] * REACH / draw.between((2.0, 6.0)))
    return at + (reads - at) * (share * fade)[..., None]


def show_grey_rim(canvas, draw):
    """The canvas with a rim of the hippocampus that is as grey as its middle: a thin alveus does not show, and what the border was mixed
    with goes when the border moves or fluid comes to lie beside it."""
    changed = canvas.clone()
    share = draw.between((0.5, 1.0))
    changed[INNER] = canvas[INNER] + share * (canvas[GREY] - canvas[INNER])
    return changed


def change_case(canvas, draw, disease):
    """The canvas of one case with the hippocampus shrunken, its ventricle larger, or both."""
    label = canvas[ANTERIOR] + canvas[POSTERIOR]
    if draw.happens(disease.probability_grey_rim):
        canvas = show_grey_rim(canvas, draw)
    shrinks = draw.happens(disease.probability_loss)
    grows = draw.happens(disease.probability_growth) if shrinks else draw.happens(0.85)
    fluid = draw_fluid(canvas, draw)
    around, weight = grow_ventricle(canvas, draw, disease) if grows else (canvas[IMAGE], torch.zeros(CANVAS))
    tissue, share, taken = canvas[TISSUE], weight, label
    if shrinks:
        span = disease.small_loss if draw.happens(disease.probability_small_loss) else disease.loss
        anterior, posterior, inner, reads = shrink(canvas, draw, disease, 1 - draw.between(span))
        wet = draw.between((0.85, 1.1)) if draw.happens(0.85) else draw.between((0.3, 0.85))
        # Fluid or white matter, hardly in between: a mixture of the two is as grey as hippocampus, and no one could tell it from that.
        share = torch.maximum(weight, torch.sigmoid((wet - 0.5 + 0.3 * draw.field((4, 5, 4))) / 0.06))
        tissue = torch.maximum(tissue, draw_white_matter(canvas, draw))
        if draw.happens(disease.probability_follow):
            places = follow(canvas, reads, draw, disease)
            around, tissue, taken, weight = sample(torch.stack([around, tissue, label, weight]), places)
    else:
        anterior, posterior, inner = canvas[ANTERIOR], canvas[POSTERIOR], canvas[INNER]
    # What is where the hippocampus was; wider than the label by a random amount, so that no rim of its border is left to tell.
    reach = smooth(taken, draw.between((0.5, 0.8)))
    gap = ((reach - draw.between((0.05, 0.35))) / 0.3).clamp(0, 1)
    background = around * (1 - weight) + fluid * weight
    background = background * (1 - gap) + (tissue * (1 - share) + fluid * share) * gap
    part = smooth(anterior + posterior, draw.between((0.45, 0.75))).clamp(0, 1)
    if float((anterior + posterior > 0.5).sum()) < MINIMUM_LABEL_VOXELS:
        return canvas
    changed = canvas.clone()
    changed[IMAGE], changed[ANTERIOR], changed[POSTERIOR] = background * (1 - part) + inner * part, anterior, posterior
    return changed


def reduce_contrast(canvas, draw, disease):
    """Age: white matter darkens towards grey."""
    changed = canvas.clone()
    image = canvas[IMAGE]
    grey = image[(canvas[ANTERIOR] + canvas[POSTERIOR]) > 0.5].median()
    changed[IMAGE] = torch.where(image > grey, grey + (image - grey) * (1 - draw.between(disease.age_contrast)), image)
    return changed


def add_ghosts(canvas, draw):
    """Motion: some lines of k-space belong to a head that had moved."""
    changed = canvas.clone()
    axis = int(torch.randint(3, (1,), generator=draw.generator))
    spectrum = torch.fft.fftshift(torch.fft.fftn(canvas[IMAGE]), dim=axis)
    count = CANVAS[axis]
    at = torch.fft.fftshift(torch.fft.fftfreq(count))
    moved = torch.zeros(count)
    for _ in range(1 + int(draw.between((0, 4)))):
        first = int(draw.between((0, count)))
        moved[first : first + max(1, int(count * draw.between((0.03, 0.15))))] = draw.between((-2.5, 2.5))
    moved[count // 2 - 2 : count // 2 + 3] = 0
    shape = [1, 1, 1]
    shape[axis] = count
    phase = torch.exp(-2j * math.pi * (at * moved)).view(shape)
    image = torch.fft.ifftn(torch.fft.ifftshift(spectrum * phase, dim=axis)).real
    changed[IMAGE] = image
    return changed


def add_vessel(canvas, draw):
    """A bright tube near the hippocampus, as inflow or contrast agent makes of the arteries there."""
    changed = canvas.clone()
    near = torch.nonzero((canvas[DISTANCE] * REACH > 1.5) & (canvas[DISTANCE] * REACH < 7))
    if not len(near):
        return canvas
    start = near[int(torch.randint(len(near), (1,), generator=draw.generator))].float()
    direction = functional.normalize(draw.normal((3,)), dim=0)
    bend = 0.03 * draw.normal((3,))
    steps = torch.linspace(-draw.between((4, 16)), draw.between((4, 16)), 24)
    points = start + steps[:, None] * direction + steps[:, None] ** 2 * bend
    distance = ((lattice()[..., None, :] - points) ** 2).sum(-1).amin(-1).sqrt()
    tube = torch.sigmoid((draw.between((0.5, 1.4)) - distance) / 0.3) * (canvas[DISTANCE] * REACH > 0.8)
    bright = float(torch.quantile(canvas[IMAGE][canvas[INSIDE] > 0.5][::3], 0.97)) * draw.between((1.0, 1.5))
    changed[IMAGE] = canvas[IMAGE] * (1 - tube) + bright * tube
    return changed


def fall_ill(canvas, generator, disease=USUAL):
    """The canvas of one case as disease, age, motion or vessels would have made it."""
    draw = Draw(generator)
    canvas = change_case(canvas, draw, disease)
    if draw.happens(disease.probability_vessel):
        canvas = add_vessel(canvas, draw)
    if draw.happens(disease.probability_age_contrast):
        canvas = reduce_contrast(canvas, draw, disease)
    if draw.happens(disease.probability_ghost):
        canvas = add_ghosts(canvas, draw)
    return canvas
