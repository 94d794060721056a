import { chmodSync, closeSync, existsSync, mkdirSync, openSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { HippoError } from '../errors.ts'
import { mapSqliteError } from './sqlite-errors.ts'

/**
 * Each entry migrates a file from version index to index + 1 (PRAGMA user_version). Never edit a
 * released one; append. `sequence` orders jobs, not the clock, because a clock may be set back; for
 * the same reason leases and waits store their length in addition to their end.
 */
export const migrations: readonly string[] = [
  `CREATE TABLE jobs (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    orthanc_study_id TEXT NOT NULL,
    study_instance_uid TEXT NOT NULL,
    trigger TEXT NOT NULL,
    force INTEGER NOT NULL,
    run_number INTEGER NOT NULL DEFAULT 0,
    state TEXT NOT NULL DEFAULT 'queued',
    created_at INTEGER NOT NULL,
    analysis_started_at INTEGER,
    finished_at INTEGER,
    attempts INTEGER NOT NULL DEFAULT 0,
    not_before INTEGER NOT NULL,
    wait_milliseconds INTEGER NOT NULL DEFAULT 0,
    lease_owner TEXT,
    lease_expires_at INTEGER,
    lease_milliseconds INTEGER,
    cancel_requested INTEGER NOT NULL DEFAULT 0,
    error TEXT,
    timings TEXT NOT NULL DEFAULT '[]',
    outcome TEXT,
    predecessor_job_id TEXT,
    superseded_by_job_id TEXT
  ) STRICT;
  CREATE INDEX jobs_queued ON jobs (sequence) WHERE state = 'queued';
  CREATE INDEX jobs_queued_study ON jobs (orthanc_study_id, force) WHERE state = 'queued';
  CREATE UNIQUE INDEX jobs_running ON jobs (orthanc_study_id) WHERE state = 'running';
  CREATE INDEX jobs_state ON jobs (state);
  CREATE INDEX jobs_study ON jobs (orthanc_study_id);
  CREATE INDEX jobs_uid ON jobs (study_instance_uid);
  CREATE TABLE marks (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;`,
  // Set while an ended job has a follow-up: when it is due, or when the lease of its worker ends.
  `ALTER TABLE jobs ADD COLUMN follow_up_at INTEGER;
  ALTER TABLE jobs ADD COLUMN follow_up_wait_milliseconds INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE jobs ADD COLUMN follow_up_attempts INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE jobs ADD COLUMN follow_up_owner TEXT;
  CREATE INDEX jobs_follow_up ON jobs (follow_up_at) WHERE follow_up_at IS NOT NULL;`,
  // rank is rankTrigger(trigger). One index covers the choice of the next job; otherwise each
  // choice would scan all waiting jobs.
  `ALTER TABLE jobs ADD COLUMN batch TEXT;
  ALTER TABLE jobs ADD COLUMN rank INTEGER GENERATED ALWAYS AS
    (CASE trigger WHEN 'backfill' THEN 2 WHEN 'history' THEN 1 ELSE 0 END) VIRTUAL;
  DROP INDEX jobs_queued;
  CREATE INDEX jobs_queued ON jobs
    (rank, sequence, not_before, wait_milliseconds, orthanc_study_id) WHERE state = 'queued';
  CREATE INDEX jobs_batch ON jobs (batch, state) WHERE batch IS NOT NULL;
  CREATE INDEX jobs_created ON jobs (created_at);
  CREATE INDEX jobs_finished ON jobs (finished_at) WHERE finished_at IS NOT NULL;`,
  // Only deletable jobs: current results, which stay forever, would be scanned each time.
  `DROP INDEX jobs_finished;
  CREATE INDEX jobs_forgettable ON jobs (finished_at) WHERE finished_at IS NOT NULL
    AND state NOT IN ('queued', 'running')
    AND NOT (state = 'succeeded' AND superseded_by_job_id IS NULL)
    AND follow_up_at IS NULL;`,
  // Fields by which lists of results are searched and sorted, and the reader's answer.
  `ALTER TABLE jobs ADD COLUMN answer TEXT;
  ALTER TABLE jobs ADD COLUMN study_date TEXT;
  ALTER TABLE jobs ADD COLUMN accession_number TEXT;
  ALTER TABLE jobs ADD COLUMN lowest_percentile REAL;
  ALTER TABLE jobs ADD COLUMN is_alarm INTEGER;
  UPDATE jobs SET
    study_date = json_extract(outcome, '$.result.subject.studyDate'),
    lowest_percentile = (SELECT min(json_extract(side.value, '$.percentile.value'))
      FROM json_each(outcome, '$.result.norms.sides') AS side)
    WHERE state = 'succeeded' AND outcome IS NOT NULL;
  UPDATE jobs SET
    is_alarm = (lowest_percentile < json_extract(outcome, '$.result.norms.alarmPercentile'))
    WHERE lowest_percentile IS NOT NULL;
  CREATE INDEX jobs_accession ON jobs (accession_number) WHERE accession_number IS NOT NULL;
  CREATE INDEX jobs_study_date ON jobs (study_date) WHERE study_date IS NOT NULL;
  CREATE INDEX jobs_alarm ON jobs (state, is_alarm, sequence) WHERE is_alarm = 1;
  CREATE INDEX jobs_percentile ON jobs
    (state, superseded_by_job_id, lowest_percentile, sequence DESC)
    WHERE lowest_percentile IS NOT NULL;`,
]

/** Version of the schema that this software writes. */
export const knownVersion = migrations.length

/** Longest wait for another process's transaction; it blocks this process. */
const busyMilliseconds = 2_000
/** The same while opening, when there is nothing else to run. */
const openingMilliseconds = 15_000

function readVersion(database: DatabaseSync, path: string): number {
  const row = database.prepare('PRAGMA user_version').get() as { user_version: number }
  if (row.user_version <= migrations.length) return row.user_version
  throw new HippoError(
    'QUEUE_UNAVAILABLE',
    `The job queue ${path} was written by a newer version of this software.`,
    { stage: 'startup', details: { fileVersion: row.user_version, known: migrations.length } },
  )
}

function migrate(database: DatabaseSync, path: string): void {
  if (readVersion(database, path) === migrations.length) return
  database.exec('BEGIN IMMEDIATE')
  // Read again under the lock: another process may have migrated already.
  for (const migration of migrations.slice(readVersion(database, path))) database.exec(migration)
  database.exec(`PRAGMA user_version = ${migrations.length}; COMMIT`)
}

/**
 * Creates the file if absent, accessible only to its owner regardless of the umask; SQLite gives
 * its companion files the same mode. Access by others to an existing file is removed.
 */
function makePrivate(path: string): void {
  closeSync(openSync(path, 'a', 0o600))
  for (const file of [path, `${path}-wal`, `${path}-shm`]) {
    if (existsSync(file) && (statSync(file).mode & 0o077) !== 0) chmodSync(file, 0o600)
  }
}

/**
 * Opens the queue's file, creating it and its folder if absent, and migrates its schema. Commits
 * are durable: write-ahead log, synced at each commit. Waits for other processes that hold the
 * file. Throws QUEUE_UNAVAILABLE or DISK_FULL.
 */
export function openDatabase(path: string): DatabaseSync {
  let database: DatabaseSync | undefined
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    makePrivate(path)
    database = new DatabaseSync(path, { timeout: openingMilliseconds })
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
    migrate(database, path)
    database.exec(`PRAGMA busy_timeout = ${busyMilliseconds}`)
    return database
  } catch (error) {
    database?.close()
    const known = mapSqliteError(error)
    if (known instanceof HippoError) throw known
    const reason = error instanceof Error ? error.message : String(error)
    throw new HippoError('QUEUE_UNAVAILABLE', `The job queue cannot be opened: ${reason}.`, {
      stage: 'startup',
      cause: error,
    })
  }
}
