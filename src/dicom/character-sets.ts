import { convertBytes } from 'dicom-character-set'

const strictUtf8 = new TextDecoder('utf-8', { fatal: true })
const latin1 = new TextDecoder('windows-1252')

function isKnown(characterSet: string): boolean {
  try {
    convertBytes(characterSet, new Uint8Array(0))
    return true
  } catch {
    return false
  }
}

/**
 * Chooses the decoder for the declared SpecificCharacterSet (PS3.3 C.12.1.1.2). An unknown one (a
 * misspelling such as ISO_IR_100) gives undefined, the fallback, with a note.
 */
export function resolveCharacterSet(declared: string | undefined): {
  readonly characterSet: string | undefined
  readonly note: string | undefined
} {
  const name = declared?.split('\0').join('').trim()
  if (!name) return { characterSet: undefined, note: undefined }
  if (isKnown(name)) return { characterSet: name, note: undefined }
  const shown = name.slice(0, 64).replace(/[^\x20-\x7e]/g, '?')
  return {
    characterSet: undefined,
    note: `The character set "${shown}" is not known; texts were read as UTF-8 or Latin-1.`,
  }
}

/** UTF-8 if the bytes are valid UTF-8 (ASCII is), else Latin-1, which reads any byte. */
function decodeUndeclared(bytes: Uint8Array): string {
  try {
    return strictUtf8.decode(bytes)
  } catch {
    return latin1.decode(bytes)
  }
}

/**
 * Text of an element of VR SH, LO, ST, LT, UC, UT or PN, all values with their backslashes. Bytes
 * that break the declared set (an escape sequence it does not announce) are decoded with the
 * fallback.
 */
export function decodeText(
  bytes: Uint8Array,
  characterSet: string | undefined,
  vr: string,
): string {
  if (characterSet === undefined) return decodeUndeclared(bytes)
  try {
    // Without declared extensions, bytes over 127 are most likely undeclared Latin-1.
    if (characterSet === 'ISO_IR 6') return decodeUndeclared(bytes)
    return convertBytes(characterSet, bytes, { vr })
  } catch {
    return decodeUndeclared(bytes)
  }
}
