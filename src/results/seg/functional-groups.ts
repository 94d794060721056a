import { codeItem, codes } from '../../dicom/codes.ts'
import type { DicomAttributes } from '../../dicom/dicom-instance.ts'
import { cross, dot, normalize, subtract } from '../../volume/vector3.ts'
import type { SourceFrame } from '../source-frames.ts'
import type { PlannedFrame } from './plan-frames.ts'

/** Distance between adjacent slices from their positions, millimetres, rounded to a nanometre. */
function spacingBetween(frames: readonly SourceFrame[]): number | undefined {
  const [first, last] = [frames[0]!.facts, frames.at(-1)!.facts]
  if (frames.length < 2) return first.spacingBetweenSlices ?? first.sliceThickness
  const normal = normalize(cross(first.rowCosines, first.columnCosines))
  const span = dot(subtract(last.imagePositionPatient, first.imagePositionPatient), normal)
  return Number((Math.abs(span) / (frames.length - 1)).toFixed(6))
}

/**
 * Shared Functional Groups (PS3.3 C.7.6.16.1): Pixel Measures and Plane Orientation, as the source
 * states them; the spacing is that of the slices' positions.
 */
export function sharedFunctionalGroups(frames: readonly SourceFrame[]): DicomAttributes {
  const { pixelSpacing, sliceThickness, rowCosines, columnCosines } = frames[0]!.facts
  const spacing = spacingBetween(frames)
  return {
    PixelMeasuresSequence: [
      {
        PixelSpacing: [...pixelSpacing],
        SliceThickness: sliceThickness ?? spacing ?? null,
        ...(spacing === undefined ? {} : { SpacingBetweenSlices: spacing }),
      },
    ],
    PlaneOrientationSequence: [{ ImageOrientationPatient: [...rowCosines, ...columnCosines] }],
  }
}

/** Derivation Image (C.7.6.16.2.6): the source frame with the same voxels. */
function derivationImage({ instance, frameNumber }: SourceFrame): DicomAttributes {
  return {
    DerivationCodeSequence: [codeItem(codes.segmentation)],
    SourceImageSequence: [
      {
        ReferencedSOPClassUID: instance.sopClassUid,
        ReferencedSOPInstanceUID: instance.sopInstanceUid,
        ...(frameNumber === undefined ? {} : { ReferencedFrameNumber: frameNumber }),
        SpatialLocationsPreserved: 'YES',
        PurposeOfReferenceCodeSequence: [codeItem(codes.sourceImageForProcessing)],
      },
    ],
  }
}

/** Per-Frame Functional Groups: Frame Content, Plane Position, Segment Identification, Derivation Image. */
export function perFrameFunctionalGroups(
  planned: readonly PlannedFrame[],
  frames: readonly SourceFrame[],
): readonly DicomAttributes[] {
  return planned.map(({ segmentNumber, slice, rank }) => {
    const source = frames[slice]!
    return {
      FrameContentSequence: [{ DimensionIndexValues: [segmentNumber, rank] }],
      PlanePositionSequence: [{ ImagePositionPatient: [...source.facts.imagePositionPatient] }],
      SegmentIdentificationSequence: [{ ReferencedSegmentNumber: segmentNumber }],
      DerivationImageSequence: [derivationImage(source)],
    }
  })
}
