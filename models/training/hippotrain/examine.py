"""Looks at one NIfTI file and writes down what is there, whatever state it is in. It never raises for a bad file."""

from dataclasses import dataclass, field
from pathlib import Path

import nibabel as nib
import numpy as np

from .nifti import read_ras

LARGEST = 64 * 2**20


@dataclass
class Facts:
    """`error` says why the file cannot be used at all; then the fields after it may be empty.

    `array` [x, y, z] in RAS order; `affine` to RAS mm; `spacing` mm; `orientation` as stored, e.g. RAS.
    """

    path: Path
    error: str | None = None
    shape: tuple = ()
    stored_type: str = ""
    orientation: str = ""
    spacing: tuple = ()
    array: np.ndarray | None = field(default=None, repr=False)
    affine: np.ndarray | None = field(default=None, repr=False)
    notes: list = field(default_factory=list)


def examine(path):
    facts = Facts(Path(path))
    try:
        _read(facts)
    except Exception as problem:
        facts.error = facts.error or f"cannot be read: {type(problem).__name__}: {problem}".splitlines()[0][:200]
    return facts


def _read(facts):
    image = nib.load(facts.path)
    facts.shape = tuple(int(n) for n in image.shape)
    facts.stored_type = str(image.get_data_dtype())
    facts.error = _header_defect(image)
    if facts.error:
        return
    if np.prod(facts.shape, dtype=float) > LARGEST:
        facts.error = f"{' x '.join(map(str, facts.shape))} voxels: no crop"
        return
    facts.orientation = "".join(nib.aff2axcodes(image.affine))
    volume = read_ras(facts.path)
    facts.array, facts.affine = volume.array, volume.affine
    facts.spacing = tuple(float(s) for s in volume.spacing)
    if not np.issubdtype(facts.array.dtype, np.number) or np.iscomplexobj(facts.array):
        facts.error = f"voxels of type {facts.stored_type} are no intensities"
    elif not np.isfinite(facts.array).all():
        facts.error = f"{int((~np.isfinite(facts.array)).sum())} voxels are not numbers (NaN or infinite)"
    elif facts.array.size and facts.array.min() == facts.array.max():
        facts.error = f"empty: every voxel is {facts.array.flat[0]:g}"
    if facts.orientation != "RAS":
        facts.notes.append(f"stored as {facts.orientation}, turned to RAS")


def _header_defect(image):
    zooms = np.array(image.header.get_zooms()[:3], float)
    columns = np.linalg.norm(image.affine[:3, :3], axis=0)
    real = [n for n in image.shape if n > 1]
    if len(image.shape) > 3 and any(n > 1 for n in image.shape[3:]):
        return f"{len(image.shape)}D image of shape {tuple(image.shape)}; a 3D image is needed"
    if len(real) < 3:
        return f"2D image of shape {tuple(image.shape)}; a 3D image is needed"
    if not np.isfinite(image.affine).all() or not np.isfinite(zooms).all() or (zooms <= 0).any():
        return f"damaged header: spacing {zooms.tolist()}"
    if abs(np.linalg.det(image.affine[:3, :3])) < 1e-6:
        return "damaged header: the axes do not span a volume"
    if not np.allclose(columns, zooms, rtol=0.02):
        return f"damaged header: spacing {zooms.round(3).tolist()} contradicts the affine's {columns.round(3).tolist()}"
    return None
