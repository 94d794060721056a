import { HippoError } from '../errors.ts'
import { type JobRow, readFollowUpRow, requireHeld } from './job-row.ts'
import type { Values } from './job-statements.ts'
import type { FollowUpStore } from './job-store.ts'
import type { PostgresConnection } from './postgres-connection.ts'
import { sql } from './postgres-statements.ts'

/**
 * Follow-ups in the jobs table of PostgreSQL. They need no tickets, because few are due at a time.
 */
export function createPostgresFollowUps(connection: PostgresConnection): FollowUpStore {
  const change = (
    statement: string,
    id: string,
    owner: string,
    valuesAt: (now: number) => Values = () => ({}),
  ) =>
    connection.transact(async ({ now, query }) => {
      const [row] = await query(statement, { id, owner, ...valuesAt(now) })
      requireHeld(row, id)
    })
  const wait = (milliseconds: number) => (now: number) => {
    const rounded = Math.round(milliseconds)
    return { wait: rounded, until: now + rounded }
  }
  return {
    claim: (owner, lease) =>
      connection.transact(async ({ now, query }) => {
        await query(sql.shortenFollowUps, { now })
        const [row] = await query(sql.takeFollowUp, { owner, now, ...wait(lease)(now) })
        return row && readFollowUpRow(row as unknown as JobRow)
      }),
    async heartbeat(id, owner, lease) {
      await change(sql.heartbeatFollowUp, id, owner, wait(lease))
      return { cancelRequested: false }
    },
    async assignRunNumber(jobId) {
      throw new HippoError('UNEXPECTED', 'A follow-up cannot create a result.', {
        details: { jobId },
      })
    },
    async recordOutcome(id, owner, outcome) {
      const text = JSON.stringify(outcome)
      await change(sql.recordOutcome, id, owner, () => ({ outcome: text }))
    },
    async finish(id, owner, ending) {
      const outcome = ('outcome' in ending && JSON.stringify(ending.outcome)) || null
      await change(sql.finishFollowUp, id, owner, (now) => ({ outcome, now }))
    },
    async retryLater(id, owner, _error, notBefore) {
      await change(sql.retryFollowUp, id, owner, (now) => wait(Math.max(0, notBefore - now))(now))
    },
    async release(id, owner) {
      await change(sql.releaseFollowUp, id, owner, wait(0))
    },
    async count() {
      const [row] = await connection.query(sql.countFollowUps)
      return row?.jobs as number
    },
  }
}
