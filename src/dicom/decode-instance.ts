import { setImmediate as nextTurn } from 'node:timers/promises'
import { HippoError } from '../errors.ts'
import { checkCompressedFrame } from './check-compressed-frame.ts'
import { canDecode, decodeStoredBits } from './codecs.ts'
import type { DicomInstance } from './dicom-instance.ts'
import { readFrameBytes } from './frame-bytes.ts'
import { isLossyCodestream } from './lossy-codestream.ts'
import { type PixelFormat, readPixelFormat } from './pixel-format.ts'
import { readSequence } from './read-attributes.ts'
import { readSliceFacts, type SliceFacts } from './slice-facts.ts'
import { floatIntensities, readNativeBits, toIntensities } from './stored-values.ts'

/** One decoded frame: its position and its values, one per pixel, row by row. */
export interface DecodedFrame extends SliceFacts {
  /**
   * After rescale. Brighter is always larger: MONOCHROME1 is mirrored (stored-values.ts). Padding
   * and non-finite values are 0.
   */
  readonly intensities: Float32Array
  /** True once any step compressed the pixels with loss. */
  readonly lossy: boolean
}

/**
 * A black frame compresses well, but a small file that decompresses to half a gigabyte is an
 * attack.
 */
const MAXIMUM_RATIO = 2000
const UNCHECKED_BYTES = 64 * 2 ** 20

function invalid(instance: DicomInstance, sentence: string, cause?: unknown): HippoError {
  return new HippoError('PIXEL_DATA_INVALID', sentence, {
    details: {
      sopInstanceUid: instance.sopInstanceUid,
      transferSyntaxUid: instance.transferSyntaxUid,
    },
    ...(cause === undefined ? {} : { cause }),
  })
}

function checkMeasurable(instance: DicomInstance, format: PixelFormat): void {
  const { photometricInterpretation, bitsAllocated, float } = format
  if (format.samplesPerPixel !== 1 || !/^MONOCHROME[12]$/.test(photometricInterpretation)) {
    throw invalid(
      instance,
      `The image is in colour (${photometricInterpretation}); only greyscale images can be measured.`,
    )
  }
  const possible = float ? [32, 64] : [8, 16, 32]
  if (!possible.includes(bitsAllocated)) {
    throw invalid(instance, `Pixels of ${bitsAllocated} bits allocated are not supported.`)
  }
  if ((readSequence(instance.dataset, 'ModalityLUTSequence') ?? []).length > 0) {
    throw invalid(
      instance,
      'The image needs a lookup table (Modality LUT), which is not supported.',
    )
  }
}

function checkSize(instance: DicomInstance, format: PixelFormat, frames: readonly Uint8Array[]) {
  const encoded = frames.reduce((sum, { length }) => sum + length, 0)
  const decoded = format.rows * format.columns * format.numberOfFrames * (format.bitsAllocated / 8)
  if (decoded > UNCHECKED_BYTES && decoded > encoded * MAXIMUM_RATIO) {
    throw invalid(
      instance,
      'The compressed pixel data are far too small for the stated image size.',
    )
  }
}

/** Decodes one frame's bytes to intensities; `name` identifies it in errors. */
async function decodeFrame(
  instance: DicomInstance,
  format: PixelFormat,
  bytes: Uint8Array,
  facts: SliceFacts,
  compressed: boolean,
): Promise<Float32Array> {
  const { rescaleSlope, rescaleIntercept, id, rows, columns } = facts
  if (format.float) return floatIntensities(bytes, format, rescaleSlope, rescaleIntercept)
  if (!compressed) {
    // Native frames were made little endian when they were cut out.
    const bits = readNativeBits(bytes, format.bitsAllocated)
    return toIntensities(bits, format, rescaleSlope, rescaleIntercept)
  }
  const syntax = instance.transferSyntaxUid
  const problem = checkCompressedFrame(syntax, bytes, format)
  if (problem !== undefined) throw invalid(instance, `The compressed image ${id} ${problem}.`)
  const { bitsAllocated } = format
  try {
    const bits = await decodeStoredBits({ rows, columns, bitsAllocated }, syntax, bytes)
    if (bits.length !== rows * columns) {
      throw new Error(`${bits.length} values were decoded instead of ${rows * columns}`)
    }
    return toIntensities(bits, format, rescaleSlope, rescaleIntercept)
  } catch (error) {
    throw invalid(instance, `The compressed image ${id} is damaged and cannot be decoded.`, error)
  }
}

/** The storage format of the frames. Throws like decodeInstance for unsupported images. */
export function checkDecodable(instance: DicomInstance) {
  const { transferSyntaxUid } = instance
  const format = readPixelFormat(instance)
  checkMeasurable(instance, format)
  const compressed = instance.dataset.parsed.elements.x7fe00010?.encapsulatedPixelData === true
  if (compressed && !canDecode(transferSyntaxUid)) {
    throw new HippoError(
      'TRANSFER_SYNTAX_UNSUPPORTED',
      `The compression of the image is not supported (transfer syntax ${transferSyntaxUid}).`,
      { details: { sopInstanceUid: instance.sopInstanceUid, transferSyntaxUid } },
    )
  }
  return { format, compressed }
}

/**
 * Decodes all frames of an instance to intensities, in stored order: 8, 16 or 32 bits allocated,
 * signed or not, or floating point; native, RLE, JPEG (baseline, extended, lossless), JPEG-LS,
 * JPEG 2000 or HTJ2K.
 *
 * Throws TRANSFER_SYNTAX_UNSUPPORTED, PIXEL_DATA_INVALID (no grey values, wrong amount, damaged,
 * truncated) or ATTRIBUTE_MISSING (no geometry).
 */
export async function decodeInstance(instance: DicomInstance): Promise<DecodedFrame[]> {
  const decoded: DecodedFrame[] = []
  for await (const frame of decodeFrames(instance)) decoded.push(frame)
  return decoded
}

/** Decodes frame by frame, so that only one is in memory at a time. Throws like decodeInstance. */
export async function* decodeFrames(instance: DicomInstance): AsyncGenerator<DecodedFrame> {
  const { format, compressed } = checkDecodable(instance)
  const { transferSyntaxUid } = instance
  const facts = readSliceFacts(instance)
  const frames = readFrameBytes(instance, format)
  checkSize(instance, format, frames)
  for (const [index, bytes] of frames.entries()) {
    const slice = facts[index] as SliceFacts
    const intensities = await decodeFrame(instance, format, bytes, slice, compressed)
    const lossy = format.lossy || (compressed && isLossyCodestream(transferSyntaxUid, bytes))
    yield { ...slice, intensities, lossy }
    // A large multi-frame image takes seconds: timers, leases and health checks continue in between.
    if (format.numberOfFrames > 1) await nextTurn()
  }
}
