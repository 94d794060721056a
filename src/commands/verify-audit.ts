import { createReadStream } from 'node:fs'
import { access } from 'node:fs/promises'
import { splitLines } from '../audit/split-lines.ts'
import { verifyAudit } from '../audit/verify-audit.ts'
import { HippoError } from '../errors.ts'

export interface VerifyAuditOptions {
  /**
   * Hashes recorded elsewhere: the trail must contain them, and nothing after them unless allowed.
   */
  readonly known: readonly string[]
  /** Accepts entries after the known ones, which cannot be verified. */
  readonly allowNewer?: boolean | undefined
}

/**
 * Checks an exported audit trail and prints what it finds; returns the exit code, 1 if the trail is
 * incomplete or continues after the known hashes. Throws FILE_UNREADABLE.
 */
export async function verifyAuditFile(
  path: string,
  { known, allowNewer = false }: VerifyAuditOptions,
): Promise<number> {
  await access(path).catch((cause) => {
    throw new HippoError('FILE_UNREADABLE', `${path} cannot be read.`, { cause })
  })
  const { entries, heads, faults, unvouched } = await verifyAudit(
    splitLines(createReadStream(path)),
    known,
  )
  for (const fault of faults) console.error(fault)
  if (faults.length > 0) {
    console.error('The audit trail was changed after it was written.')
    return 1
  }
  if (known.length > 0 && unvouched > 0) {
    const sentence = `${unvouched} entries come after the given hashes and cannot be verified.`
    if (!allowNewer) {
      console.error(
        `${sentence} Give the newest hash from the log, or accept them with --allow-newer.`,
      )
      return 1
    }
    console.log(sentence)
  }
  console.log(`${entries} entries in ${heads.size} chains, all unchanged.`)
  if (known.length === 0) {
    console.log(
      'The file is consistent, but a completely rewritten file would be, too. Pass a hash from the log as --known to rule that out.',
    )
  }
  const newest = [...heads].at(-1)
  if (newest !== undefined) console.log(`Chain ${newest[0]} ends with ${newest[1]}.`)
  return 0
}
