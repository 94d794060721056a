import type { Element, Fragment } from 'dicom-parser'
import { HippoError } from '../errors.ts'
import type { DicomInstance } from './dicom-instance.ts'
import type { PixelFormat } from './pixel-format.ts'
import { isLittleEndian, readBytes } from './read-attributes.ts'

function invalid(instance: DicomInstance, sentence: string): HippoError {
  return new HippoError('PIXEL_DATA_INVALID', sentence, {
    details: { sopInstanceUid: instance.sopInstanceUid },
  })
}

/**
 * Whether the bytes have the expected length plus padding: an odd length is padded to an even one,
 * and a receiver must accept longer padding, too (PS3.5 8.1.1). Excess bytes as large as a frame,
 * or of differing values, are not padding: then the size of the image is in doubt.
 */
function isPadded(bytes: Uint8Array, expected: number, frameLength: number): boolean {
  const excess = bytes.length - expected
  if (excess === 0 || (excess === 1 && expected % 2 === 1)) return true
  if (excess < 0 || excess >= frameLength) return false
  const padding = bytes.subarray(expected)
  return padding.every((byte) => byte === padding[0])
}

/** Views of the frames, little endian. */
function sliceNative(
  instance: DicomInstance,
  format: PixelFormat,
  element: Element,
  bytes: Uint8Array,
): readonly Uint8Array[] {
  const { rows, columns, samplesPerPixel, bitsAllocated, numberOfFrames } = format
  const frameLength = (rows * columns * samplesPerPixel * bitsAllocated) / 8
  const expected = frameLength * numberOfFrames
  if (!isPadded(bytes, expected, frameLength)) {
    throw invalid(
      instance,
      `The pixel data have ${bytes.length} bytes, but ${numberOfFrames} frame(s) of ${columns} x ${rows} pixels need ${expected}.`,
    )
  }
  let content = bytes
  if (!isLittleEndian(instance.dataset)) {
    const swapped = Buffer.from(bytes)
    // OW bytes are swapped even where a sample has one byte (PS3.5 A.3).
    if (bitsAllocated === 16 || (bitsAllocated === 8 && element.vr === 'OW')) swapped.swap16()
    if (bitsAllocated === 32) swapped.swap32()
    if (bitsAllocated === 64) swapped.swap64()
    content = swapped
  }
  return Array.from({ length: numberOfFrames }, (_, frame) =>
    content.subarray(frame * frameLength, (frame + 1) * frameLength),
  )
}

/** Extended Offset Table (PS3.3 C.7.6.3.1.8): 64-bit offsets like those of the basic one. */
function readExtendedOffsets(instance: DicomInstance): readonly number[] {
  const bytes = readBytes(instance.dataset, 'ExtendedOffsetTable') ?? new Uint8Array(0)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  return Array.from({ length: Math.floor(bytes.length / 8) }, (_, index) =>
    Number(view.getBigUint64(index * 8, true)),
  )
}

/** Fragments that start like a JPEG, JPEG-LS or JPEG 2000 frame. */
function findCodestreams(instance: DicomInstance, fragments: readonly Fragment[]): number[] {
  const { byteArray } = instance.dataset.parsed
  return fragments.flatMap(({ position, length }, index) => {
    const start = ((byteArray[position] ?? 0) << 8) | (byteArray[position + 1] ?? 0)
    return length >= 2 && (start === 0xffd8 || start === 0xff4f) ? [index] : []
  })
}

/**
 * First fragment of each frame: from the basic or extended offset table, or one fragment per frame
 * without them, or those that start like a frame.
 */
function locateFrames(
  instance: DicomInstance,
  { basicOffsetTable = [], fragments = [] }: Element,
  numberOfFrames: number,
): readonly number[] {
  if (numberOfFrames === 1) return [0]
  if (fragments.length === numberOfFrames) return fragments.map((_, index) => index)
  const indexByOffset = new Map(fragments.map(({ offset }, index) => [offset, index]))
  for (const offsets of [basicOffsetTable, readExtendedOffsets(instance)]) {
    if (offsets.length !== numberOfFrames) continue
    const starts = offsets.map((offset) => indexByOffset.get(offset) ?? -1)
    const rising = starts.every((start, frame) => start > (starts[frame - 1] ?? -1))
    if (starts[0] === 0 && rising) return starts
  }
  const starts = findCodestreams(instance, fragments)
  if (starts.length === numberOfFrames && starts[0] === 0) return starts
  throw invalid(
    instance,
    `The compressed pixel data have ${fragments.length} fragments, which cannot be divided among ${numberOfFrames} frames.`,
  )
}

function joinFragments(
  instance: DicomInstance,
  element: Element,
  numberOfFrames: number,
): readonly Uint8Array[] {
  const { byteArray } = instance.dataset.parsed
  const fragments = element.fragments ?? []
  if (fragments.length === 0) throw invalid(instance, 'The compressed pixel data are empty.')
  const starts = locateFrames(instance, element, numberOfFrames)
  return starts.map((start, frame) => {
    const own = fragments.slice(start, starts[frame + 1] ?? fragments.length)
    const parts = own.map(({ position, length }) => byteArray.subarray(position, position + length))
    return new Uint8Array(Buffer.concat(parts))
  })
}

/**
 * Finds the bytes of each frame, native (as little endian) or still compressed; views of the file
 * if possible. Throws PIXEL_DATA_INVALID if they are absent or their length contradicts the format.
 */
export function readFrameBytes(
  instance: DicomInstance,
  format: PixelFormat,
): readonly Uint8Array[] {
  const { elements, byteArray } = instance.dataset.parsed
  const element = elements.x7fe00010 ?? elements.x7fe00008 ?? elements.x7fe00009
  if (element === undefined) throw invalid(instance, 'The instance has no pixel data.')
  if (element.encapsulatedPixelData === true) {
    return joinFragments(instance, element, format.numberOfFrames)
  }
  const { dataOffset, length } = element
  const bytes = byteArray.subarray(dataOffset, dataOffset + length)
  return sliceNative(instance, format, element, bytes)
}
