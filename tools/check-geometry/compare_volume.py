"""Compares a volume of ours with what independent readers make of the same DICOM files.

Usage: compare_volume.py VOLUME DICOM_FOLDER   (VOLUME.json: dimensions and LPS affine; VOLUME.f32: voxels)
       compare_volume.py --pixels VOLUMES DICOM_FOLDER   (single images: pixels only, one VOLUME per file)
Prints one line of JSON per reader: greatest distance of a corner (mm), greatest difference of a voxel.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import nibabel
import numpy as np
import pydicom

RAS_OF_LPS = np.diag([-1.0, -1.0, 1.0, 1.0])


def read_ours(path):
    """Voxels (column, row, slice) and affine to LPS millimetres."""
    described = json.loads(Path(f"{path}.json").read_text())
    voxels = np.fromfile(f"{path}.f32", dtype="<f4").reshape(described["dimensions"], order="F")
    return voxels, np.array(described["affine"], dtype=float).reshape(4, 4)


def rescale(pixels, slope, intercept):
    """Values as PS3.3 C.11.1.1.2 wants them; an absent factor changes nothing."""
    factor = 1.0 if slope is None else float(slope)
    return np.asarray(pixels, dtype=float) * factor + float(intercept or 0)


def place(position, orientation, spacing):
    """Affine of (column, row, 0) to LPS: PS3.3 C.7.6.2.1.1, equation C.7.6.2.1-1."""
    affine = np.eye(4)
    affine[:3, 0] = np.array(orientation[:3], float) * float(spacing[1])
    affine[:3, 1] = np.array(orientation[3:], float) * float(spacing[0])
    affine[:3, 3] = position
    return affine


def list_frames(folder):
    """Pixels (column, row) and affine of each frame, read by pydicom."""
    for path in sorted(Path(folder).rglob("*.dcm")):
        image = pydicom.dcmread(path)
        if "PerFrameFunctionalGroupsSequence" not in image:
            where = (image.ImagePositionPatient, image.ImageOrientationPatient, image.PixelSpacing)
            scaling = (image.get("RescaleSlope"), image.get("RescaleIntercept"))
            yield rescale(image.pixel_array, *scaling).T, place(*where)
            continue
        shared = image.SharedFunctionalGroupsSequence[0]
        for own, pixels in zip(image.PerFrameFunctionalGroupsSequence, image.pixel_array):

            def group(name):
                return (own if name in own else shared)[name][0]

            scaling = group("PixelValueTransformationSequence")
            where = (
                group("PlanePositionSequence").ImagePositionPatient,
                group("PlaneOrientationSequence").ImageOrientationPatient,
                group("PixelMeasuresSequence").PixelSpacing,
            )
            pixels = rescale(pixels, scaling.RescaleSlope, scaling.RescaleIntercept)
            yield pixels.T, place(*where)


def list_corners(sizes):
    spans = [(0, size - 1) for size in sizes]
    return np.array([[i, j, k, 1] for i in spans[0] for j in spans[1] for k in spans[2]], float).T


def compare_frames(ours, folder):
    """Every frame by itself: its four corners, and its pixels with the slice of ours that lies there."""
    voxels, affine = ours
    to_ours = np.linalg.inv(affine)
    distance, difference, seen = 0.0, 0.0, set()
    for pixels, frame in list_frames(folder):
        column, row, index = np.rint(to_ours @ frame[:, 3])[:3].astype(int)
        if (column, row) != (0, 0) or pixels.shape != voxels.shape[:2]:
            raise SystemExit("the frames do not lie as the slices do")
        seen.add(index)
        theirs = list_corners([*pixels.shape, 1])
        same = theirs + np.array([[0], [0], [index], [0]])
        distance = max(distance, float(np.abs(affine @ same - frame @ theirs)[:3].max()))
        gap = np.abs(pixels.astype("<f4") - voxels[:, :, index])
        difference = max(difference, float(gap.max()))
    if seen != set(range(voxels.shape[2])):
        raise SystemExit(f"{len(seen)} frames where {voxels.shape[2]} slices are")
    return distance, difference


def convert(folder):
    """What dcm2niix makes of the files: voxels and affine to RAS."""
    program = Path(sys.executable).parent / "dcm2niix"
    with tempfile.TemporaryDirectory() as output:
        # -p n: RescaleSlope of the standard, not a vendor's private one.
        words = ["-b", "n", "-z", "n", "-p", "n", "-f", "out", "-o", output, folder]
        subprocess.run([program, *words], check=True, stdout=subprocess.DEVNULL)
        images = sorted(Path(output).glob("*.nii"))
        if len(images) != 1:
            raise SystemExit(f"dcm2niix made {len(images)} images of {folder}")
        image = nibabel.load(images[0])
        return np.asarray(image.get_fdata()), image.affine


def compare_converted(ours, folder):
    """Brings theirs onto our axes by whole steps; the rest is the difference."""
    voxels, affine = ours[0], RAS_OF_LPS @ ours[1]
    other_voxels, other_affine = convert(folder)
    steps = np.rint(np.linalg.inv(affine) @ other_affine)
    corners = list_corners(other_voxels.shape)
    distance = float(np.abs(affine @ steps @ corners - other_affine @ corners)[:3].max())
    axes = [int(np.abs(steps[axis, :3]).argmax()) for axis in range(3)]
    moved = np.transpose(other_voxels, axes)
    moved = np.flip(moved, [axis for axis in range(3) if steps[axis, axes[axis]] < 0])
    if moved.shape != voxels.shape:
        raise SystemExit(f"the grids differ: {voxels.shape} and {moved.shape}")
    return distance, float(np.abs(moved.astype("<f4") - voxels).max())


def compare_pixels(volumes, folder):
    for path in sorted(Path(folder).glob("*.dcm")):
        dataset = pydicom.dcmread(path)
        scaling = (dataset.get("RescaleSlope"), dataset.get("RescaleIntercept"))
        pixels = rescale(dataset.pixel_array, *scaling)
        voxels, _ = read_ours(f"{volumes}/{path.stem}")
        difference = float(np.abs(pixels.T.astype("<f4") - voxels[:, :, 0]).max())
        name = f"pydicom, {dataset.file_meta.TransferSyntaxUID.name}"
        yield {"reader": name, "mm": 0, "voxels": difference, "largest": float(voxels.max())}


def compare_stack(volume, folder):
    ours = read_ours(volume)
    largest = float(np.abs(ours[0]).max())
    for name, compare in {"pydicom": compare_frames, "dcm2niix": compare_converted}.items():
        distance, difference = compare(ours, folder)
        yield {"reader": name, "mm": distance, "voxels": difference, "largest": largest}


if sys.argv[1] == "--pixels":
    agreements = compare_pixels(*sys.argv[2:])
else:
    agreements = compare_stack(*sys.argv[1:])
for agreement in agreements:
    print(json.dumps(agreement))
