"""Reads the results of HippoVolume with pydicom, highdicom and dcmqi and compares them with what was written.

Usage: read_results.py CASE_FOLDER...   prints one JSON object per case: voxels, differing, numbers, faults.
Patient coordinates are DICOM's (LPS, millimetres) throughout.
"""

import gzip
import json
import subprocess
import sys
import tempfile
from decimal import Decimal
from pathlib import Path

import highdicom as hd
import numpy as np
import pydicom
from pydicom.sr.codedict import codes

PARTS = ("anteriorMm3", "posteriorMm3")
VOLUME = codes.SCT.Volume
TOLERANCE_MM = 1e-3


def read_truth(folder: Path) -> dict:
    truth = json.loads((folder / "truth.json").read_text())
    columns, rows, slices = truth["dimensions"]
    truth["labels"] = np.fromfile(folder / "labels.raw", np.uint8).reshape(slices, rows, columns)
    truth["affine"] = np.array(truth["affine"]).reshape(4, 4)
    truth["values"] = range(1, len(PARTS) * len(truth["volumes"]) + 1)
    return truth


def frames_of(dataset: pydicom.Dataset):
    """(instance UID, frame number, position, orientation, spacing) of every frame, classic or Enhanced."""
    uid = str(dataset.SOPInstanceUID)
    if "PerFrameFunctionalGroupsSequence" not in dataset:
        yield uid, 1, dataset.ImagePositionPatient, dataset.ImageOrientationPatient, dataset.PixelSpacing
        return
    shared = dataset.SharedFunctionalGroupsSequence[0]
    for index, own in enumerate(dataset.PerFrameFunctionalGroupsSequence):
        def group(name):
            return (own if name in own else shared)[name][0]

        yield (
            uid,
            index + 1,
            group("PlanePositionSequence").ImagePositionPatient,
            group("PlaneOrientationSequence").ImageOrientationPatient,
            group("PixelMeasuresSequence").PixelSpacing,
        )


def read_sources(folder: Path) -> dict:
    """Affine (column, row) to patient of every source frame, by instance and frame number."""
    sources = {}
    for path in sorted((folder / "source").iterdir()):
        dataset = pydicom.dcmread(path, stop_before_pixels=True)
        for uid, number, position, orientation, spacing in frames_of(dataset):
            orientation = np.array(orientation, float)
            sources[uid, number] = np.stack(
                [orientation[:3] * float(spacing[1]), orientation[3:] * float(spacing[0]), np.array(position, float)],
                axis=1,
            )
    return sources


def slice_of(truth: dict, frame: np.ndarray) -> int:
    """Which slice of the label map lies where this frame lies, corner on corner."""
    columns, rows, slices = truth["dimensions"]
    corners = np.array([[0, 0], [columns - 1, 0], [0, rows - 1], [columns - 1, rows - 1]], float)
    places = corners @ frame[:, :2].T + frame[:, 2]
    for index in range(slices):
        voxels = np.column_stack([corners, np.full(4, index), np.ones(4)])
        if np.abs((voxels @ truth["affine"].T)[:, :3] - places).max() < TOLERANCE_MM:
            return index
    raise ValueError("a frame lies on no slice of the label map")


def compare_grid(truth: dict, sources: dict) -> list:
    matched = {slice_of(truth, frame) for frame in sources.values()}
    return [] if matched == set(range(truth["dimensions"][2])) else ["label map and source images lie apart"]


def differing_voxels(truth: dict, label: int, mask: np.ndarray, affine: np.ndarray) -> int:
    """Voxels that a reader's mask (any axes, its affine to the patient) and the label map do not share."""
    indices = np.argwhere(mask)
    places = np.column_stack([indices, np.ones(len(indices))]) @ affine.T
    voxels = places @ np.linalg.inv(truth["affine"]).T
    rounded = np.rint(voxels[:, :3]).astype(int)
    if len(rounded) and np.abs(voxels[:, :3] - rounded).max() > 0.01:
        return len(rounded)
    read = {tuple(voxel) for voxel in rounded}
    wanted = {tuple(voxel[::-1]) for voxel in np.argwhere(truth["labels"] == label)}
    return len(read ^ wanted)


def compare_frames(truth: dict, sources: dict, path: Path) -> int:
    """pydicom: every frame against the slice of the label map that its source image lies on."""
    dataset = pydicom.dcmread(path)
    pixels = dataset.pixel_array
    missing = {label: truth["labels"] == label for label in truth["values"]}
    differing = 0
    for index, group in enumerate(dataset.PerFrameFunctionalGroupsSequence):
        label = group.SegmentIdentificationSequence[0].ReferencedSegmentNumber
        image = group.DerivationImageSequence[0].SourceImageSequence[0]
        frame = sources[str(image.ReferencedSOPInstanceUID), int(image.get("ReferencedFrameNumber", 1))]
        position = np.array(group.PlanePositionSequence[0].ImagePositionPatient, float)
        if np.abs(position - frame[:, 2]).max() > TOLERANCE_MM:
            raise ValueError("a frame lies elsewhere than its source image")
        place = slice_of(truth, frame)
        differing += int(((pixels[index] != 0) != missing[label][place]).sum())
        missing[label][place] = False
    return differing + int(sum(mask.sum() for mask in missing.values()))


def compare_highdicom(truth: dict, path: Path) -> int:
    segmentation = hd.seg.segread(path)
    differing = 0
    for label in truth["values"]:
        volume = segmentation.get_volume(segment_numbers=[label])
        mask = volume.array.reshape(volume.array.shape[:3]) != 0
        differing += differing_voxels(truth, label, mask, volume.affine)
    return differing


def read_nrrd(path: Path):
    """Mask as (i, j, k) and its affine to the patient (LPS) of a NRRD file."""
    header, data = path.read_bytes().split(b"\n\n", 1)
    fields = dict(line.split(":", 1) for line in header.decode().splitlines() if ": " in line)
    if fields["space"].strip() != "left-posterior-superior":
        raise ValueError(f"unexpected space {fields['space']}")
    sizes = [int(size) for size in fields["sizes"].split()]
    kinds = {"short": np.int16, "unsigned char": np.uint8, "unsigned short": np.uint16, "int": np.int32}
    if "gz" in fields["encoding"]:
        data = gzip.decompress(data)
    values = np.frombuffer(data, kinds[fields["type"].strip()]).reshape(sizes, order="F")
    vectors = lambda text: [[float(x) for x in part.strip(" ()").split(",")] for part in text.split()]
    affine = np.eye(4)
    affine[:3, :3] = np.array(vectors(fields["space directions"])).T
    affine[:3, 3] = vectors(fields["space origin"])[0]
    return values, affine


def run_dcmqi(name: str, *options) -> None:
    program = Path(sys.executable).parent / name
    done = subprocess.run([program, *options], capture_output=True, text=True)
    if done.returncode != 0 or "ERROR" in done.stderr + done.stdout:
        raise ValueError(f"{name} failed: {(done.stderr + done.stdout)[-300:]}")


def compare_dcmqi(truth: dict, path: Path) -> int:
    with tempfile.TemporaryDirectory() as folder:
        run_dcmqi("segimage2itkimage", "--inputDICOM", path, "--outputDirectory", folder)
        differing = 0
        for label in truth["values"]:
            values, affine = read_nrrd(Path(folder) / f"{label}.nrrd")
            differing += differing_voxels(truth, label, values != 0, affine)
        return differing


def numbers_of_highdicom(path: Path) -> list:
    content = hd.sr.srread(path).content
    groups = content.get_volumetric_roi_measurement_groups() + content.get_image_measurement_groups()
    return [
        (group.tracking_identifier, format(Decimal(str(item.MeasuredValueSequence[0].NumericValue)).normalize(), "f"))
        for group in groups
        for measurement in group.get_measurements(name=VOLUME)
        for item in [measurement[0]]
    ]


def numbers_of_dcmqi(path: Path) -> list:
    with tempfile.TemporaryDirectory() as folder:
        metadata = Path(folder) / "measurements.json"
        run_dcmqi("tid1500reader", "--inputDICOM", path, "--outputMetadata", metadata)
        groups = json.loads(metadata.read_text())["Measurements"]
    return [
        (group["TrackingIdentifier"], format(Decimal(item["value"]).normalize(), "f"))
        for group in groups
        for item in group["measurementItems"]
        # The asymmetry index is no volume.
        if item["quantity"]["CodeValue"] == VOLUME.value
    ]


def compare_numbers(truth: dict, numbers: list) -> list:
    # Written to a tenth of a cubic millimetre, of the head to a whole one.
    wanted = [round(side[part], 1) for side in truth["volumes"] for part in PARTS]
    wanted += [round(side["totalMm3"], 1) for side in truth["volumes"]]
    wanted += [round(truth["intracranialMm3"])] if "intracranialMm3" in truth else []
    read = [float(Decimal(text)) for _, text in numbers]
    if len(read) != len(wanted) or not np.allclose(read, wanted, rtol=0, atol=0.1001):
        return [f"numbers {numbers} instead of {wanted}"]
    return []


def compare_patient(folder: Path) -> list:
    source = pydicom.dcmread(next((folder / "source").iterdir()), stop_before_pixels=True)
    faults = []
    for path in sorted(folder.glob("*.dcm")):
        result = pydicom.dcmread(path, stop_before_pixels=True)
        for keyword in ("PatientName", "PatientID", "StudyInstanceUID", "StudyDescription", "AccessionNumber"):
            if str(source.get(keyword, "")).rstrip() != str(result.get(keyword, "")).rstrip():
                faults.append(f"{path.name}: {keyword} is not the source's")
    return faults


def compare_pdf(folder: Path) -> list:
    pdf = (folder / "report.pdf").read_bytes()
    document = pydicom.dcmread(folder / "document.dcm")
    stored = document.EncapsulatedDocument[: document.EncapsulatedDocumentLength]
    return [] if stored == pdf and pdf.startswith(b"%PDF") else ["the stored PDF is not the one drawn"]


def check_case(folder: Path) -> dict:
    truth = read_truth(folder)
    sources = read_sources(folder)
    segmentation, measurements = folder / "segmentation.dcm", folder / "measurements.dcm"
    highdicom, dcmqi = numbers_of_highdicom(measurements), numbers_of_dcmqi(measurements)
    faults = compare_grid(truth, sources) + compare_patient(folder) + compare_pdf(folder)
    faults += compare_numbers(truth, highdicom)
    if highdicom != dcmqi:
        faults.append(f"highdicom reads {highdicom}, dcmqi {dcmqi}")
    differing = {
        "pydicom": compare_frames(truth, sources, segmentation),
        "highdicom": compare_highdicom(truth, segmentation),
        "dcmqi": compare_dcmqi(truth, segmentation),
    }
    faults += [f"{reader} reads {count} voxels otherwise" for reader, count in differing.items() if count]
    return {
        "type": str(pydicom.dcmread(segmentation, stop_before_pixels=True).SegmentationType),
        "voxels": int((truth["labels"] > 0).sum()),
        "differing": differing,
        "numbers": [text for _, text in highdicom],
        "faults": faults,
    }


for folder in sys.argv[1:]:
    try:
        answer = check_case(Path(folder))
    except Exception as error:
        answer = {"faults": [f"{type(error).__name__}: {error}"]}
    print(json.dumps(answer), flush=True)
