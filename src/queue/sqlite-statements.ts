import type { DatabaseSync } from 'node:sqlite'
import type { JobFilter, JobQuery } from './job-store.ts'

/**
 * Due: the wait is over, or the clock was set back to before the wait began (otherwise a job could
 * sleep for as long as the clock was set back).
 */
const due = '(not_before <= :now OR not_before - wait_milliseconds > :now)'

const held = "id = :id AND lease_owner = :owner AND state = 'running'"

const heldFollowUp = 'id = :id AND follow_up_owner = :owner'

const followUpIn = (wait: string) =>
  `follow_up_at = :now + ${wait}, follow_up_wait_milliseconds = ${wait}`

const noLease = 'lease_owner = NULL, lease_expires_at = NULL, lease_milliseconds = NULL'

const sql = {
  findQueued: `SELECT * FROM jobs WHERE state = 'queued' AND orthanc_study_id = :orthancStudyId
    AND force = :force AND rank = :rank
    ORDER BY sequence DESC LIMIT 1`,
  insert: `INSERT INTO jobs
    (id, orthanc_study_id, study_instance_uid, trigger, batch, force, created_at, not_before)
    VALUES (:id, :orthancStudyId, :studyInstanceUid, :trigger, :batch, :force, :now, :now)
    RETURNING *`,

  // A lease that ends later than one starting now would was given before the clock was set back.
  shortenLeases: `UPDATE jobs SET lease_expires_at = :now + lease_milliseconds
    WHERE state = 'running' AND lease_expires_at > :now + lease_milliseconds`,
  findExpired: `SELECT sequence FROM jobs
    WHERE state = 'running' AND lease_expires_at <= :now ORDER BY sequence LIMIT 1`,
  // SQLite would take the index over the states, and then sort all that wait.
  findDue: `SELECT sequence, rank FROM jobs AS waiting INDEXED BY jobs_queued
    WHERE state = 'queued' AND ${due} AND NOT EXISTS (SELECT 1 FROM jobs AS other
      WHERE other.state = 'running' AND other.orthanc_study_id = waiting.orthanc_study_id)
    ORDER BY rank, sequence LIMIT 1`,
  take: `UPDATE jobs SET state = 'running', attempts = attempts + 1, lease_owner = :owner,
      analysis_started_at = coalesce(analysis_started_at, :now),
      lease_expires_at = :now + :lease, lease_milliseconds = :lease
    WHERE sequence = :sequence RETURNING *`,

  heartbeat: `UPDATE jobs SET lease_expires_at = :now + :lease, lease_milliseconds = :lease
    WHERE ${held} RETURNING cancel_requested`,
  assignRunNumber: `UPDATE jobs SET run_number = :runNumber WHERE ${held} RETURNING id`,
  finish: `UPDATE jobs SET state = :state, finished_at = :now, error = :error, outcome = :outcome,
      timings = :timings, predecessor_job_id = :predecessor, follow_up_at = :followUpAt, ${noLease}
    WHERE ${held} RETURNING id`,
  supersede: `UPDATE jobs SET superseded_by_job_id = :id
    WHERE id = :predecessor AND superseded_by_job_id IS NULL`,
  // One that is being worked on stays with its worker, and is due again when that one ends it.
  followUpAnew: `UPDATE jobs SET follow_up_attempts = 0,
      follow_up_at = CASE WHEN follow_up_owner IS NULL THEN :now ELSE follow_up_at END
    WHERE id = :id AND state = 'succeeded'`,
  retryLater: `UPDATE jobs SET state = 'queued', error = :error, not_before = :notBefore,
      wait_milliseconds = max(0, :notBefore - :now), ${noLease}
    WHERE ${held} RETURNING *`,
  release: `UPDATE jobs SET state = 'queued', attempts = attempts - 1, not_before = :now,
      wait_milliseconds = 0, ${noLease}
    WHERE ${held} RETURNING *`,

  find: 'SELECT * FROM jobs WHERE id = :id',
  cancelQueued: `UPDATE jobs SET state = 'cancelled', cancel_requested = 1, finished_at = :now,
      error = :error
    WHERE id = :id AND state = 'queued' RETURNING *`,
  cancelRunning: `UPDATE jobs SET cancel_requested = 1
    WHERE id = :id AND state = 'running' RETURNING *`,

  // Rank by rank, because the index is sorted so.
  oldestQueued: `SELECT min((SELECT created_at FROM jobs INDEXED BY jobs_queued
      WHERE state = 'queued' AND rank = ranks.rank AND ${due} ORDER BY sequence LIMIT 1)) AS created_at
    FROM (SELECT 0 AS rank UNION ALL SELECT 1) AS ranks`,
  currentResults: `SELECT * FROM jobs WHERE orthanc_study_id = :orthancStudyId
    AND state = 'succeeded' AND superseded_by_job_id IS NULL
    ORDER BY finished_at DESC, sequence DESC`,
  shortenFollowUps: `UPDATE jobs SET follow_up_at = :now + follow_up_wait_milliseconds
    WHERE follow_up_at > :now + follow_up_wait_milliseconds`,
  takeFollowUp: `UPDATE jobs SET follow_up_attempts = follow_up_attempts + 1,
      follow_up_owner = :owner, ${followUpIn(':lease')}
    WHERE sequence = (SELECT sequence FROM jobs WHERE follow_up_at <= :now
      ORDER BY follow_up_at, sequence LIMIT 1) RETURNING *`,
  heartbeatFollowUp: `UPDATE jobs SET ${followUpIn(':lease')} WHERE ${heldFollowUp} RETURNING id`,
  recordOutcome: `UPDATE jobs SET outcome = :outcome WHERE ${heldFollowUp} RETURNING id`,
  finishFollowUp: `UPDATE jobs SET outcome = coalesce(:outcome, outcome), follow_up_owner = NULL,
      follow_up_at = CASE WHEN follow_up_attempts = 0 THEN :now END, follow_up_wait_milliseconds = 0
    WHERE ${heldFollowUp} RETURNING id`,
  retryFollowUp: `UPDATE jobs SET follow_up_owner = NULL, ${followUpIn(':wait')}
    WHERE ${heldFollowUp} RETURNING id`,
  releaseFollowUp: `UPDATE jobs SET follow_up_owner = NULL, ${followUpIn('0')},
      follow_up_attempts = max(0, follow_up_attempts - 1)
    WHERE ${heldFollowUp} RETURNING id`,
  countFollowUps: 'SELECT count(*) AS jobs FROM jobs WHERE follow_up_at IS NOT NULL',
  deleteEnded: `DELETE FROM jobs WHERE sequence IN (SELECT sequence FROM jobs INDEXED BY jobs_finished
      WHERE finished_at < :before AND state IN (SELECT value FROM json_each(:states))
        AND state NOT IN ('queued', 'running') AND follow_up_at IS NULL
        AND NOT (state = 'succeeded' AND superseded_by_job_id IS NULL)
      ORDER BY finished_at, sequence LIMIT :limit) RETURNING id`,
  readMark: 'SELECT value FROM marks WHERE name = :name',
  writeMark: `INSERT INTO marks (name, value) VALUES (:name, :value)
    ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
  addMark: `INSERT INTO marks (name, value) VALUES (:name, :value)
    ON CONFLICT (name) DO NOTHING RETURNING name`,
  swapMark: `UPDATE marks SET value = :value WHERE name = :name AND value = :expected
    RETURNING name`,
  listMarks: `SELECT name, value FROM marks WHERE substr(name, 1, length(:prefix)) = :prefix
    ORDER BY name`,
  deleteMark: 'DELETE FROM marks WHERE name = :name',
} as const

export type Statements = ReturnType<typeof prepareStatements>

/** Prepares every statement of the queue once. */
export function prepareStatements(database: DatabaseSync) {
  const prepare = (name: keyof typeof sql) => database.prepare(sql[name])
  const names = Object.keys(sql) as (keyof typeof sql)[]
  return Object.fromEntries(names.map((name) => [name, prepare(name)])) as Record<
    keyof typeof sql,
    ReturnType<DatabaseSync['prepare']>
  >
}

type Condition = readonly [sql: string, values: Record<string, string | number>]

const where = (conditions: readonly Condition[]) =>
  conditions.length === 0 ? '' : `WHERE ${conditions.map(([sql]) => sql).join(' AND ')}`

const valuesOf = (conditions: readonly Condition[]): Record<string, string | number> =>
  Object.assign({}, ...conditions.map(([, values]) => values))

const equal = (column: string, name: string, value: string | undefined): readonly Condition[] =>
  value === undefined ? [] : [[`${column} = :${name}`, { [name]: value }]]

const oneOf = (
  column: string,
  name: string,
  choice: readonly string[] | undefined,
): readonly Condition[] =>
  choice === undefined
    ? []
    : [[`${column} IN (SELECT value FROM json_each(:${name}))`, { [name]: JSON.stringify(choice) }]]

/** SQL and values of a count by state. */
export function countSql({ batch, trigger }: JobFilter) {
  const conditions = [...equal('batch', 'batch', batch), ...equal('trigger', 'trigger', trigger)]
  return {
    count: `SELECT state, count(*) AS jobs FROM jobs ${where(conditions)} GROUP BY state`,
    values: valuesOf(conditions),
  }
}

/**
 * SQL and values of a listing. Written for the filters that are set, because one statement for all
 * combinations would read the whole table.
 */
export function listingSql(query: JobQuery) {
  const { createdFrom: from, createdTo: to } = query
  const conditions: readonly Condition[] = [
    ...oneOf('state', 'states', query.states),
    ...oneOf('trigger', 'triggers', query.triggers),
    ...equal('orthanc_study_id', 'orthancStudyId', query.orthancStudyId),
    ...equal('study_instance_uid', 'studyInstanceUid', query.studyInstanceUid),
    ...equal('batch', 'batch', query.batch),
    ...(from === undefined ? [] : [['created_at >= :from', { from }] as const]),
    ...(to === undefined ? [] : [['created_at < :to', { to }] as const]),
  ]
  const chosen = `FROM jobs ${where(conditions)}`
  return {
    rows: `SELECT * ${chosen} ORDER BY sequence DESC LIMIT :limit OFFSET :offset`,
    count: `SELECT count(*) AS total ${chosen}`,
    values: valuesOf(conditions),
  }
}
