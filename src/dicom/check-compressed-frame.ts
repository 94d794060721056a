import type { PixelFormat } from './pixel-format.ts'

const RLE = '1.2.840.10008.1.2.5'

/** Markers SOF0 to SOF15 of JPEG (T.81) and SOF55 of JPEG-LS (T.87); C4, C8 and CC are others. */
function isStartOfFrame(marker: number): boolean {
  return (
    marker === 0xf7 ||
    (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc)
  )
}

interface CodestreamSize {
  readonly rows: number
  readonly columns: number
  readonly samplesPerPixel: number
  readonly bits: number
}

function readJpegSize(view: DataView): CodestreamSize | undefined {
  let position = 2
  while (position + 10 <= view.byteLength) {
    if (view.getUint8(position) !== 0xff) return undefined
    const marker = view.getUint8(position + 1)
    if (marker === 0xff) position += 1
    else if (isStartOfFrame(marker)) {
      return {
        bits: view.getUint8(position + 4),
        rows: view.getUint16(position + 5),
        columns: view.getUint16(position + 7),
        samplesPerPixel: view.getUint8(position + 9),
      }
    } else position += 2 + view.getUint16(position + 2)
  }
  return undefined
}

/**
 * SIZ marker segment of JPEG 2000 (T.800 A.5.1), always right after SOC. The first component may be
 * subsampled (T.800 B-4): a decoder that is told so of a grey frame may never return.
 */
function readJpeg2000Size(view: DataView): CodestreamSize | undefined {
  if (view.byteLength < 45 || view.getUint16(2) !== 0xff51) return undefined
  const [acrossStep, downStep] = [view.getUint8(43), view.getUint8(44)]
  if (acrossStep === 0 || downStep === 0) return undefined
  const samples = (end: number, start: number, step: number) =>
    Math.ceil(view.getUint32(end) / step) - Math.ceil(view.getUint32(start) / step)
  return {
    columns: samples(8, 16, acrossStep),
    rows: samples(12, 20, downStep),
    samplesPerPixel: view.getUint16(40),
    bits: (view.getUint8(42) & 0x7f) + 1,
  }
}

/** Size and depth stated by a JPEG, JPEG-LS or JPEG 2000 code stream. */
export function readCodestreamSize(bytes: Uint8Array): CodestreamSize | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const start = bytes.length < 4 ? 0 : view.getUint16(0)
  if (start === 0xff4f) return readJpeg2000Size(view)
  return start === 0xffd8 ? readJpegSize(view) : undefined
}

function checkCodestream(bytes: Uint8Array, format: PixelFormat): string | undefined {
  const size = readCodestreamSize(bytes)
  if (size === undefined) return 'does not start as its transfer syntax requires'
  const { rows, columns, samplesPerPixel } = format
  if (size.rows !== rows || size.columns !== columns || size.samplesPerPixel !== samplesPerPixel) {
    return `holds ${size.columns} x ${size.rows} pixels instead of ${columns} x ${rows}`
  }
  if (size.bits > format.bitsAllocated) {
    return `holds ${size.bits} bits per pixel instead of ${format.bitsAllocated}`
  }
  // Decoders fill missing data with zeros or noise; a truncated frame has no end marker.
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    .subarray(-16)
    .includes('ffd9', 0, 'hex')
    ? undefined
    : 'is truncated'
}

/** Bytes that one RLE segment (PS3.5 G.3.1) unpacks to. */
function countUnpacked(bytes: Uint8Array, start: number, end: number): number {
  let count = 0
  let position = start
  while (position < end) {
    const control = bytes[position] as number
    if (control < 128) {
      count += Math.min(control + 1, end - position - 1)
      position += control + 2
    } else {
      if (control > 128 && position + 1 < end) count += 257 - control
      position += control === 128 ? 1 : 2
    }
  }
  return count
}

/** RLE header (PS3.5 G.5): number of segments, one per byte of a pixel, and where each starts. */
function checkRle(bytes: Uint8Array, format: PixelFormat): string | undefined {
  if (bytes.length < 64) return 'is truncated'
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const segments = view.getUint32(0, true)
  if (segments !== (format.bitsAllocated / 8) * format.samplesPerPixel) {
    return `has ${segments} RLE segments`
  }
  // Offsets that are not used are zero; the decoder takes another value for the end of the last segment.
  if (view.getUint32((segments + 1) * 4, true) !== 0) return 'has a damaged RLE header'
  for (let segment = 1; segment <= segments; segment += 1) {
    const start = view.getUint32(segment * 4, true)
    const end = segment === segments ? bytes.length : view.getUint32((segment + 1) * 4, true)
    if (start < 64 || end < start || end > bytes.length) return 'has a damaged RLE header'
    if (countUnpacked(bytes, start, end) < format.rows * format.columns) return 'is truncated'
  }
  return undefined
}

/**
 * Checks a compressed frame before decoding: codecs allocate memory for any stated size, and return
 * an image for truncated data. Returns the fault, to follow 'Frame 3 ...', or undefined.
 */
export function checkCompressedFrame(
  transferSyntaxUid: string,
  bytes: Uint8Array,
  format: PixelFormat,
): string | undefined {
  return transferSyntaxUid === RLE ? checkRle(bytes, format) : checkCodestream(bytes, format)
}
