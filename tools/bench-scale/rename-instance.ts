import dicomParser from 'dicom-parser'

const uids = { SOPInstanceUID: 'x00080018', study: 'x0020000d', series: 'x0020000e' }

/**
 * A copy of a DICOM file with other last digits in all SOP, series and study instance UIDs. Every
 * copy is a separate study, so that no study becomes unrealistically large.
 */
export function renameInstance(file: Uint8Array, unique: string): Uint8Array {
  const dataset = dicomParser.parseDicom(file, { untilTag: 'x7fe00010' })
  const renamed = Buffer.from(file)
  for (const tag of Object.values(uids)) {
    const uid = dataset.string(tag) ?? ''
    const digits = unique.padStart(12, '1')
    const other = uid.slice(0, uid.length - digits.length) + digits
    for (let at = renamed.indexOf(uid); at >= 0; at = renamed.indexOf(uid, at + 1)) {
      renamed.write(other, at, 'latin1')
    }
  }
  return renamed
}
