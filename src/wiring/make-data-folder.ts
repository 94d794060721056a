import { accessSync, constants, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { HippoError } from '../errors.ts'

/** Makes DATA_DIR and its folder of report pages, whose path it returns. Throws CONFIG_INVALID unless both are writable. */
export function makeDataFolder(path: string): string {
  const refuse = (fault: string, cause: unknown) =>
    new HippoError('CONFIG_INVALID', `DATA_DIR names ${path}, which cannot be ${fault}.`, { cause })
  const reports = join(path, 'reports')
  try {
    mkdirSync(path, { recursive: true })
  } catch (error) {
    throw refuse('made', error)
  }
  try {
    mkdirSync(reports, { recursive: true })
    for (const folder of [path, reports]) accessSync(folder, constants.W_OK)
  } catch (error) {
    throw refuse('written to', error)
  }
  return reports
}
