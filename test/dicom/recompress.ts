import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { parsePart10 } from '../../src/dicom/part10.ts'
import { buildDicom, encapsulate } from './build-dicom.ts'
import {
  encodeHtj2k,
  encodeJpeg2000,
  encodeJpegLs,
  encodeRle,
  type FrameInfo,
} from './encode-frames.ts'

const runProgram = promisify(execFile)

type EncodeFrame = (info: FrameInfo, pixels: Uint8Array) => Promise<Uint8Array> | Uint8Array

/**
 * An uncompressed explicit little endian file of the same attributes with its frames compressed, each
 * in one fragment, with or without basic offset table.
 */
export async function compressFrames(
  file: Uint8Array,
  transferSyntaxUid: string,
  encode: EncodeFrame,
  withOffsetTable = true,
): Promise<Uint8Array> {
  const { dataset } = parsePart10(file)
  const { parsed } = dataset
  const whole = (tag: string) => parsed.uint16(tag) ?? 0
  const [height, width] = [whole('x00280010'), whole('x00280011')]
  const info = {
    width,
    height,
    bitsPerSample: whole('x00280101'),
    isSigned: whole('x00280103') === 1,
  }
  const element = parsed.elements.x7fe00010!
  const frameLength = (width * height * whole('x00280100')) / 8
  const frames: Uint8Array[][] = []
  for (let frame = 0; frame < (parsed.intString('x00280008') ?? 1); frame += 1) {
    const start = element.dataOffset + frame * frameLength
    frames.push([await encode(info, parsed.byteArray.slice(start, start + frameLength))])
  }
  const header = buildDicom({}, transferSyntaxUid)
  const attributes = parsed.byteArray.subarray(0, element.dataOffset - 12)
  return new Uint8Array(Buffer.concat([header, attributes, encapsulate(frames, withOffsetTable)]))
}

/** Every transfer syntax a scanner or archive sends, as a way to rewrite an explicit little endian file. */
export const recompressions: Readonly<
  Record<string, { readonly lossy?: true; readonly run: (file: Uint8Array) => Promise<Uint8Array> }>
> = {
  'implicit little endian': dcmtk('dcmconv', '+ti'),
  'explicit little endian': dcmtk('dcmconv', '+te'),
  'explicit big endian': dcmtk('dcmconv', '+tb'),
  deflated: dcmtk('dcmconv', '+td'),
  'RLE of DCMTK': dcmtk('dcmcrle'),
  RLE: codec('1.2.840.10008.1.2.5', (_, pixels) => encodeRle(pixels, 2)),
  'JPEG lossless .57': dcmtk('dcmcjpeg', '+el'),
  'JPEG lossless .70': dcmtk('dcmcjpeg', '+e1'),
  'JPEG-LS of DCMTK': dcmtk('dcmcjpls'),
  'JPEG-LS .80': codec('1.2.840.10008.1.2.4.80', encodeJpegLs),
  'JPEG-LS .81, lossless': codec('1.2.840.10008.1.2.4.81', encodeJpegLs),
  'JPEG 2000 .90': codec('1.2.840.10008.1.2.4.90', encodeJpeg2000),
  'JPEG 2000 .91, lossless': codec('1.2.840.10008.1.2.4.91', encodeJpeg2000),
  'HTJ2K .201': codec('1.2.840.10008.1.2.4.201', encodeHtj2k),
  'HTJ2K .202': codec('1.2.840.10008.1.2.4.202', encodeHtj2k),
  'HTJ2K .203, lossless': codec('1.2.840.10008.1.2.4.203', encodeHtj2k),
  'JPEG extended .51, 12 bits, lossy': {
    ...dcmtk('dcmcjpeg', '+ee', '+q', '98', '+un'),
    lossy: true,
  },
  'JPEG-LS .81, lossy': {
    ...codec('1.2.840.10008.1.2.4.81', (info, pixels) => encodeJpegLs(info, pixels, 2)),
    lossy: true,
  },
  'JPEG 2000 .91, lossy': {
    ...codec('1.2.840.10008.1.2.4.91', (info, pixels) => encodeJpeg2000(info, pixels, 4)),
    lossy: true,
  },
  'HTJ2K .203, lossy': {
    ...codec('1.2.840.10008.1.2.4.203', (info, pixels) => encodeHtj2k(info, pixels, 0.001)),
    lossy: true,
  },
}

/** Not the blocking way: the files of a series go through side by side. */
function dcmtk(tool: string, ...options: readonly string[]) {
  const run = async (file: Uint8Array) => {
    const folder = await mkdtemp(join(tmpdir(), 'hippo-dcmtk-'))
    try {
      const [before, after] = [join(folder, 'before.dcm'), join(folder, 'after.dcm')]
      await writeFile(before, file)
      await runProgram(tool, [...options, before, after])
      return new Uint8Array(await readFile(after))
    } finally {
      await rm(folder, { recursive: true })
    }
  }
  return { run }
}

function codec(transferSyntaxUid: string, encode: EncodeFrame) {
  return { run: (file: Uint8Array) => compressFrames(file, transferSyntaxUid, encode) }
}
