import { HippoError } from '../errors.ts'
import type { DicomInstance } from './dicom-instance.ts'
import {
  hasAttribute,
  readNumber,
  readString,
  requireNumber,
  requireString,
} from './read-attributes.ts'

/** How pixels are stored (Image Pixel Module, PS3.3 C.7.6.3); the same for all frames. */
export interface PixelFormat {
  readonly rows: number
  readonly columns: number
  readonly samplesPerPixel: number
  readonly photometricInterpretation: string
  readonly bitsAllocated: number
  readonly bitsStored: number
  readonly highBit: number
  /** PixelRepresentation 1: two's complement. */
  readonly signed: boolean
  /** Float or Double Float Pixel Data (C.7.6.24, C.7.6.25) instead of integers. */
  readonly float: boolean
  readonly numberOfFrames: number
  /** Stored padding values, before rescale; undefined without padding. */
  readonly padding: PaddingRange | undefined
  /** True once any step compressed the pixels with loss (C.7.6.1.1.5). */
  readonly lossy: boolean
}

/** Pixel Padding Value and Pixel Padding Range Limit (C.7.5.1.1.2), in either order. */
export interface PaddingRange {
  readonly first: number
  readonly last: number
}

/** Sizes beyond any MR image: such a file is rejected before memory is allocated. */
const MAXIMUM_FRAME_PIXELS = 2 ** 24
/** Of one file: magnitude and phase of the largest volume (volume/arrange-slices.ts). */
const MAXIMUM_VOXELS = 2 ** 28

const lossyTransferSyntaxes = new Set(['1.2.840.10008.1.2.4.50', '1.2.840.10008.1.2.4.51'])

function requireWhole(
  instance: DicomInstance,
  keyword: string,
  minimum: number,
  maximum: number,
): number {
  const value = requireNumber(instance.dataset, keyword)
  if (Number.isInteger(value) && value >= minimum && value <= maximum) return value
  throw new HippoError(
    'PIXEL_DATA_INVALID',
    `The image has a ${keyword} of ${value}; ${minimum} to ${maximum} is allowed.`,
    { details: { sopInstanceUid: instance.sopInstanceUid, attribute: keyword } },
  )
}

function readNumberOfFrames(instance: DicomInstance): number {
  const text = readString(instance.dataset, 'NumberOfFrames')
  if (text === undefined) return 1
  // Some writers store 0 in a classic image, which has one frame.
  const isClassic = !hasAttribute(instance.dataset, 'PerFrameFunctionalGroupsSequence')
  if (isClassic && Number(text) === 0) return 1
  return requireWhole(instance, 'NumberOfFrames', 1, MAXIMUM_VOXELS)
}

/**
 * Reads the padding. Its value representation should match the sign of the pixels, but some writers
 * store -2000 as 63536: the bits are interpreted like those of pixels.
 */
function readPadding(
  { dataset }: DicomInstance,
  float: boolean,
  bitsStored: number,
  signed: boolean,
): PaddingRange | undefined {
  const isDouble = float && bitsStored === 64
  const kind = isDouble ? 'DoubleFloatPixelPadding' : float ? 'FloatPixelPadding' : 'PixelPadding'
  const value = readNumber(dataset, `${kind}Value`)
  if (value === undefined) return undefined
  const limit = readNumber(dataset, `${kind}RangeLimit`) ?? value
  if (float) return { first: Math.min(value, limit), last: Math.max(value, limit) }
  const span = 2 ** bitsStored
  const asPixel = (bits: number) => {
    const rest = ((bits % span) + span) % span
    return signed && rest >= span / 2 ? rest - span : rest
  }
  const ends = [asPixel(value), asPixel(limit)] as const
  return { first: Math.min(...ends), last: Math.max(...ends) }
}

/** Bits of a value. HighBit is one less than BitsStored (PS3.5 8.1.1), so that either tells the other. */
function readBits(instance: DicomInstance, bitsAllocated: number) {
  const { dataset } = instance
  const highBit = readNumber(dataset, 'HighBit')
  const isStated = hasAttribute(dataset, 'BitsStored') || highBit === undefined
  const bitsStored = isStated ? requireWhole(instance, 'BitsStored', 1, bitsAllocated) : highBit + 1
  // Where no other bit is possible, a wrong HighBit does not matter.
  const isOnly = highBit === undefined || bitsStored === bitsAllocated
  return {
    bitsStored,
    highBit: isOnly
      ? bitsStored - 1
      : requireWhole(instance, 'HighBit', bitsStored - 1, bitsAllocated - 1),
  }
}

/** Grey values are one sample a pixel, whether that is stated or not. */
function readSamplesPerPixel(instance: DicomInstance, photometricInterpretation: string): number {
  const isGrey = photometricInterpretation.startsWith('MONOCHROME')
  if (isGrey && !hasAttribute(instance.dataset, 'SamplesPerPixel')) return 1
  return requireWhole(instance, 'SamplesPerPixel', 1, 4)
}

/**
 * Reads the Image Pixel Module. Throws ATTRIBUTE_MISSING, or PIXEL_DATA_INVALID if its values
 * contradict each other or need more memory than any MR image.
 */
export function readPixelFormat(instance: DicomInstance): PixelFormat {
  const { dataset, transferSyntaxUid } = instance
  const float =
    hasAttribute(dataset, 'FloatPixelData') || hasAttribute(dataset, 'DoubleFloatPixelData')
  const rows = requireWhole(instance, 'Rows', 1, 65535)
  const columns = requireWhole(instance, 'Columns', 1, 65535)
  const numberOfFrames = readNumberOfFrames(instance)
  const bitsAllocated = requireWhole(instance, 'BitsAllocated', 1, 64)
  const { bitsStored, highBit } = float
    ? { bitsStored: bitsAllocated, highBit: bitsAllocated - 1 }
    : readBits(instance, bitsAllocated)
  const signed = !float && requireWhole(instance, 'PixelRepresentation', 0, 1) === 1
  const photometricInterpretation = requireString(dataset, 'PhotometricInterpretation')
  const format: PixelFormat = {
    rows,
    columns,
    samplesPerPixel: readSamplesPerPixel(instance, photometricInterpretation),
    photometricInterpretation,
    bitsAllocated,
    bitsStored,
    highBit,
    signed,
    float,
    numberOfFrames,
    padding: readPadding(instance, float, bitsStored, signed),
    lossy:
      readString(dataset, 'LossyImageCompression') === '01' ||
      lossyTransferSyntaxes.has(transferSyntaxUid),
  }
  if (rows * columns > MAXIMUM_FRAME_PIXELS || rows * columns * numberOfFrames > MAXIMUM_VOXELS) {
    throw new HippoError(
      'PIXEL_DATA_INVALID',
      `The image states ${numberOfFrames} frames of ${columns} x ${rows} pixels, more than is accepted.`,
      { details: { sopInstanceUid: instance.sopInstanceUid } },
    )
  }
  return format
}
