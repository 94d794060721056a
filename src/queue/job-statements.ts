import type { EndedQuery, JobFilter, JobQuery } from './job-store.ts'

/**
 * Due: the wait is over, or the clock was set back to before the wait began (otherwise a job could
 * sleep for as long as the clock was set back).
 */
export const due = '(not_before <= :now OR not_before - wait_milliseconds > :now)'

/** Whether no other job of the study of the row `waiting` is running. */
export const isStudyFree = `NOT EXISTS (SELECT 1 FROM jobs AS other
    WHERE other.state = 'running' AND other.orthanc_study_id = waiting.orthanc_study_id)`

const held = "id = :id AND lease_owner = :owner AND state = 'running'"

const heldFollowUp = 'id = :id AND follow_up_owner = :owner'

const leaseUntil = 'lease_expires_at = :until, lease_milliseconds = :lease'

const followUpUntil = 'follow_up_at = :until, follow_up_wait_milliseconds = :wait'

const noLease = 'lease_owner = NULL, lease_expires_at = NULL, lease_milliseconds = NULL'

/** Columns a claim writes into the job. */
export const taken = `state = 'running', attempts = attempts + 1, lease_owner = :owner,
    analysis_started_at = coalesce(analysis_started_at, :now), ${leaseUntil}`

/** Columns a claim writes into the follow-up. */
export const takenFollowUp = `follow_up_attempts = follow_up_attempts + 1, follow_up_owner = :owner,
    ${followUpUntil}`

/** Statements shared by both databases; values by name, times in epoch milliseconds. */
export const jobStatements = {
  // Match the UID, too: a notification with another study's UID must not absorb the correct one.
  findQueued: `SELECT * FROM jobs WHERE state = 'queued' AND orthanc_study_id = :orthancStudyId
    AND study_instance_uid = :studyInstanceUid AND force = :force AND rank = :rank
    ORDER BY sequence DESC LIMIT 1`,

  // A lease that ends later than a new one was given before the clock was set back.
  shortenLeases: `UPDATE jobs SET lease_expires_at = :now + lease_milliseconds
    WHERE state = 'running' AND lease_expires_at > :now + lease_milliseconds`,
  heartbeat: `UPDATE jobs SET ${leaseUntil} WHERE ${held} RETURNING cancel_requested`,
  assignRunNumber: `UPDATE jobs SET run_number = :runNumber WHERE ${held} RETURNING id`,
  finish: `UPDATE jobs SET state = :state, finished_at = :now, error = :error, outcome = :outcome,
      timings = :timings, predecessor_job_id = :predecessor, follow_up_at = :followUpAt,
      study_date = :studyDate, accession_number = :accessionNumber,
      lowest_percentile = :lowestPercentile, is_alarm = :isAlarm, ${noLease}
    WHERE ${held} RETURNING id`,
  supersede: `UPDATE jobs SET superseded_by_job_id = :id
    WHERE id = :predecessor AND superseded_by_job_id IS NULL`,
  // A running follow-up stays with its worker and becomes due again when it ends.
  followUpAnew: `UPDATE jobs SET follow_up_attempts = 0,
      follow_up_at = CASE WHEN follow_up_owner IS NULL THEN :now ELSE follow_up_at END
    WHERE id = :id AND state = 'succeeded'`,
  retryLater: `UPDATE jobs SET state = 'queued', error = :error, not_before = :notBefore,
      wait_milliseconds = :wait, attempts = attempts - :refund, ${noLease}
    WHERE ${held} RETURNING *`,
  release: `UPDATE jobs SET state = 'queued', attempts = attempts - 1, not_before = :now,
      wait_milliseconds = 0, ${noLease}
    WHERE ${held} RETURNING *`,

  answer: `UPDATE jobs SET answer = :answer WHERE id = :id AND state = 'succeeded'
    AND superseded_by_job_id IS NULL AND coalesce(answer, '') = :before RETURNING *`,

  find: 'SELECT * FROM jobs WHERE id = :id',
  cancelQueued: `UPDATE jobs SET state = 'cancelled', cancel_requested = 1, finished_at = :now,
      error = :error
    WHERE id = :id AND state = 'queued' RETURNING *`,
  cancelRunning: `UPDATE jobs SET cancel_requested = 1
    WHERE id = :id AND state = 'running' RETURNING *`,
  currentResults: `SELECT * FROM jobs WHERE orthanc_study_id = :orthancStudyId
    AND state = 'succeeded' AND superseded_by_job_id IS NULL
    ORDER BY finished_at DESC, sequence DESC`,

  shortenFollowUps: `UPDATE jobs SET follow_up_at = :now + follow_up_wait_milliseconds
    WHERE follow_up_at > :now + follow_up_wait_milliseconds`,
  heartbeatFollowUp: `UPDATE jobs SET ${followUpUntil} WHERE ${heldFollowUp} RETURNING id`,
  recordOutcome: `UPDATE jobs SET outcome = :outcome WHERE ${heldFollowUp} RETURNING id`,
  finishFollowUp: `UPDATE jobs SET outcome = coalesce(:outcome, outcome), follow_up_owner = NULL,
      follow_up_wait_milliseconds = 0,
      follow_up_at = CASE WHEN follow_up_attempts = 0 THEN CAST(:now AS bigint) END
    WHERE ${heldFollowUp} RETURNING id`,
  retryFollowUp: `UPDATE jobs SET follow_up_owner = NULL, ${followUpUntil}
    WHERE ${heldFollowUp} RETURNING id`,
  releaseFollowUp: `UPDATE jobs SET follow_up_owner = NULL, ${followUpUntil},
      follow_up_attempts = CASE WHEN follow_up_attempts > 0 THEN follow_up_attempts - 1 ELSE 0 END
    WHERE ${heldFollowUp} RETURNING id`,
  countFollowUps: 'SELECT count(*) AS jobs FROM jobs WHERE follow_up_at IS NOT NULL',

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

/** Values of a statement, by name. */
export type Values = Readonly<Record<string, string | number | null>>

type Condition = readonly [sql: string, values: Values]

const where = (conditions: readonly Condition[]) =>
  conditions.length === 0 ? '' : `WHERE ${conditions.map(([sql]) => sql).join(' AND ')}`

const valuesOf = (conditions: readonly Condition[]): Record<string, string | number> =>
  Object.assign({}, ...conditions.map(([, values]) => values))

const equal = (column: string, name: string, value: string | undefined): readonly Condition[] =>
  value === undefined ? [] : [[`${column} = :${name}`, { [name]: value }]]

const compare = (sql: string, name: string, value: string | undefined): readonly Condition[] =>
  value === undefined ? [] : [[sql, { [name]: value }]]

const flagged = (sql: string, isWanted: boolean | undefined): readonly Condition[] =>
  isWanted === true ? [[sql, {}]] : []

const oneOf = (column: string, choice: readonly string[] | undefined): readonly Condition[] => {
  if (choice === undefined) return []
  const values = choice.map((value, index) => [`${column}${index}`, value] as const)
  const names = values.map(([name]) => `:${name}`).join(', ')
  return [
    choice.length === 0 ? ['1 = 0', {}] : [`${column} IN (${names})`, Object.fromEntries(values)],
  ]
}

/** SQL and values of a count by state. */
export function countSql({ batch, trigger }: JobFilter) {
  const conditions = [...equal('batch', 'batch', batch), ...equal('trigger', 'trigger', trigger)]
  return {
    count: `SELECT state, count(*) AS jobs FROM jobs ${where(conditions)} GROUP BY state`,
    values: valuesOf(conditions),
  }
}

/** Jobs that may be deleted; an index covers exactly these rows (jobs_forgettable). */
export const forgettable = [
  "state NOT IN ('queued', 'running')",
  "NOT (state = 'succeeded' AND superseded_by_job_id IS NULL)",
  'follow_up_at IS NULL',
] as const

/** SQL and values of the deletion; `from` names the table and its index. */
export function deleteSql({ before, states, limit }: EndedQuery, from = 'jobs') {
  const conditions: readonly Condition[] = [
    ['finished_at < :before', { before }],
    ...oneOf('state', states),
    ...forgettable.map((sql) => [sql, {}] as const),
  ]
  return {
    sql: `DELETE FROM jobs WHERE sequence IN (SELECT sequence FROM ${from} ${where(conditions)}
      ORDER BY finished_at, sequence LIMIT :limit) RETURNING id, finished_at, sequence`,
    values: { ...valuesOf(conditions), limit },
  }
}

/** Whether a listing merges the newest jobs of several states. */
const isMerged = (states: readonly string[] | undefined): states is readonly string[] =>
  states !== undefined && states.length > 1

/**
 * The rows of a page of a listing. Several states are read separately by the index on states:
 * otherwise the database would sort all rows of these states for each page.
 */
function newestOf(states: readonly string[] | undefined, conditions: readonly Condition[]): string {
  if (!isMerged(states)) return where(conditions)
  const others = conditions.filter(([sql]) => !sql.startsWith('state IN'))
  const pages = states.map((_, index) => {
    const own = where([[`state = :state${index}`, {}], ...others])
    return `SELECT sequence FROM (SELECT sequence FROM jobs ${own}
      ORDER BY sequence DESC LIMIT :depth) AS page${index}`
  })
  return `WHERE sequence IN (${pages.join(' UNION ALL ')})`
}

/**
 * SQL and values of a listing. Generated for the given filters, because one statement for all
 * combinations would read the whole table.
 */
export function listingSql(query: JobQuery) {
  const { createdFrom: from, createdTo: to } = query
  const conditions: readonly Condition[] = [
    ...oneOf('state', query.states),
    ...oneOf('trigger', query.triggers),
    ...equal('orthanc_study_id', 'orthancStudyId', query.orthancStudyId),
    ...equal('study_instance_uid', 'studyInstanceUid', query.studyInstanceUid),
    ...equal('batch', 'batch', query.batch),
    ...(from === undefined ? [] : [['created_at >= :from', { from }] as const]),
    ...(to === undefined ? [] : [['created_at < :to', { to }] as const]),
    ...equal('accession_number', 'accessionNumber', query.accessionNumber),
    ...compare('study_date >= :dateFrom', 'dateFrom', query.studyDateFrom),
    ...compare('study_date <= :dateTo', 'dateTo', query.studyDateTo),
    ...flagged('is_alarm = 1', query.isAlarm),
    ...flagged('answer IS NULL', query.isUnanswered),
    ...flagged('superseded_by_job_id IS NULL', query.isCurrent),
    ...flagged('lowest_percentile IS NOT NULL', query.order === 'percentile'),
  ]
  const { beforePlace } = query
  const isByPercentile = query.order === 'percentile'
  const place: readonly Condition[] =
    beforePlace === undefined ? [] : [['sequence < :beforePlace', { beforePlace }]]
  const all = [...conditions, ...place]
  const depth = query.limit + query.offset
  return {
    rows: isByPercentile
      ? `SELECT * FROM jobs ${where(all)} ORDER BY lowest_percentile, sequence DESC
      LIMIT :limit OFFSET :offset`
      : `SELECT * FROM jobs ${newestOf(query.states, all)} ORDER BY sequence DESC
      LIMIT :limit OFFSET :offset`,
    count: `SELECT count(*) AS total FROM jobs ${where(conditions)}`,
    values: { ...valuesOf(all), ...(isMerged(query.states) && !isByPercentile && { depth }) },
    countValues: valuesOf(conditions),
  }
}
