import { existsSync } from 'node:fs'
import { chmod, cp, mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { type Static, Type } from 'typebox'
import { Value } from 'typebox/value'
import { HippoError } from '../errors.ts'
import { checkQueueCopy, copyQueue, withQueueClosed } from '../queue/sqlite-copy.ts'

const manifestSchema = Type.Object({
  format: Type.Literal(1),
  softwareVersion: Type.String(),
  schemaVersion: Type.Integer(),
  madeAt: Type.String(),
  jobs: Type.Integer(),
})

/** The manifest of a backup, backup.json. */
export type BackupManifest = Static<typeof manifestSchema>

const queueFile = 'queue.sqlite'
const manifestFile = 'backup.json'
const setAside = /^before-restore-/

/**
 * The part of the data folder that is copied as files: all except the queue, temporary files, and
 * data set aside by a restore.
 */
function isCopied(name: string): boolean {
  return !name.startsWith(queueFile) && !name.startsWith('.') && !setAside.test(name)
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path)
  await file.sync().finally(() => file.close())
}

/** Restricts a folder and its content to the owner. */
async function makePrivate(folder: string): Promise<void> {
  await chmod(folder, 0o700)
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    await chmod(join(entry.parentPath, entry.name), entry.isDirectory() ? 0o700 : 0o600)
  }
}

async function isEmptyFolder(path: string): Promise<boolean> {
  const entries = await readdir(path).catch(() => undefined)
  return entries !== undefined && entries.length === 0
}

/**
 * Writes a backup of a data folder in use into a new folder: a snapshot of the queue, then the
 * pages and other files. All or nothing. Throws FILE_UNREADABLE if the folder is not empty,
 * QUEUE_UNAVAILABLE, BACKUP_UNUSABLE.
 */
export async function makeBackup(
  dataFolder: string,
  target: string,
  facts: { readonly softwareVersion: string; readonly now: Date },
): Promise<BackupManifest> {
  if (existsSync(target) && !(await isEmptyFolder(target))) {
    throw new HippoError('FILE_UNREADABLE', `${target} already exists. Name a new folder.`)
  }
  const part = join(dirname(target), `.${basename(target)}.part`)
  await rm(part, { recursive: true, force: true })
  await mkdir(dirname(part), { recursive: true })
  await mkdir(part, { mode: 0o700 })
  try {
    const copy = join(part, queueFile)
    copyQueue(join(dataFolder, queueFile), copy)
    await syncFile(copy)
    const { schemaVersion, jobs } = checkQueueCopy(copy)
    for (const name of (await readdir(dataFolder)).filter(isCopied)) {
      const filter = (path: string) => !path.endsWith('.part')
      await cp(join(dataFolder, name), join(part, name), {
        recursive: true,
        // Copy the files themselves: the target of a link may be missing or different when the
        // backup is restored.
        dereference: true,
        filter,
      })
    }
    const { softwareVersion, now } = facts
    const madeAt = now.toISOString()
    const manifest: BackupManifest = { format: 1, softwareVersion, schemaVersion, madeAt, jobs }
    await writeFile(join(part, manifestFile), `${JSON.stringify(manifest, null, 2)}\n`)
    await syncFile(join(part, manifestFile))
    await makePrivate(part)
    await rm(target, { recursive: true, force: true })
    await rename(part, target)
    return manifest
  } catch (error) {
    await rm(part, { recursive: true, force: true })
    throw error
  }
}

async function readManifest(source: string): Promise<BackupManifest> {
  try {
    const manifest: unknown = JSON.parse(await readFile(join(source, manifestFile), 'utf8'))
    if (Value.Check(manifestSchema, manifest)) return manifest
  } catch (cause) {
    throw new HippoError('BACKUP_UNUSABLE', `${source} is not a backup.`, { cause })
  }
  throw new HippoError('BACKUP_UNUSABLE', `${source} is a backup in an unknown format.`)
}

/**
 * Replaces a data folder that is not in use with a backup. The previous content is moved into a
 * subfolder, whose name is returned. Throws BACKUP_UNUSABLE, and QUEUE_UNAVAILABLE while a service
 * uses the folder; then nothing is changed.
 */
export async function restoreBackup(
  source: string,
  dataFolder: string,
  now: Date,
): Promise<{ readonly manifest: BackupManifest; readonly setAside: string | undefined }> {
  const manifest = await readManifest(source)
  checkQueueCopy(join(source, queueFile))
  await mkdir(dataFolder, { recursive: true })
  const incoming = join(dataFolder, '.restoring')
  return withQueueClosed(join(dataFolder, queueFile), async () => {
    await rm(incoming, { recursive: true, force: true })
    const filter = (path: string) => path !== join(source, manifestFile)
    await cp(source, incoming, { recursive: true, dereference: true, filter })
    await makePrivate(incoming)
    await syncFile(join(incoming, queueFile))
    const aside = `before-restore-${now.toISOString().replaceAll(/[:.]/g, '-')}`
    const old = (await readdir(dataFolder)).filter(
      (name) => name !== '.restoring' && !setAside.test(name),
    )
    if (old.length > 0) await mkdir(join(dataFolder, aside))
    for (const name of old) await rename(join(dataFolder, name), join(dataFolder, aside, name))
    // The queue last: an interrupted restore leaves no queue instead of one without its pages.
    const names = (await readdir(incoming)).toSorted(
      (a, b) => Number(a === queueFile) - Number(b === queueFile),
    )
    for (const name of names) await rename(join(incoming, name), join(dataFolder, name))
    await rm(incoming, { recursive: true })
    return { manifest, setAside: old.length > 0 ? join(dataFolder, aside) : undefined }
  })
}
