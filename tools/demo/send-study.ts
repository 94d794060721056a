import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { parsePart10 } from '../../src/dicom/part10.ts'
import { readString } from '../../src/dicom/read-attributes.ts'

const run = promisify(execFile)

/** The arguments of DCMTK's storescu for sending a folder like a scanner. */
export function storescuArguments(aet: string, port: number, folder: string): string[] {
  return ['-aet', 'SCANNER', '-aec', aet, '+sd', '+r', '127.0.0.1', String(port), folder]
}

/** Sends all DICOM files of a folder to the demo's Orthanc. Throws storescu's output on failure. */
export async function sendStudy(aet: string, port: number, folder: string): Promise<void> {
  await run('storescu', storescuArguments(aet, port, folder), {
    env: { ...process.env, TCP_NODELAY: '1' },
    maxBuffer: 64 * 2 ** 20,
  }).catch((error: Error & { stderr?: string }) => {
    throw new Error(`storescu could not send ${folder}: ${error.stderr || error.message}`)
  })
}

/** StudyInstanceUIDs of the DICOM files in a folder and below; other files are ignored. */
export function listStudies(folder: string): string[] {
  const studies = new Set<string>()
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    try {
      const { dataset } = parsePart10(readFileSync(join(entry.parentPath, entry.name)))
      const study = readString(dataset, 'StudyInstanceUID')
      if (study !== undefined) studies.add(study)
    } catch {
      // storescu reports files it cannot send.
    }
  }
  return [...studies]
}
