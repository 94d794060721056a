import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { type Static, Type } from 'typebox'
import { Value } from 'typebox/value'
import { HippoError } from '../errors.ts'
import { minorVersion } from '../minor-version.ts'
import { acceptancePath } from './acceptance-file.ts'
import type { InstalledModel } from './installed-models.ts'

const sha256 = Type.String({ pattern: '^[0-9a-f]{64}$' })
const modelName = Type.Object({ name: Type.String(), version: Type.String(), sha256 })

/** One requirement of the check: what was found, what is required, and whether it is met. */
const requirement = Type.Object({
  name: Type.String(),
  met: Type.Boolean(),
  sentence: Type.String(),
})
export type Requirement = Readonly<Static<typeof requirement>>

/** The record of `hippovolume models check`, stored next to the manifest. */
const acceptanceSchema = Type.Object({
  schemaVersion: Type.Literal(1),
  accepted: Type.Boolean(),
  checkedAt: Type.String(),
  softwareVersion: Type.String(),
  model: modelName,
  manifestSha256: sha256,
  /** The shipped model it was compared with. */
  shipped: modelName,
  /** Digest of the names and contents of all images and labels. */
  casesSha256: sha256,
  cases: Type.Integer({ minimum: 0 }),
  requirements: Type.Array(requirement),
  /** All figures, for readers. */
  figures: Type.Object({}, { additionalProperties: true }),
  /** SHA-256 of everything above, to detect changes and other files. */
  recordSha256: sha256,
})
export type Acceptance = Readonly<Static<typeof acceptanceSchema>>

/** JSON with sorted keys, so that equal records have equal digests. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    member !== null && typeof member === 'object' && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  )
}

function digestRecord({ recordSha256: _, ...rest }: Acceptance): string {
  return createHash('sha256').update(canonicalJson(rest)).digest('hex')
}

/** Adds the digest to a record and writes it next to the manifest; returns the path. */
export async function writeAcceptance(
  manifestPath: string,
  record: Omit<Acceptance, 'recordSha256'>,
): Promise<string> {
  const recordSha256 = digestRecord({ ...record, recordSha256: '' })
  const path = acceptancePath(manifestPath)
  await writeFile(path, `${JSON.stringify({ ...record, recordSha256 }, null, 2)}\n`)
  return path
}

async function readAcceptance(manifestPath: string): Promise<Acceptance | undefined> {
  const path = acceptancePath(manifestPath)
  const json = await readFile(path, 'utf8').catch(() => undefined)
  if (json === undefined) return undefined
  try {
    const record: unknown = JSON.parse(json)
    if (Value.Check(acceptanceSchema, record) && digestRecord(record) === record.recordSha256) {
      return record
    }
  } catch {
    // Invalid JSON counts as no record.
  }
  throw new HippoError(
    'MODEL_NOT_ACCEPTED',
    `The record ${path} was changed after the check or is invalid. Check the model again.`,
  )
}

/**
 * Whether a model may be activated: the shipped and the configured one may; another needs the
 * record of a check that accepted exactly these files, with this version of the product, compared
 * with the currently shipped model. Throws MODEL_NOT_ACCEPTED with the reason.
 */
export async function requireAcceptance(
  model: InstalledModel,
  shipped: Pick<InstalledModel, 'sha256'>,
  softwareVersion: string,
): Promise<void> {
  if (model.origin !== 'site') return
  const refuse = (why: string) =>
    new HippoError(
      'MODEL_NOT_ACCEPTED',
      `The model ${model.name} ${model.version} may not be activated: ${why}`,
      { details: { model: model.name, version: model.version } },
    )
  const command = `hippovolume models check ${model.manifestPath} --cases FOLDER`
  const record = await readAcceptance(model.manifestPath)
  if (record === undefined) throw refuse(`it was not checked. Run: ${command}`)
  if (
    record.model.sha256 !== model.sha256 ||
    record.manifestSha256 !== model.manifestSha256 ||
    record.shipped.sha256 !== shipped.sha256 ||
    minorVersion(record.softwareVersion) !== minorVersion(softwareVersion)
  ) {
    throw refuse(
      `its check used other files, another version of this product, or another shipped model. Run: ${command}`,
    )
  }
  if (record.accepted) return
  const failed = record.requirements.filter(({ met }) => !met).map(({ sentence }) => sentence)
  throw refuse(`its check of ${record.checkedAt.slice(0, 10)} failed. ${failed.join(' ')}`)
}

/** Whether `requireAcceptance` accepts it. */
export async function isAccepted(
  model: InstalledModel,
  shipped: Pick<InstalledModel, 'sha256'>,
  softwareVersion: string,
): Promise<boolean> {
  return requireAcceptance(model, shipped, softwareVersion).then(
    () => true,
    () => false,
  )
}
