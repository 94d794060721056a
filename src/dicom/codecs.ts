import { createRequire } from 'node:module'
import { dirname, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { readCodestreamSize } from './check-compressed-frame.ts'

/** What decodeImageFrame of @cornerstonejs/dicom-image-loader is told about a frame. */
export interface CodecFrame {
  readonly rows: number
  readonly columns: number
  readonly samplesPerPixel: number
  readonly bitsAllocated: number
  readonly bitsStored: number
  readonly pixelRepresentation: 0
  readonly photometricInterpretation: string
  readonly planarConfiguration: 0
}

type StoredBits = Uint16Array | Uint32Array

interface Loader {
  decodeImageFrame(
    frame: CodecFrame,
    transferSyntaxUid: string,
    bytes: Uint8Array,
    decodeConfig: object,
    options: object,
  ): Promise<{ readonly pixelData: StoredBits; readonly rows: number; readonly columns: number }>
}

const loaderPath = createRequire(import.meta.url).resolve('@cornerstonejs/dicom-image-loader')
const loaderUrl = pathToFileURL(loaderPath).href
/** The codecs are dependencies of the loader, wherever npm put them. */
const loaderRequire = createRequire(loaderPath)

/** Which decoder module and WebAssembly package a transfer syntax needs. */
const wasmCodecs: Readonly<Record<string, readonly [decoder: string, wasm: string]>> = {
  '1.2.840.10008.1.2.4.50': ['decodeJPEGBaseline8Bit', 'codec-libjpeg-turbo-8bit/decodewasm'],
  '1.2.840.10008.1.2.4.80': ['decodeJPEGLS', 'codec-charls/decodewasm'],
  '1.2.840.10008.1.2.4.81': ['decodeJPEGLS', 'codec-charls/decodewasm'],
  '1.2.840.10008.1.2.4.90': ['decodeJPEG2000', 'codec-openjpeg/decodewasm'],
  '1.2.840.10008.1.2.4.91': ['decodeJPEG2000', 'codec-openjpeg/decodewasm'],
  '1.2.840.10008.1.2.4.201': ['decodeHTJ2K', 'codec-openjph/wasm'],
  '1.2.840.10008.1.2.4.202': ['decodeHTJ2K', 'codec-openjph/wasm'],
  '1.2.840.10008.1.2.4.203': ['decodeHTJ2K', 'codec-openjph/wasm'],
}

const JPEG_EXTENDED = '1.2.840.10008.1.2.4.51'

const plainSyntaxes = new Set([
  '1.2.840.10008.1.2',
  '1.2.840.10008.1.2.1',
  '1.2.840.10008.1.2.1.99',
  '1.2.840.10008.1.2.5',
  JPEG_EXTENDED,
  '1.2.840.10008.1.2.4.57',
  '1.2.840.10008.1.2.4.70',
])

/** True for the transfer syntaxes that decodeStoredBits can decode. */
export function canDecode(transferSyntaxUid: string): boolean {
  return plainSyntaxes.has(transferSyntaxUid) || transferSyntaxUid in wasmCodecs
}

let complaints: string[] = []

/**
 * The WebAssembly codecs print to the console through the functions they find there when they are
 * made; standard output belongs to the program. So those are exchanged for the one synchronous
 * moment in which a codec is made. Complaints are kept: some codecs fail in no other way.
 */
function makeQuietly<T>(make: () => T): T {
  const { log, info, warn, error } = console
  const collect = (...values: unknown[]) => {
    const line = values.join(' ')
    if (complaints.length < 20 && /error|fail|warn/i.test(line)) complaints.push(line.slice(0, 200))
  }
  Object.assign(console, { log: collect, info: collect, warn: collect, error: collect })
  try {
    return make()
  } finally {
    Object.assign(console, { log, info, warn, error })
  }
}

let loader: Promise<Loader> | undefined
const ready = new Map<string, Promise<void>>()
let lastInitialisation: Promise<unknown> = Promise.resolve()

async function initialise(decoder: string, wasm: string): Promise<void> {
  const module = (await import(new URL(`./shared/decoders/${decoder}.js`, loaderUrl).href)) as {
    initialize(config: { wasmBasePath: string }): Promise<void>
  }
  const wasmBasePath = dirname(loaderRequire.resolve(`@cornerstonejs/${wasm}`)) + sep
  await makeQuietly(() => module.initialize({ wasmBasePath }))
}

/** Makes a codec once. One after another: the folder of the WebAssembly file is global state. */
function prepareCodec(transferSyntaxUid: string): Promise<void> {
  const codec = wasmCodecs[transferSyntaxUid]
  if (codec === undefined) return Promise.resolve()
  const [decoder, wasm] = codec
  let preparation = ready.get(decoder)
  if (preparation === undefined) {
    preparation = lastInitialisation.then(() => initialise(decoder, wasm))
    lastInitialisation = preparation.catch(() => undefined)
    ready.set(decoder, preparation)
  }
  return preparation
}

/**
 * The 12-bit JPEG decoder of @cornerstonejs/dicom-image-loader 5.14.0 shifts levels by 2056 x 4095 / 255
 * sixteenths where 2048 x 16 + 8 are due, and so answers every pixel about 15 too high.
 */
function removeLevelShift(bits: StoredBits, bytes: Uint8Array): void {
  if (readCodestreamSize(bytes)?.bits !== 12) return
  for (let index = 0; index < bits.length; index += 1) {
    bits[index] = Math.max((bits[index] as number) - 15, 0)
  }
}

let lastDecoding: Promise<unknown> = Promise.resolve()

/**
 * Decodes one frame to its bits as allocated, one value per sample, whatever their sign: the meaning
 * of the bits is left to toIntensities. Uses @cornerstonejs/dicom-image-loader, whose decoder file is
 * imported by address because its package hides it and its index needs a browser.
 *
 * One frame after another, however many ask: a codec has one state and one list of complaints.
 * Rejects with whatever the codec throws, or with its printed complaint when it throws nothing.
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
  loader ??= import(new URL('./decodeImageFrameWorker.js', loaderUrl).href) as Promise<Loader>
  const { decodeImageFrame } = await loader
  await prepareCodec(transferSyntaxUid)
  complaints = []
  const type = frame.bitsAllocated === 32 ? 'Uint32Array' : 'Uint16Array'
  const decoded = await decodeImageFrame(
    { ...frame },
    transferSyntaxUid,
    bytes,
    {},
    {
      targetBuffer: { type },
      preScale: { enabled: false },
    },
  )
  const complaint = complaints.find((line) => /error|fail/i.test(line))
  if (complaint !== undefined) throw new Error(complaint)
  if (decoded.rows !== frame.rows || decoded.columns !== frame.columns) {
    throw new Error(`the frame holds ${decoded.columns} x ${decoded.rows} pixels`)
  }
  if (transferSyntaxUid === JPEG_EXTENDED) removeLevelShift(decoded.pixelData, bytes)
  return decoded.pixelData
}
