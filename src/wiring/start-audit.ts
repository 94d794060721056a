import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger } from 'pino'
import type { AuditTrail } from '../audit/audit-entry.ts'
import { openAuditTrail } from '../audit/open-audit-trail.ts'
import { HippoError } from '../errors.ts'

const hour = 3_600_000

/**
 * Opens the audit trail in DATA_DIR/audit. Every hour and on shutdown the head of its chain is logged:
 * with a copy of the log elsewhere, a site can prove later that nothing was removed.
 */
export function startAudit(dataFolder: string, log: Logger): AuditTrail {
  const folder = join(dataFolder, 'audit')
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  } catch (cause) {
    throw new HippoError('CONFIG_INVALID', `${folder} cannot be made.`, { cause })
  }
  const trail = openAuditTrail({ folder, clock: Date.now, createId: randomUUID })
  let logged = ''
  const logHead = () => {
    const head = trail.head()
    if (head === undefined || head.hash === logged) return
    logged = head.hash
    log.info({ audit: head }, 'Head of the audit trail.')
  }
  const timer = setInterval(logHead, hour).unref()
  return {
    ...trail,
    async close() {
      clearInterval(timer)
      logHead()
      await trail.close()
    },
  }
}
