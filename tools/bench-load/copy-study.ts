import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'

const digits = 4

/** Of a DICOM file: the header lies before the pixels, and identifiers before anything large. */
const headerBytes = 4096

/** Replaces the last digits of every UID under 2.25 and of the patient ID with a number. */
function renumber(file: Buffer, patientId: string, index: number): void {
  const number = String(index).padStart(digits, '0')
  const header = file.toString('latin1', 0, headerBytes)
  for (const { 0: uid, index: at } of header.matchAll(/2\.25\.\d{20,}/g)) {
    file.write(number, at + uid.length - digits, 'latin1')
  }
  const at = header.indexOf(patientId)
  file.write(number, at + patientId.length - digits, 'latin1')
}

/**
 * Writes files of a study into a folder as another study of another patient, identified by a number
 * below 10,000. Much cheaper than regenerating the study, which would use the cores being measured.
 * `patientId` is the one in the files and ends in as many digits.
 */
export function copyStudy(
  files: readonly string[],
  patientId: string,
  folder: string,
  index: number,
): string[] {
  mkdirSync(folder, { recursive: true })
  return files.map((path) => {
    const file = readFileSync(path)
    renumber(file, patientId, index)
    const copy = join(folder, basename(path))
    writeFileSync(copy, file)
    return copy
  })
}
