import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const require = createRequire(
  createRequire(import.meta.url).resolve('@cornerstonejs/dicom-image-loader'),
)

interface Encoder {
  getDecodedBuffer(info: object): Uint8Array
  getEncodedBuffer(): Uint8Array
  encode(): void
  setQuality?(lossless: boolean, rate: number): void
  setNearLossless?(error: number): void
  setDecompositions?(levels: number): void
}

interface EncoderModule {
  readonly [name: string]: new () => Encoder
}

export interface FrameInfo {
  readonly width: number
  readonly height: number
  readonly bitsPerSample: number
  readonly isSigned: boolean
}

/** Compresses a frame with the encoder that comes beside the decoder of the same package. */
async function encodeWith(
  module: string,
  name: string,
  info: FrameInfo,
  pixels: Uint8Array,
  prepare: (encoder: Encoder) => void,
): Promise<Uint8Array> {
  const load = require(`@cornerstonejs/${module}`) as (options: object) => Promise<EncoderModule>
  const codec = await load({ print: () => undefined, printErr: () => undefined })
  const encoder = new (codec[name] as new () => Encoder)()
  encoder.getDecodedBuffer({ ...info, componentCount: 1, isUsingColorTransform: false }).set(pixels)
  prepare(encoder)
  encoder.encode()
  const encoded = Uint8Array.from(encoder.getEncodedBuffer())
  return encoded.length % 2 === 0 ? encoded : Uint8Array.of(...encoded, 0)
}

/** Lossless, or to a `ratio` of compression with the irreversible wavelet. */
export const encodeJpeg2000 = (info: FrameInfo, pixels: Uint8Array, ratio = 0) =>
  encodeWith('codec-openjpeg', 'J2KEncoder', info, pixels, (encoder) => {
    encoder.setDecompositions?.(2)
    encoder.setQuality?.(ratio === 0, ratio)
  })

/** Lossless, or with a quantization `step` and the irreversible wavelet. */
export const encodeHtj2k = (info: FrameInfo, pixels: Uint8Array, step = 0) =>
  encodeWith('codec-openjph', 'HTJ2KEncoder', info, pixels, (encoder) => {
    encoder.setDecompositions?.(2)
    encoder.setQuality?.(step === 0, step)
  })

/** Lossless, or with an error of up to `near` in each pixel. */
export const encodeJpegLs = (info: FrameInfo, pixels: Uint8Array, near = 0) =>
  encodeWith('codec-charls', 'JpegLSEncoder', info, pixels, (encoder) =>
    encoder.setNearLossless?.(near),
  )

/** One RLE frame (PS3.5 G): a segment of literal runs for each byte of a pixel, high bytes first. */
export function encodeRle(pixels: Uint8Array, bytesPerPixel: number): Uint8Array {
  const count = pixels.length / bytesPerPixel
  const segments = Array.from({ length: bytesPerPixel }, (_, segment) => {
    const runs: number[] = []
    for (let start = 0; start < count; start += 128) {
      const length = Math.min(128, count - start)
      runs.push(length - 1)
      for (let pixel = start; pixel < start + length; pixel += 1) {
        runs.push(pixels[pixel * bytesPerPixel + bytesPerPixel - 1 - segment] as number)
      }
    }
    // 128 is the control byte that does nothing (G.3.2), here as padding.
    return Buffer.from(runs.length % 2 === 0 ? runs : [...runs, 128])
  })
  const header = Buffer.alloc(64)
  header.writeUInt32LE(bytesPerPixel, 0)
  let offset = 64
  segments.forEach((segment, index) => {
    header.writeUInt32LE(offset, 4 * (index + 1))
    offset += segment.length
  })
  return new Uint8Array(Buffer.concat([header, ...segments]))
}

/** Runs a tool of DCMTK that turns one DICOM file into another. */
export function convertWithDcmtk(tool: string, options: readonly string[], file: Uint8Array) {
  const folder = mkdtempSync(join(tmpdir(), 'hippo-dcmtk-'))
  try {
    const [before, after] = [join(folder, 'before.dcm'), join(folder, 'after.dcm')]
    writeFileSync(before, file)
    execFileSync(tool, [...options, before, after], { stdio: 'pipe' })
    return new Uint8Array(readFileSync(after))
  } finally {
    rmSync(folder, { recursive: true })
  }
}
