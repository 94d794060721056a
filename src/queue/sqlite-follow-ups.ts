import { HippoError } from '../errors.ts'
import { type JobRow, readFollowUpRow, requireHeld } from './job-row.ts'
import type { FollowUpStore } from './job-store.ts'
import type { Statements } from './sqlite-statements.ts'

/** Follow-ups in the jobs table; transactions and clock are the store's. */
export function createFollowUps(
  write: <T>(work: (statements: Statements) => T) => T,
  read: <T>(work: (statements: Statements) => T) => T,
  clock: () => number,
): FollowUpStore {
  const change = (
    name: keyof Statements,
    id: string,
    owner: string,
    values: Record<string, string | number | null> = {},
  ) => write((sql) => requireHeld(sql[name].get({ id, owner, ...values }), id))
  return {
    async claim(owner, lease) {
      const row = write((sql) => {
        const now = clock()
        sql.shortenFollowUps.run({ now })
        const wait = Math.round(lease)
        return sql.takeFollowUp.get({ owner, now, wait, until: now + wait })
      }) as unknown as JobRow | undefined
      return row && readFollowUpRow(row)
    },
    async heartbeat(id, owner, lease) {
      const wait = Math.round(lease)
      change('heartbeatFollowUp', id, owner, { wait, until: clock() + wait })
      return { cancelRequested: false }
    },
    async assignRunNumber(jobId) {
      throw new HippoError('UNEXPECTED', 'A follow-up cannot create a result.', {
        details: { jobId },
      })
    },
    async recordOutcome(id, owner, outcome) {
      change('recordOutcome', id, owner, { outcome: JSON.stringify(outcome) })
    },
    async finish(id, owner, ending) {
      const outcome = 'outcome' in ending ? JSON.stringify(ending.outcome) : undefined
      change('finishFollowUp', id, owner, { outcome: outcome ?? null, now: clock() })
    },
    async retryLater(id, owner, _error, notBefore) {
      const now = clock()
      const wait = Math.max(0, Math.round(notBefore) - now)
      change('retryFollowUp', id, owner, { wait, until: now + wait })
    },
    async release(id, owner) {
      change('releaseFollowUp', id, owner, { wait: 0, until: clock() })
    },
    async count() {
      return read((sql) => sql.countFollowUps.get())?.jobs as number
    },
  }
}
