import { join } from 'node:path'
import { HippoError } from '../errors.ts'
import { software } from '../software.ts'
import { makeBackup, restoreBackup } from '../upkeep/backup.ts'

export interface BackupOptions {
  /** The service's DATA_DIR. */
  readonly data: string
}

/** PostgreSQL has its own backup tools, which can do what a file copy cannot. */
function refusePostgres(environment: NodeJS.ProcessEnv, how: string): void {
  if (!environment.DATABASE_URL && !environment.DATABASE_URL_FILE) return
  throw new HippoError(
    'CONFIG_INVALID',
    `DATABASE_URL is set: the queue is in PostgreSQL. ${how} See docs/housekeeping.md.`,
  )
}

/** Writes a backup of the data folder into a new folder; the service may be running. */
export async function backup(target: string, { data }: BackupOptions): Promise<number> {
  refusePostgres(process.env, 'Back it up with pg_dump, and DATA_DIR as files.')
  const facts = { softwareVersion: software.version, now: new Date() }
  const { jobs, schemaVersion } = await makeBackup(data, target, facts)
  console.log(`${jobs} jobs (schema ${schemaVersion}) and the pages are in ${target}.`)
  return 0
}

/** Replaces the data folder with a backup; no service may be using it. */
export async function restore(source: string, { data }: BackupOptions): Promise<number> {
  refusePostgres(process.env, 'Restore it with pg_restore, and DATA_DIR as files.')
  const { manifest, setAside } = await restoreBackup(source, data, new Date())
  console.log(
    `${manifest.jobs} jobs of ${manifest.madeAt} were restored to ${join(data, 'queue.sqlite')}.`,
  )
  if (setAside) console.log(`The previous data are in ${setAside}.`)
  return 0
}
