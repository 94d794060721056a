import dicomParser from 'dicom-parser'
import { GuardedByteStream } from './guarded-byte-stream.ts'

const IMPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2'
const EXPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2.1'

/** How a file is encoded and where its attributes begin. */
export interface FileHeader {
  readonly transferSyntaxUid: string
  readonly end: number
  /** Sentences on what was not as DICOM demands. */
  readonly notes: readonly string[]
}

const bareNote =
  'The file lacks the preamble and file header that DICOM requires; its attributes were read anyway.'
const unnamedNote =
  'The header of the file does not say how it is encoded (no Transfer Syntax UID); its attributes were read nevertheless.'
const mistakenNote =
  'The header of the file names another encoding (Transfer Syntax UID) than its attributes have, which were read as they are.'

const latin1 = (bytes: Uint8Array, start: number, end: number) =>
  Buffer.from(bytes.subarray(start, end)).toString('latin1')

/** File Meta Information (PS3.10 7.1): always explicit VR little endian, always group 0002. */
function readFileMeta(bytes: Uint8Array, start: number): { readonly uid: string; end: number } {
  const stream = new GuardedByteStream(dicomParser.littleEndianByteArrayParser, bytes)
  stream.position = start
  let uid = ''
  while (stream.position + 8 <= bytes.length) {
    if (stream.byteArrayParser.readUint16(bytes, stream.position) !== 0x0002) break
    const element = dicomParser.readDicomElementExplicit(stream, [])
    if (element.tag === 'x00020010') {
      uid = dicomParser.readFixedString(bytes, element.dataOffset, element.length).trim()
    }
  }
  return { uid, end: stream.position }
}

/** Whether letters of a VR follow the first tag of the attributes; implicit VR has a small length there. */
function isExplicit(bytes: Uint8Array, start: number): boolean {
  return /^[A-Z]{2}$/.test(latin1(bytes, start + 4, start + 6))
}

/**
 * The encoding that the header names, unless it names none, or of implicit and explicit VR the one that is
 * not there. Without a name it is little endian, the default (PS3.5 10.1); compressed pixel data need one.
 */
function settleSyntax(bytes: Uint8Array, uid: string, end: number): FileHeader {
  const found = isExplicit(bytes, end) ? EXPLICIT_LITTLE_ENDIAN : IMPLICIT_LITTLE_ENDIAN
  if (uid === '') return { transferSyntaxUid: found, end, notes: [unnamedNote] }
  const isPlain = uid === IMPLICIT_LITTLE_ENDIAN || uid === EXPLICIT_LITTLE_ENDIAN
  if (!isPlain || uid === found || end + 8 > bytes.length) {
    return { transferSyntaxUid: uid, end, notes: [] }
  }
  return { transferSyntaxUid: found, end, notes: [mistakenNote] }
}

/** Group and element of the first attribute. */
function readFirstTag(bytes: Uint8Array): readonly [group: number, element: number] {
  if (bytes.length < 8) return [0, 0]
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  return [view.getUint16(0, true), view.getUint16(2, true)]
}

/**
 * Reads the header of a DICOM file (PS3.10), or finds out without one: the preamble may be missing, with or
 * without the letters DICM and the header. Undefined for what does not begin as DICOM.
 */
export function readFileHeader(bytes: Uint8Array): FileHeader | undefined {
  const start = [128, 0].find((at) => latin1(bytes, at, at + 4) === 'DICM')
  if (start !== undefined) {
    const { uid, end } = readFileMeta(bytes, start + 4)
    const header = settleSyntax(bytes, uid, end)
    return start === 0 ? { ...header, notes: [bareNote, ...header.notes] } : header
  }
  const [group, element] = readFirstTag(bytes)
  if (group === 0x0002 && element <= 0x0016) {
    const { uid, end } = readFileMeta(bytes, 0)
    return { ...settleSyntax(bytes, uid, end), notes: [bareNote] }
  }
  if (group !== 0x0008 || element > 0x0070) return undefined
  return { ...settleSyntax(bytes, '', 0), notes: [bareNote] }
}
