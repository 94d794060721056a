"""Derives head-template.json and head-template.u8 from the MNI152 average that nilearn ships.

    pip install -r requirements.txt
    python derive_template.py          writes both files beside this script; the same bytes every time

The average (ICBM 2009a, nonlinear, symmetric, 1 mm) is skull-stripped in that package. It is smoothed
at three scales and kept every 4 mm, in LPS, together with the brain mask.
"""

import hashlib
import importlib.util
import json
from pathlib import Path

import nibabel
import numpy
from scipy import ndimage

HERE = Path(__file__).parent
STEP = 4
SMOOTHINGS = [2.5, 4.0, 8.0]
# Center of a hippocampus, RAS millimetres of the template; see README.md.
HIPPOCAMPUS = [26.0, -22.0, -12.0]


def source_file() -> Path:
    folder = importlib.util.find_spec("nilearn").submodule_search_locations[0]
    return Path(folder) / "datasets/data/mni_icbm152_t1_tal_nlin_sym_09a_converted.nii.gz"


def main() -> None:
    source = source_file()
    image = nibabel.load(source)
    intensities = numpy.asarray(image.dataobj, dtype=numpy.float64)
    brain = intensities > 0
    voxel_mm3 = abs(numpy.linalg.det(image.affine[:3, :3]))

    # Every fourth voxel, counted from x = 0 so that the grid is as symmetric as the template.
    middle = numpy.round(numpy.linalg.inv(image.affine) @ [0, 0, 0, 1])[:3].astype(int)
    reach = numpy.argwhere(brain)
    first = middle - (middle - reach.min(0)) // STEP * STEP
    last = reach.max(0)
    keep = tuple(slice(a, b + 1, STEP) for a, b in zip(first, last))

    planes = [brain[keep].astype(numpy.uint8)]
    for sigma in SMOOTHINGS:
        smooth = ndimage.gaussian_filter(intensities, sigma, mode="constant")[keep]
        planes.append(numpy.clip(numpy.round(smooth), 0, 255).astype(numpy.uint8))

    # RAS to LPS: x and y are walked backwards, so that indices grow towards left, posterior, superior.
    shape = planes[0].shape
    origin_ras = image.affine @ [first[0] + STEP * (shape[0] - 1), first[1] + STEP * (shape[1] - 1), first[2], 1]
    content = b"".join(plane[::-1, ::-1, :].tobytes(order="F") for plane in planes)
    (HERE / "head-template.u8").write_bytes(content)

    x, y, z = HIPPOCAMPUS
    header = {
        "dimensions": list(shape),
        "affine": [STEP, 0, 0, -origin_ras[0], 0, STEP, 0, -origin_ras[1], 0, 0, STEP, origin_ras[2], 0, 0, 0, 1],
        "smoothingsMm": SMOOTHINGS,
        "hippocampi": {"left": [x, -y, z], "right": [-x, -y, z]},
        "intracranialVolumeMm3": float(brain.sum() * voxel_mm3),
        "sha256": hashlib.sha256(content).hexdigest(),
        "source": {"file": source.name, "sha256": hashlib.sha256(source.read_bytes()).hexdigest()},
    }
    (HERE / "head-template.json").write_text(json.dumps(header, indent=2) + "\n")


if __name__ == "__main__":
    main()
