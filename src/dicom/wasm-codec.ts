import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

/** Facts about a decoded frame from a cornerstone codec. */
interface FrameInfo {
  readonly width: number
  readonly height: number
  readonly bitsPerSample: number
  readonly componentCount: number
  readonly isSigned?: boolean | number
}

/**
 * The decoder interface of all @cornerstonejs/codec-* packages; its buffers are WebAssembly memory.
 */
interface Decoder {
  getEncodedBuffer(length: number): Uint8Array
  decode(): void
  getFrameInfo(): FrameInfo
  getDecodedBuffer(): Uint8Array
  delete(): void
}

type CodecModule = Readonly<Record<string, new () => Decoder>> & {
  readonly getExceptionMessage?: (exception: number) => string
}

export interface WasmCodec {
  /** Package, script and WebAssembly, by their exported names. */
  readonly script: string
  readonly wasm: string
  readonly decoder: string
  /** Whether values are signed is stated in the data set, not in the code stream. */
  readonly isUnsigned?: boolean
}

export interface DecodedPixels {
  readonly rows: number
  readonly columns: number
  readonly values: Uint8Array | Int8Array | Uint16Array | Int16Array
}

/** Resolve the codecs as dependencies of the loader, wherever npm installed them. */
const require = createRequire(
  createRequire(import.meta.url).resolve('@cornerstonejs/dicom-image-loader'),
)

let complaints: string[] = []

/**
 * The WebAssembly codecs print through the console functions present at their creation, but
 * standard output is reserved for the program's data. These functions are therefore replaced while
 * a codec is created, which is synchronous. Messages are kept: some codecs report failures in no
 * other way.
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

const loaded = new Map<string, Promise<CodecModule>>()

async function load({ script, wasm }: WasmCodec): Promise<CodecModule> {
  const { default: factory } = (await import(pathToFileURL(require.resolve(script)).href)) as {
    default: (options: object) => Promise<CodecModule>
  }
  const path = require.resolve(wasm)
  const locateFile = (name: string) => (name.endsWith('.wasm') ? path : name)
  return makeQuietly(() => factory({ locateFile }))
}

function readPixels({ bitsPerSample }: FrameInfo, decoded: Uint8Array, signed: boolean) {
  const { buffer, byteOffset, byteLength } = decoded.slice()
  if (bitsPerSample > 8) {
    const length = byteLength / 2
    return signed
      ? new Int16Array(buffer, byteOffset, length)
      : new Uint16Array(buffer, byteOffset, length)
  }
  return signed ? new Int8Array(buffer) : new Uint8Array(buffer)
}

/**
 * Decodes a frame with a codec package. The caller must decode one frame at a time: a codec has one
 * state and one list of messages. Rejects with what the codec throws or, if it throws nothing,
 * prints.
 */
export async function decodeWithWasm(codec: WasmCodec, bytes: Uint8Array): Promise<DecodedPixels> {
  const loading = loaded.get(codec.script) ?? load(codec)
  loaded.set(codec.script, loading)
  const module = await loading
  complaints = []
  const decoder = new module[codec.decoder]!()
  try {
    decoder.getEncodedBuffer(bytes.length).set(bytes)
    decoder.decode()
    const complaint = complaints.find((line) => /error|fail/i.test(line))
    if (complaint !== undefined) throw new Error(complaint)
    const info = decoder.getFrameInfo()
    const signed = !codec.isUnsigned && info.componentCount === 1 && Boolean(info.isSigned)
    const values = readPixels(info, decoder.getDecodedBuffer(), signed)
    return { rows: info.height, columns: info.width, values }
  } catch (error) {
    if (typeof error !== 'number') throw error
    throw new Error(module.getExceptionMessage?.(error) ?? `exception ${error}`)
  } finally {
    decoder.delete()
  }
}
