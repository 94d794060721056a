import { type ErrorRecord, HippoError, recordError } from '../errors.ts'
import { type Job, type JobAnswer, type JobState, rankTrigger, type StageTiming } from './job.ts'
import {
  type JobRow,
  listDeleted,
  readJobRow,
  requireAnswered,
  requireHeld,
  writeAnswer,
  writeEnding,
} from './job-row.ts'
import { countSql, deleteSql, listingSql } from './job-statements.ts'
import type {
  EndedQuery,
  EnqueueRequest,
  FollowUpStore,
  JobEnding,
  JobFilter,
  JobList,
  JobQuery,
  JobStore,
  Mark,
} from './job-store.ts'
import { PostgresConnection, type Row, type Transaction } from './postgres-connection.ts'
import { createPostgresFollowUps } from './postgres-follow-ups.ts'
import { migrateAlone, migratePostgres } from './postgres-schema.ts'
import { parkLost, sql } from './postgres-statements.ts'
import { Tickets } from './tickets.ts'

export interface PostgresJobStoreOptions {
  /** postgresql://user:password@host:port/database; its user may create schemas in the database. */
  readonly url: string
  /** Schema of the tables; that of pg-boss has `_tickets` behind it. */
  readonly schema?: string
  /** Makes the identifier of a new job. */
  readonly createId: () => string
  /** Epoch milliseconds, for tests; the server's clock by default. */
  readonly clock?: () => number
  /** Called for errors outside of any request. */
  readonly onError: (error: unknown) => void
}

/** Interval at which idle workers check the tickets of all waiting jobs. */
const lookAfterMilliseconds = 60_000

const readRow = (row: Row): Job => readJobRow(row as unknown as JobRow)

const cancelled = (): string =>
  JSON.stringify(recordError(new HippoError('JOB_CANCELLED', 'The job was cancelled.')))

/** See openPostgresJobStore. */
class PostgresJobStore implements JobStore {
  readonly #connection: PostgresConnection
  readonly #tickets: Tickets
  readonly #ticketSchema: string
  readonly #createId: () => string
  readonly #onError: (error: unknown) => void
  #lookedAt = 0
  readonly followUps: FollowUpStore

  constructor(
    connection: PostgresConnection,
    tickets: Tickets,
    ticketSchema: string,
    { createId, onError }: Pick<PostgresJobStoreOptions, 'createId' | 'onError'>,
  ) {
    this.#connection = connection
    this.#tickets = tickets
    this.#ticketSchema = ticketSchema
    this.#createId = createId
    this.#onError = onError
    this.followUps = createPostgresFollowUps(connection)
  }

  async enqueue(request: EnqueueRequest): Promise<{ job: Job; created: boolean }> {
    const { orthancStudyId, studyInstanceUid, trigger } = request
    const [force, rank] = [request.force ? 1 : 0, rankTrigger(trigger)]
    const batch = request.batch ?? null
    return this.#connection.transact(async (transaction) => {
      const { now, query } = transaction
      await query(sql.lockStudy, { orthancStudyId })
      const [queued] = await query(sql.findQueued, {
        orthancStudyId,
        studyInstanceUid,
        force,
        rank,
      })
      if (queued) return { job: readRow(queued), created: false }
      const id = this.#createId()
      const [ticket = null] = await this.#tickets.issue(transaction, [
        { id, rank, wasBegun: false },
      ])
      const values = { id, orthancStudyId, studyInstanceUid, trigger, batch, force, ticket, now }
      const [row] = await query(sql.insert, values)
      return { job: readRow(row as Row), created: true }
    })
  }

  async claim(owner: string, leaseMilliseconds: number): Promise<Job | undefined> {
    const lease = Math.round(leaseMilliseconds)
    return this.#connection.transact(async (transaction) => {
      const { now, query } = transaction
      const holder = { owner, now, lease, until: now + lease }
      const [expired] = await query(sql.takeExpired, holder)
      if (expired) return readRow(expired)
      await this.#callParked(transaction)
      for (;;) {
        const id = await this.#tickets.take(transaction)
        if (id === undefined) {
          if (await this.#findLost(transaction)) continue
          return undefined
        }
        const [row] = await query(sql.take, { id, ...holder })
        if (row) return readRow(row)
        // Its study has a running job, or it was cancelled.
        await query(sql.park, { id })
      }
    })
  }

  /** Issues tickets to jobs whose wait is over and to those whose study is free again. */
  async #callParked(transaction: Transaction): Promise<void> {
    const { now, query } = transaction
    const rows = await query(sql.findParked, { now })
    if (rows.length === 0) return
    const jobs = rows.map(({ id, rank }) => ({ id, rank, wasBegun: true }) as never as Called)
    const tickets = await this.#tickets.issue(transaction, jobs)
    for (const [index, { id }] of jobs.entries()) {
      await query(sql.giveTicket, { id, ticket: tickets[index] ?? null })
    }
  }

  /**
   * Periodically searches for jobs that would wait forever because their tickets are missing
   * (someone edited the tables of pg-boss). Returns whether it found some and issued new tickets.
   */
  async #findLost(transaction: Transaction): Promise<boolean> {
    const { now, query } = transaction
    if (Math.abs(now - this.#lookedAt) < lookAfterMilliseconds) return false
    const lost = await query(parkLost(this.#ticketSchema))
    this.#lookedAt = now
    if (lost.length > 0) await this.#callParked(transaction)
    return lost.length > 0
  }

  async heartbeat(jobId: string, owner: string, leaseMilliseconds: number) {
    return this.#connection.transact(async ({ now, query }) => {
      const lease = Math.round(leaseMilliseconds)
      const [row] = await query(sql.heartbeat, { id: jobId, owner, lease, until: now + lease })
      const { cancel_requested } = requireHeld<JobRow>(row, jobId)
      return { cancelRequested: cancel_requested === 1 }
    })
  }

  async assignRunNumber(jobId: string, owner: string, runNumber: number): Promise<void> {
    await this.#connection.transact(async ({ query }) => {
      const [row] = await query(sql.assignRunNumber, { id: jobId, owner, runNumber })
      requireHeld(row, jobId)
    })
  }

  async finish(
    jobId: string,
    owner: string,
    ending: JobEnding,
    timings: readonly StageTiming[],
  ): Promise<void> {
    const { followUp, ...ended } = writeEnding(ending, timings)
    const { predecessor } = ended
    const values = { id: jobId, owner, ...ended }
    await this.#connection.transact(async ({ now, query }) => {
      const followUpAt = followUp && ending.state === 'succeeded' ? now : null
      const [row] = await query(sql.finish, { ...values, now, followUpAt })
      requireHeld(row, jobId)
      if (followUp && ending.state === 'unchanged') {
        await query(sql.followUpAnew, { id: predecessor, now })
      }
      if (ending.state === 'succeeded' && predecessor !== null) {
        await query(sql.supersede, { id: jobId, predecessor })
      }
    })
  }

  async retryLater(jobId: string, owner: string, error: ErrorRecord, time: number, isFree = false) {
    const refund = isFree ? 1 : 0
    await this.#connection.transact(async (transaction) => {
      const notBefore = Math.round(time)
      const wait = Math.max(0, notBefore - transaction.now)
      const values = { id: jobId, owner, error: JSON.stringify(error), notBefore, wait, refund }
      const [row] = await transaction.query(sql.retryLater, values)
      await this.#endIfCancelled(transaction, requireHeld(row, jobId))
    })
  }

  async release(jobId: string, owner: string): Promise<void> {
    await this.#connection.transact(async (transaction) => {
      const { now, query } = transaction
      const [row] = await query(sql.release, { id: jobId, owner, now })
      await this.#endIfCancelled(transaction, requireHeld(row, jobId))
    })
  }

  /** A requeued job with a pending cancel must not absorb new requests. */
  async #endIfCancelled({ now, query }: Transaction, row: JobRow): Promise<void> {
    if (row.cancel_requested === 0) return
    await query(sql.cancelQueued, { id: row.id, now, error: cancelled() })
  }

  async cancel(jobId: string): Promise<Job> {
    const row = await this.#connection.transact(async ({ now, query }) => {
      const [queued] = await query(sql.cancelQueued, { id: jobId, now, error: cancelled() })
      const [running] = queued ? [] : await query(sql.cancelRunning, { id: jobId })
      return queued ?? running
    })
    if (row === undefined) {
      const job = await this.find(jobId)
      if (!job) throw new HippoError('JOB_NOT_FOUND', 'There is no job with this identifier.')
      throw new HippoError(
        'JOB_NOT_CANCELLABLE',
        `The job has already ended (${job.state}) and cannot be cancelled.`,
      )
    }
    // Afterwards, because a claim locks ticket and job in the opposite order. A leftover ticket is
    // harmless.
    const { state, ticket } = row
    if (state === 'cancelled' && typeof ticket === 'string') {
      await this.#tickets.withdraw(ticket).catch(this.#onError)
    }
    return readRow(row)
  }

  async answer(
    jobId: string,
    answer: JobAnswer,
    before: JobAnswer | undefined,
    followUp: boolean,
  ): Promise<Job> {
    return this.#connection.transact(async ({ now, query }) => {
      const values = { id: jobId, answer: writeAnswer(answer), before: writeAnswer(before) }
      const [row] = await query(sql.answer, values)
      const answered = requireAnswered(row)
      if (followUp) await query(sql.followUpAnew, { id: jobId, now })
      return readJobRow(answered)
    })
  }

  async find(jobId: string): Promise<Job | undefined> {
    const [row] = await this.#connection.query(sql.find, { id: jobId })
    return row && readRow(row)
  }

  async list(query: JobQuery): Promise<JobList> {
    const { rows, count, values, countValues } = listingSql(query)
    const page = { ...values, limit: query.limit, offset: query.offset }
    const [jobs, totals] = await Promise.all([
      this.#connection.query(rows, page),
      query.isCounted === false ? [] : this.#connection.query(count, countValues),
    ])
    return {
      jobs: jobs.map(readRow),
      total: (totals[0]?.total as number | undefined) ?? 0,
      lastPlace: jobs.at(-1)?.sequence as number | undefined,
    }
  }

  async countByState(filter: JobFilter = {}): Promise<Readonly<Record<JobState, number>>> {
    const counts: Record<JobState, number> = {
      queued: 0,
      running: 0,
      succeeded: 0,
      unchanged: 0,
      rejected: 0,
      failed: 0,
      cancelled: 0,
    }
    const { count, values } = countSql(filter)
    for (const row of await this.#connection.query(count, values)) {
      counts[row.state as JobState] = row.jobs as number
    }
    return counts
  }

  async oldestQueuedAt(): Promise<number | undefined> {
    const [row] = await this.#connection.transact(({ now, query }) =>
      query(sql.oldestQueued, { now }),
    )
    return (row?.created_at as number | null) ?? undefined
  }

  async currentResults(orthancStudyId: string): Promise<readonly Job[]> {
    return (await this.#connection.query(sql.currentResults, { orthancStudyId })).map(readRow)
  }

  async deleteEnded(query: EndedQuery): Promise<readonly string[]> {
    const { sql: statement, values } = deleteSql(query)
    return listDeleted(await this.#connection.query(statement, values))
  }

  async readMark(name: string): Promise<string | undefined> {
    const [row] = await this.#connection.query(sql.readMark, { name })
    return row?.value as string | undefined
  }

  async writeMark(name: string, value: string): Promise<void> {
    await this.#connection.query(sql.writeMark, { name, value })
  }

  async swapMark(name: string, expected: string | undefined, value: string): Promise<boolean> {
    const rows =
      expected === undefined
        ? await this.#connection.query(sql.addMark, { name, value })
        : await this.#connection.query(sql.swapMark, { name, expected, value })
    return rows.length === 1
  }

  async listMarks(prefix: string): Promise<readonly Mark[]> {
    const rows = await this.#connection.query(sql.listMarks, { prefix })
    return rows.map(({ name, value }) => ({ name: name as string, value: value as string }))
  }

  async deleteMark(name: string): Promise<void> {
    await this.#connection.query(sql.deleteMark, { name })
  }

  async close(): Promise<void> {
    await this.#tickets.close().catch(this.#onError)
    await this.#connection.close()
  }
}

interface Called {
  readonly id: string
  readonly rank: number
  readonly wasBegun: true
}

/**
 * Opens the durable queue in PostgreSQL, for any number of processes on any number of machines.
 * Jobs are stored in our own table; pg-boss decides which comes next and hands out tickets for
 * those that can be claimed (docs/adr/0011). Every method is one transaction; errors are DISK_FULL
 * and QUEUE_UNAVAILABLE (both retryable), and the connection is re-established automatically.
 */
export async function openPostgresJobStore(options: PostgresJobStoreOptions): Promise<JobStore> {
  const { url, schema = 'hippovolume', clock, onError } = options
  const connection = new PostgresConnection({ url, schema, clock, onError })
  try {
    const ticketSchema = `${schema}_tickets`
    const tickets = await migrateAlone(connection, schema, async () => {
      await migratePostgres(connection, schema)
      return Tickets.open(connection, ticketSchema, onError)
    })
    return new PostgresJobStore(connection, tickets, ticketSchema, options)
  } catch (error) {
    await connection.close()
    throw error
  }
}
