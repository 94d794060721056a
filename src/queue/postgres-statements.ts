import { due, isStudyFree, jobStatements, taken, takenFollowUp } from './job-statements.ts'

/** Statements of the queue in PostgreSQL; values by name. Locked rows are skipped. */
export const sql = {
  ...jobStatements,
  /** Until the transaction ends, no other transaction stores a job of this study. */
  lockStudy: 'SELECT pg_advisory_xact_lock(hashtextextended(:orthancStudyId, 0))',
  insert: `INSERT INTO jobs (id, orthanc_study_id, study_instance_uid, trigger, batch, force, ticket,
      created_at, not_before)
    VALUES (:id, :orthancStudyId, :studyInstanceUid, :trigger, :batch, :force, :ticket, :now, :now)
    RETURNING *`,
  // In one statement, because each round trip counts: a shortened lease has not expired.
  takeExpired: `WITH shortened AS (${jobStatements.shortenLeases})
    UPDATE jobs SET ${taken}, ticket = NULL WHERE sequence = (SELECT sequence FROM jobs
      WHERE state = 'running' AND lease_expires_at <= :now
      ORDER BY lease_expires_at LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING *`,
  take: `UPDATE jobs AS waiting SET ${taken}, ticket = NULL
    WHERE id = :id AND state = 'queued' AND ${isStudyFree} RETURNING *`,
  park: `UPDATE jobs SET ticket = NULL WHERE id = :id AND state = 'queued'`,
  findParked: `SELECT id, rank FROM jobs AS waiting
    WHERE state = 'queued' AND ticket IS NULL AND ${due} AND ${isStudyFree}
    ORDER BY rank, sequence LIMIT 50 FOR UPDATE SKIP LOCKED`,
  giveTicket: 'UPDATE jobs SET ticket = CAST(:ticket AS uuid) WHERE id = :id',
  // A range of one rank, not an equality: otherwise the server uses the index of all jobs.
  oldestQueued: `SELECT min((SELECT created_at FROM jobs
      WHERE state = 'queued' AND rank >= ranks.rank AND rank <= ranks.rank AND ${due}
      ORDER BY rank, sequence LIMIT 1)) AS created_at
    FROM (SELECT 0 AS rank UNION ALL SELECT 1) AS ranks`,
  takeFollowUp: `UPDATE jobs SET ${takenFollowUp}
    WHERE sequence = (SELECT sequence FROM jobs WHERE follow_up_at <= :now
      ORDER BY follow_up_at, sequence LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING *`,
} as const

/** Clears tickets that pg-boss does not know; their jobs get new ones. */
export const parkLost = (ticketSchema: string) => `UPDATE jobs SET ticket = NULL
  WHERE state = 'queued' AND ticket IS NOT NULL AND NOT EXISTS
    (SELECT 1 FROM "${ticketSchema}".job AS ticket WHERE ticket.id = jobs.ticket)
  RETURNING id`
