import type { DatabaseSync } from 'node:sqlite'
import { due, isStudyFree, jobStatements, taken, takenFollowUp } from './job-statements.ts'

const sql = {
  ...jobStatements,
  insert: `INSERT INTO jobs
    (id, orthanc_study_id, study_instance_uid, trigger, batch, force, created_at, not_before)
    VALUES (:id, :orthancStudyId, :studyInstanceUid, :trigger, :batch, :force, :now, :now)
    RETURNING *`,
  findExpired: `SELECT sequence FROM jobs
    WHERE state = 'running' AND lease_expires_at <= :now ORDER BY sequence LIMIT 1`,
  // SQLite would use the index on states and then sort all waiting jobs.
  findDue: `SELECT sequence, rank FROM jobs AS waiting INDEXED BY jobs_queued
    WHERE state = 'queued' AND ${due} AND ${isStudyFree} ORDER BY rank, sequence LIMIT 1`,
  take: `UPDATE jobs SET ${taken} WHERE sequence = :sequence RETURNING *`,
  // Rank by rank, the order of the index.
  oldestQueued: `SELECT min((SELECT created_at FROM jobs INDEXED BY jobs_queued
      WHERE state = 'queued' AND rank = ranks.rank AND ${due} ORDER BY sequence LIMIT 1)) AS created_at
    FROM (SELECT 0 AS rank UNION ALL SELECT 1) AS ranks`,
  takeFollowUp: `UPDATE jobs SET ${takenFollowUp}
    WHERE sequence = (SELECT sequence FROM jobs WHERE follow_up_at <= :now
      ORDER BY follow_up_at, sequence LIMIT 1) RETURNING *`,
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
