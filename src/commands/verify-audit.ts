import { createReadStream } from 'node:fs'
import { access } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { verifyAudit } from '../audit/verify-audit.ts'
import { HippoError } from '../errors.ts'

/**
 * Checks an exported audit trail and prints what it finds; returns the exit code, 1 for a trail that is
 * not whole. Throws FILE_UNREADABLE.
 * @param known hashes noted elsewhere that must be in it
 */
export async function verifyAuditFile(path: string, known: readonly string[]): Promise<number> {
  await access(path).catch((cause) => {
    throw new HippoError('FILE_UNREADABLE', `${path} cannot be read.`, { cause })
  })
  const lines = createInterface({ input: createReadStream(path) })
  const { entries, heads, faults } = await verifyAudit(lines, known)
  for (const fault of faults) console.error(fault)
  if (faults.length > 0) {
    console.error('The audit trail is not as it was written.')
    return 1
  }
  console.log(`${entries} entries in ${heads.size} chains, all as they were written.`)
  const newest = [...heads].at(-1)
  if (newest !== undefined) console.log(`Chain ${newest[0]} ends in ${newest[1]}.`)
  return 0
}
