import { statSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { setImmediate as nextTurn } from 'node:timers/promises'
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
import { mapSqliteError } from './sqlite-errors.ts'
import { createFollowUps } from './sqlite-follow-ups.ts'
import { openDatabase } from './sqlite-schema.ts'
import { prepareStatements, type Statements } from './sqlite-statements.ts'

const countedAtOnce = 50_000

export interface SqliteJobStoreOptions {
  /** File of the queue; created if absent. Several processes of one machine may share it. */
  readonly path: string
  /** Epoch milliseconds; the same clock for all processes that share the file. */
  readonly clock: () => number
  /** Makes the identifier of a new job. */
  readonly createId: () => string
  /** Maximum number of 4096-byte pages of the file; beyond that writing fails with DISK_FULL. */
  readonly maximumPages?: number
}

const cancelled = (): ErrorRecord =>
  recordError(new HippoError('JOB_CANCELLED', 'The job was cancelled.'))

/**
 * Returns a check that throws QUEUE_UNAVAILABLE once the file is no longer at its path: further
 * writes would go to a deleted file and be lost when the service ends.
 */
function watchFile(path: string): () => void {
  const { ino, dev } = statSync(path)
  return () => {
    const now = statSync(path, { throwIfNoEntry: false })
    if (now?.ino === ino && now.dev === dev) return
    const what = now === undefined ? 'was removed' : 'was replaced by another'
    throw new HippoError(
      'QUEUE_UNAVAILABLE',
      `The file of the job queue ${what} while the service runs. Put it back, or restart the service.`,
    )
  }
}

/** See openSqliteJobStore; asynchronous only because the interface is. */
class SqliteJobStore implements JobStore {
  readonly #database: DatabaseSync
  readonly #statements: Statements
  readonly #clock: () => number
  readonly #createId: () => string
  readonly #requireFile: () => void
  readonly followUps: FollowUpStore

  constructor(database: DatabaseSync, options: SqliteJobStoreOptions) {
    this.#database = database
    this.#statements = prepareStatements(database)
    this.#clock = () => Math.round(options.clock())
    this.#createId = options.createId
    this.#requireFile = watchFile(options.path)
    this.followUps = createFollowUps(
      (work) => this.#write(work),
      (work) => this.#read(work),
      this.#clock,
    )
  }

  /**
   * One write transaction, started with the write lock so that data cannot change between reading
   * and writing. Explicit COMMIT, because node:sqlite does not report a failing implicit one.
   */
  #write<T>(work: (statements: Statements) => T): T {
    try {
      this.#requireFile()
      this.#database.exec('BEGIN IMMEDIATE')
      const answer = work(this.#statements)
      this.#database.exec('COMMIT')
      return answer
    } catch (error) {
      if (this.#database.isOpen && this.#database.isTransaction) this.#database.exec('ROLLBACK')
      throw mapSqliteError(error)
    }
  }

  #read<T>(work: (statements: Statements) => T): T {
    try {
      return work(this.#statements)
    } catch (error) {
      throw mapSqliteError(error)
    }
  }

  async enqueue(request: EnqueueRequest): Promise<{ job: Job; created: boolean }> {
    const { orthancStudyId, studyInstanceUid, trigger } = request
    const force = request.force ? 1 : 0
    return this.#write((sql) => {
      const queued = sql.findQueued.get({
        orthancStudyId,
        studyInstanceUid,
        force,
        rank: rankTrigger(trigger),
      })
      if (queued) return { job: readJobRow(queued as unknown as JobRow), created: false }
      const now = this.#clock()
      const id = this.#createId()
      const batch = request.batch ?? null
      const values = { id, orthancStudyId, studyInstanceUid, trigger, batch, force, now }
      const row = sql.insert.get(values)
      return { job: readJobRow(row as unknown as JobRow), created: true }
    })
  }

  async claim(owner: string, leaseMilliseconds: number): Promise<Job | undefined> {
    return this.#write((sql) => {
      const now = this.#clock()
      sql.shortenLeases.run({ now })
      const expired = sql.findExpired.get({ now })
      const due = sql.findDue.get({ now })
      // Low-priority jobs must not overtake an expired lease.
      const candidates = [expired, expired && due?.rank !== 0 ? undefined : due]
        .filter((row) => row !== undefined)
        .map((row) => row.sequence as number)
      if (candidates.length === 0) return undefined
      const sequence = Math.min(...candidates)
      const lease = Math.round(leaseMilliseconds)
      const row = sql.take.get({ sequence, owner, now, lease, until: now + lease })
      return readJobRow(row as unknown as JobRow)
    })
  }

  async heartbeat(jobId: string, owner: string, leaseMilliseconds: number) {
    return this.#write((sql) => {
      const lease = Math.round(leaseMilliseconds)
      const until = this.#clock() + lease
      const row = sql.heartbeat.get({ id: jobId, owner, lease, until })
      const { cancel_requested } = requireHeld<JobRow>(row, jobId)
      return { cancelRequested: cancel_requested === 1 }
    })
  }

  async assignRunNumber(jobId: string, owner: string, runNumber: number): Promise<void> {
    this.#write((sql) =>
      requireHeld(sql.assignRunNumber.get({ id: jobId, owner, runNumber }), jobId),
    )
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
    this.#write((sql) => {
      const now = this.#clock()
      const followUpAt = followUp && ending.state === 'succeeded' ? now : null
      requireHeld(sql.finish.get({ ...values, now, followUpAt }), jobId)
      if (followUp && ending.state === 'unchanged') sql.followUpAnew.run({ id: predecessor, now })
      if (ending.state === 'succeeded' && predecessor !== null) {
        sql.supersede.run({ id: jobId, predecessor })
      }
    })
  }

  async retryLater(jobId: string, owner: string, error: ErrorRecord, time: number, isFree = false) {
    const refund = isFree ? 1 : 0
    this.#write((sql) => {
      const values = { id: jobId, owner, error: JSON.stringify(error) }
      const notBefore = Math.round(time)
      const wait = Math.max(0, notBefore - this.#clock())
      const row = sql.retryLater.get({ ...values, notBefore, wait, refund })
      this.#endIfCancelled(requireHeld(row, jobId))
    })
  }

  async release(jobId: string, owner: string): Promise<void> {
    this.#write((sql) => {
      const row = sql.release.get({ id: jobId, owner, now: this.#clock() })
      this.#endIfCancelled(requireHeld(row, jobId))
    })
  }

  /** A requeued job with a pending cancel must not absorb new requests. */
  #endIfCancelled(row: JobRow): void {
    if (row.cancel_requested === 0) return
    const error = JSON.stringify(cancelled())
    this.#statements.cancelQueued.get({ id: row.id, now: this.#clock(), error })
  }

  async cancel(jobId: string): Promise<Job> {
    return this.#write((sql) => {
      const error = JSON.stringify(cancelled())
      const row =
        sql.cancelQueued.get({ id: jobId, now: this.#clock(), error }) ??
        sql.cancelRunning.get({ id: jobId })
      if (row) return readJobRow(row as unknown as JobRow)
      const job = sql.find.get({ id: jobId })
      if (!job) throw new HippoError('JOB_NOT_FOUND', 'There is no job with this identifier.')
      throw new HippoError(
        'JOB_NOT_CANCELLABLE',
        `The job has already ended (${job.state}) and cannot be cancelled.`,
      )
    })
  }

  async answer(
    jobId: string,
    answer: JobAnswer,
    before: JobAnswer | undefined,
    followUp: boolean,
  ): Promise<Job> {
    return this.#write((sql) => {
      const values = { id: jobId, answer: writeAnswer(answer), before: writeAnswer(before) }
      const row = requireAnswered(sql.answer.get(values))
      if (followUp) sql.followUpAnew.run({ id: jobId, now: this.#clock() })
      return readJobRow(row)
    })
  }

  async find(jobId: string): Promise<Job | undefined> {
    const row = this.#read((sql) => sql.find.get({ id: jobId }))
    return row && readJobRow(row as unknown as JobRow)
  }

  async list(query: JobQuery): Promise<JobList> {
    const { rows, count, values, countValues } = listingSql(query)
    return this.#read(() => {
      const page = { ...values, limit: query.limit, offset: query.offset }
      const jobs = this.#database.prepare(rows).all(page) as unknown as JobRow[]
      const { total } =
        query.isCounted === false
          ? { total: 0 }
          : (this.#database.prepare(count).get(countValues) as { total: number })
      return { jobs: jobs.map(readJobRow), total, lastPlace: jobs.at(-1)?.sequence }
    })
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
    if (Object.values(filter).every((value) => value === undefined)) {
      for (const state of Object.keys(counts) as JobState[]) {
        counts[state] = await this.#countOfState(state)
      }
      return counts
    }
    const { count, values } = countSql(filter)
    for (const row of this.#read(() => this.#database.prepare(count).all(values))) {
      counts[row.state as JobState] = row.jobs as number
    }
    return counts
  }

  /** In steps along the index, between which other requests are served: a million jobs take 150 ms. */
  async #countOfState(state: JobState): Promise<number> {
    const step = `SELECT count(*) AS jobs, max(sequence) AS last FROM (SELECT sequence FROM jobs
      WHERE state = ? AND sequence > ? ORDER BY sequence LIMIT ${countedAtOnce})`
    let [total, after] = [0, 0]
    for (;;) {
      const row = this.#read(() => this.#database.prepare(step).get(state, after))
      const jobs = Number(row?.jobs)
      total += jobs
      if (jobs < countedAtOnce) return total
      after = Number(row?.last)
      await nextTurn()
    }
  }

  async oldestQueuedAt(): Promise<number | undefined> {
    const row = this.#read((sql) => sql.oldestQueued.get({ now: this.#clock() }))
    return (row?.created_at as number | null) ?? undefined
  }

  async currentResults(orthancStudyId: string): Promise<readonly Job[]> {
    const rows = this.#read((sql) => sql.currentResults.all({ orthancStudyId }))
    return (rows as unknown as JobRow[]).map(readJobRow)
  }

  async deleteEnded(query: EndedQuery): Promise<readonly string[]> {
    const { sql, values } = deleteSql(query, 'jobs INDEXED BY jobs_forgettable')
    return listDeleted(this.#write(() => this.#database.prepare(sql).all(values)))
  }

  async readMark(name: string): Promise<string | undefined> {
    return this.#read((sql) => sql.readMark.get({ name }))?.value as string | undefined
  }

  async writeMark(name: string, value: string): Promise<void> {
    this.#write((sql) => sql.writeMark.run({ name, value }))
  }

  async swapMark(name: string, expected: string | undefined, value: string): Promise<boolean> {
    const row = this.#write((sql) =>
      expected === undefined
        ? sql.addMark.get({ name, value })
        : sql.swapMark.get({ name, expected, value }),
    )
    return row !== undefined
  }

  async listMarks(prefix: string): Promise<readonly Mark[]> {
    const rows = this.#read((sql) => sql.listMarks.all({ prefix }))
    return rows.map(({ name, value }) => ({ name: name as string, value: value as string }))
  }

  async deleteMark(name: string): Promise<void> {
    this.#write((sql) => sql.deleteMark.run({ name }))
  }

  async close(): Promise<void> {
    if (this.#database.isOpen) this.#database.close()
  }
}

/**
 * Opens the durable queue in a SQLite file. Every method is one transaction that is synced to disk
 * before it resolves; errors are DISK_FULL and QUEUE_UNAVAILABLE (both retryable).
 */
export function openSqliteJobStore(options: SqliteJobStoreOptions): JobStore {
  const database = openDatabase(options.path)
  if (options.maximumPages !== undefined) {
    database.exec(`PRAGMA max_page_count = ${Math.trunc(options.maximumPages)}`)
  }
  return new SqliteJobStore(database, options)
}
