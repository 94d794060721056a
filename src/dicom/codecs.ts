import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { readCodestreamSize } from './check-compressed-frame.ts'
import { decodeRle } from './decode-rle.ts'
import { type DecodedPixels, decodeWithWasm, type WasmCodec } from './wasm-codec.ts'

/** What a codec needs to know about a greyscale frame. */
export interface CodecFrame {
  readonly rows: number
  readonly columns: number
  readonly bitsAllocated: number
}

type StoredBits = Uint16Array | Uint32Array

const jpegBaseline: WasmCodec = {
  script: '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs',
  wasm: '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasm',
  decoder: 'JPEGDecoder',
}
const jpegLs: WasmCodec = {
  script: '@cornerstonejs/codec-charls/decodewasmjs',
  wasm: '@cornerstonejs/codec-charls/decodewasm',
  decoder: 'JpegLSDecoder',
  isUnsigned: true,
}
const jpeg2000: WasmCodec = {
  script: '@cornerstonejs/codec-openjpeg/decodewasmjs',
  wasm: '@cornerstonejs/codec-openjpeg/decodewasm',
  decoder: 'J2KDecoder',
}
const htj2k: WasmCodec = {
  script: '@cornerstonejs/codec-openjph/wasmjs',
  wasm: '@cornerstonejs/codec-openjph/wasm',
  decoder: 'HTJ2KDecoder',
}

type Decode = (frame: CodecFrame, bytes: Uint8Array) => Promise<DecodedPixels> | DecodedPixels

const withWasm =
  (codec: WasmCodec): Decode =>
  (_, bytes) =>
    decodeWithWasm(codec, bytes)

const decoders: Readonly<Record<string, Decode>> = {
  '1.2.840.10008.1.2.5': decodeRleFrame,
  '1.2.840.10008.1.2.4.50': withWasm(jpegBaseline),
  '1.2.840.10008.1.2.4.51': decodeExtended,
  '1.2.840.10008.1.2.4.57': decodeLossless,
  '1.2.840.10008.1.2.4.70': decodeLossless,
  '1.2.840.10008.1.2.4.80': withWasm(jpegLs),
  '1.2.840.10008.1.2.4.81': withWasm(jpegLs),
  '1.2.840.10008.1.2.4.90': withWasm(jpeg2000),
  '1.2.840.10008.1.2.4.91': withWasm(jpeg2000),
  '1.2.840.10008.1.2.4.201': withWasm(htj2k),
  '1.2.840.10008.1.2.4.202': withWasm(htj2k),
  '1.2.840.10008.1.2.4.203': withWasm(htj2k),
}

/** Nothing to decode: the bytes are unchanged. */
const nativeSyntaxes = new Set([
  '1.2.840.10008.1.2',
  '1.2.840.10008.1.2.1',
  '1.2.840.10008.1.2.1.99',
])

/** Whether images of this transfer syntax can be read. */
export function canDecode(transferSyntaxUid: string): boolean {
  return nativeSyntaxes.has(transferSyntaxUid) || transferSyntaxUid in decoders
}

function decodeRleFrame({ rows, columns, bitsAllocated }: CodecFrame, bytes: Uint8Array) {
  if (bitsAllocated > 16) throw new Error(`RLE with ${bitsAllocated} bits is not supported`)
  return { rows, columns, values: decodeRle(bytes, rows * columns, bitsAllocated > 8 ? 2 : 1) }
}

interface LosslessDecoder {
  decode(buffer: ArrayBufferLike, offset: number, length: number, bytes: 1 | 2): Uint8Array
}

async function decodeLossless({ rows, columns, bitsAllocated }: CodecFrame, bytes: Uint8Array) {
  const { Decoder } = (await import(loaderModule('@cornerstonejs/jpeg-lossless-decoder-js'))) as {
    Decoder: new () => LosslessDecoder
  }
  const isWide = bitsAllocated > 8
  const decoded = new Decoder().decode(bytes.buffer, bytes.byteOffset, bytes.length, isWide ? 2 : 1)
  const values = isWide ? new Uint16Array(decoded.buffer) : new Uint8Array(decoded.buffer)
  return { rows, columns, values }
}

interface JpegImage {
  colorTransform: boolean
  parse(bytes: Uint8Array): void
  getData(columns: number, rows: number): Uint8Array
  getData16(columns: number, rows: number): Uint16Array
}

const loaderPath = createRequire(import.meta.url).resolve('@cornerstonejs/dicom-image-loader')
const loaderRequire = createRequire(loaderPath)
const loaderModule = (name: string) => pathToFileURL(loaderRequire.resolve(name)).href

/**
 * JPEG with 12 bits: no codec package decodes it and the loader does not export its decoder, so
 * this file is imported by its path (docs/adr/0004).
 */
async function decodeExtended({ rows, columns, bitsAllocated }: CodecFrame, bytes: Uint8Array) {
  const { default: Image } = (await import(
    new URL('./codecs/jpeg.js', pathToFileURL(loaderPath)).href
  )) as { default: new () => JpegImage }
  const image = new Image()
  image.parse(bytes)
  image.colorTransform = false
  if (bitsAllocated === 8) return { rows, columns, values: image.getData(columns, rows) }
  const values = image.getData16(columns, rows)
  if (readCodestreamSize(bytes)?.bits === 12) removeLevelShift(values)
  return { rows, columns, values }
}

/**
 * The 12-bit JPEG decoder of @cornerstonejs/dicom-image-loader 5.14.0 shifts levels by 2056 x 4095
 * / 255 sixteenths instead of 2048 x 16 + 8, so every pixel is about 15 too high.
 */
function removeLevelShift(values: Uint16Array): void {
  for (let index = 0; index < values.length; index += 1) {
    values[index] = Math.max((values[index] as number) - 15, 0)
  }
}

let lastDecoding: Promise<unknown> = Promise.resolve()

/**
 * Decodes one frame of grey values to its bits as allocated, whatever their sign: the meaning of
 * the bits is left to toIntensities. Requests are processed one after the other. Rejects if a codec
 * fails or prints an error.
 */
export function decodeStoredBits(
  frame: CodecFrame,
  transferSyntaxUid: string,
  bytes: Uint8Array,
): Promise<StoredBits> {
  const decoding = lastDecoding.then(() => decodeNow(frame, transferSyntaxUid, bytes))
  lastDecoding = decoding.then(
    () => undefined,
    () => undefined,
  )
  return decoding
}

async function decodeNow(
  frame: CodecFrame,
  transferSyntaxUid: string,
  bytes: Uint8Array,
): Promise<StoredBits> {
  const decode = decoders[transferSyntaxUid]
  if (decode === undefined) throw new Error(`${transferSyntaxUid} is not compressed`)
  const { rows, columns, values } = await decode(frame, bytes)
  if (rows !== frame.rows || columns !== frame.columns) {
    throw new Error(`the frame holds ${columns} x ${rows} pixels`)
  }
  const bits = new (frame.bitsAllocated === 32 ? Uint32Array : Uint16Array)(values.length)
  bits.set(values)
  return bits
}
