import { accessSync, chmodSync, constants, mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { HippoError } from '../errors.ts'

/**
 * Restricts a folder to its owner, regardless of the umask; folders of another owner are unchanged.
 */
function makePrivate(folder: string): void {
  const { mode, uid } = statSync(folder)
  if ((mode & 0o077) !== 0 && uid === process.getuid?.()) chmodSync(folder, 0o700)
}

/**
 * Creates DATA_DIR and its folder of report pages, whose path it returns. Throws CONFIG_INVALID
 * unless both are writable.
 */
export function makeDataFolder(path: string): string {
  const refuse = (fault: string, cause: unknown) =>
    new HippoError('CONFIG_INVALID', `DATA_DIR names ${path}, which cannot be ${fault}.`, { cause })
  const reports = join(path, 'reports')
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw refuse('made', error)
  }
  try {
    mkdirSync(reports, { recursive: true, mode: 0o700 })
    for (const folder of [path, reports]) makePrivate(folder)
    for (const folder of [path, reports]) accessSync(folder, constants.W_OK)
  } catch (error) {
    throw refuse('written to', error)
  }
  return reports
}
