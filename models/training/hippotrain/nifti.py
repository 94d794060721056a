"""Reading NIfTI into the one frame this package works in: a 3D array in RAS axis order with its spacing."""

from dataclasses import dataclass
from pathlib import Path

import nibabel as nib
import numpy as np

SUFFIXES = (".nii", ".nii.gz")


@dataclass(frozen=True)
class Volume:
    """`array` [x, y, z] in RAS order; `affine` maps its indices to RAS mm; `spacing` in mm along the three axes."""

    array: np.ndarray
    affine: np.ndarray

    @property
    def spacing(self):
        return np.linalg.norm(self.affine[:3, :3], axis=0)


def case_name(path):
    name = Path(path).name
    for suffix in (".nii.gz", ".nii"):
        if name.endswith(suffix):
            return name[: -len(suffix)]
    return name


def list_niftis(folder):
    """{case name: path} of every NIfTI directly inside `folder`; hidden files are left alone."""
    return {
        case_name(path): path
        for path in sorted(Path(folder).iterdir())
        if path.is_file() and path.name.endswith(SUFFIXES) and not path.name.startswith(".")
    }


def read_ras(path):
    """The volume at `path` with its axes flipped and permuted to RAS; voxel values are not resampled.

    Raises whatever nibabel raises for a damaged file, and ValueError for anything but a 3D image.
    """
    image = nib.load(path)
    shape = tuple(size for size in image.shape)
    while len(shape) > 3 and shape[-1] == 1:
        shape = shape[:-1]
    if len(shape) != 3:
        raise ValueError(f"{len(shape)}D image of shape {tuple(image.shape)}; a 3D image is needed")
    data = np.asanyarray(image.dataobj).reshape(shape)
    flat = nib.Nifti1Image(data, image.affine)
    ras = nib.as_closest_canonical(flat)
    return Volume(np.ascontiguousarray(np.asanyarray(ras.dataobj)), ras.affine)


def write_nifti(path, array, affine):
    image = nib.Nifti1Image(array, affine)
    image.header.set_xyzt_units("mm")
    nib.save(image, path)
