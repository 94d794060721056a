import { HippoError } from '../errors.ts'
import { firstRow, type PostgresConnection, type Transaction } from './postgres-connection.ts'

/**
 * Each entry migrates a schema from version index to index + 1. Never edit a released one; append.
 * The indexes do not depend on the server's statistics, which are always outdated for a queue.
 * Columns have the meaning of sqlite-schema.ts; `ticket` is the pg-boss ticket of a queued job,
 * NULL while the job waits for something else first.
 */
const migrations: readonly string[] = [
  `CREATE TABLE jobs (
    sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id text NOT NULL UNIQUE,
    orthanc_study_id text NOT NULL,
    study_instance_uid text NOT NULL,
    trigger text NOT NULL,
    batch text,
    rank integer NOT NULL GENERATED ALWAYS AS
      (CASE trigger WHEN 'backfill' THEN 2 WHEN 'history' THEN 1 ELSE 0 END) STORED,
    force integer NOT NULL,
    run_number integer NOT NULL DEFAULT 0,
    state text NOT NULL DEFAULT 'queued',
    ticket uuid,
    created_at bigint NOT NULL,
    analysis_started_at bigint,
    finished_at bigint,
    attempts integer NOT NULL DEFAULT 0,
    not_before bigint NOT NULL,
    wait_milliseconds bigint NOT NULL DEFAULT 0,
    lease_owner text,
    lease_expires_at bigint,
    lease_milliseconds bigint,
    cancel_requested integer NOT NULL DEFAULT 0,
    error text,
    timings text NOT NULL DEFAULT '[]',
    outcome text,
    predecessor_job_id text,
    superseded_by_job_id text,
    follow_up_at bigint,
    follow_up_wait_milliseconds bigint NOT NULL DEFAULT 0,
    follow_up_attempts integer NOT NULL DEFAULT 0,
    follow_up_owner text
  );
  CREATE INDEX jobs_queued ON jobs (rank, sequence) WHERE state = 'queued';
  CREATE INDEX jobs_queued_study ON jobs (orthanc_study_id, force, rank, sequence)
    WHERE state = 'queued';
  CREATE INDEX jobs_leases ON jobs (lease_expires_at) WHERE state = 'running';
  CREATE INDEX jobs_parked ON jobs (not_before) WHERE state = 'queued' AND ticket IS NULL;
  CREATE INDEX jobs_parked_since ON jobs ((not_before - wait_milliseconds))
    WHERE state = 'queued' AND ticket IS NULL;
  CREATE UNIQUE INDEX jobs_running ON jobs (orthanc_study_id) WHERE state = 'running';
  CREATE INDEX jobs_state ON jobs (state);
  CREATE INDEX jobs_study ON jobs (orthanc_study_id);
  CREATE INDEX jobs_uid ON jobs (study_instance_uid);
  CREATE INDEX jobs_batch ON jobs (batch, state) WHERE batch IS NOT NULL;
  CREATE INDEX jobs_created ON jobs (created_at);
  CREATE INDEX jobs_finished ON jobs (finished_at) WHERE finished_at IS NOT NULL;
  CREATE INDEX jobs_follow_up ON jobs (follow_up_at) WHERE follow_up_at IS NOT NULL;
  CREATE TABLE marks (name text COLLATE "C" PRIMARY KEY, value text NOT NULL);`,
  `DROP INDEX jobs_finished;
  CREATE INDEX jobs_forgettable ON jobs (finished_at) WHERE finished_at IS NOT NULL
    AND state NOT IN ('queued', 'running')
    AND NOT (state = 'succeeded' AND superseded_by_job_id IS NULL)
    AND follow_up_at IS NULL;`,
  `ALTER TABLE jobs ADD COLUMN answer text,
    ADD COLUMN study_date text, ADD COLUMN accession_number text,
    ADD COLUMN lowest_percentile double precision, ADD COLUMN is_alarm integer;
  UPDATE jobs SET
    study_date = outcome::jsonb #>> '{result,subject,studyDate}',
    lowest_percentile = (SELECT min((side #>> '{percentile,value}')::double precision)
      FROM jsonb_path_query(outcome::jsonb, '$.result.norms.sides[*]') AS side)
    WHERE state = 'succeeded' AND outcome IS NOT NULL;
  UPDATE jobs SET is_alarm =
    (lowest_percentile < (outcome::jsonb #>> '{result,norms,alarmPercentile}')::double precision)::integer
    WHERE lowest_percentile IS NOT NULL;
  CREATE INDEX jobs_accession ON jobs (accession_number) WHERE accession_number IS NOT NULL;
  CREATE INDEX jobs_study_date ON jobs (study_date) WHERE study_date IS NOT NULL;
  CREATE INDEX jobs_alarm ON jobs (state, is_alarm, sequence) WHERE is_alarm = 1;
  CREATE INDEX jobs_percentile ON jobs
    (state, superseded_by_job_id, lowest_percentile, sequence DESC)
    WHERE lowest_percentile IS NOT NULL;`,
]

async function readVersion(transaction: Transaction): Promise<number> {
  const { version } = firstRow(
    await transaction.query('SELECT coalesce(max(version), 0) AS version FROM schema_version'),
  ) as { version: number }
  if (version <= migrations.length) return version
  throw new HippoError(
    'QUEUE_UNAVAILABLE',
    'The job queue in PostgreSQL was written by a newer version of this software.',
    { stage: 'startup', details: { schemaVersion: version, known: migrations.length } },
  )
}

/** Runs migrations: of several processes that start together one runs them and the others wait. */
export function migrateAlone<T>(
  connection: PostgresConnection,
  schema: string,
  work: () => Promise<T>,
): Promise<T> {
  return connection.transact(async ({ query }) => {
    await query('SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))', {
      name: `migration of ${schema}`,
    })
    return work()
  })
}

/**
 * Creates the schema if absent and migrates it. Throws QUEUE_UNAVAILABLE, also for a schema of a
 * newer version.
 */
export async function migratePostgres(
  connection: PostgresConnection,
  schema: string,
): Promise<void> {
  await connection.transact(async (transaction) => {
    await transaction.query(`CREATE SCHEMA IF NOT EXISTS "${schema}"`)
    await transaction.query('CREATE TABLE IF NOT EXISTS schema_version (version integer NOT NULL)')
    const version = await readVersion(transaction)
    if (version === migrations.length) return
    for (const migration of migrations.slice(version)) await transaction.executeSql(migration)
    await transaction.query('DELETE FROM schema_version')
    await transaction.query('INSERT INTO schema_version (version) VALUES (:version)', {
      version: migrations.length,
    })
  })
}
