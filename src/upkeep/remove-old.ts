import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { BackfillMarks } from '../backfill/backfill-marks.ts'
import { finalStates } from '../queue/job.ts'
import type { JobStore } from '../queue/job-store.ts'

export interface RetentionOptions {
  readonly store: Pick<JobStore, 'deleteEnded'>
  readonly marks: Pick<BackfillMarks, 'list' | 'remove'>
  /** Folder of the pages. */
  readonly reports: string
  /** Epoch milliseconds; whatever ended or was written earlier is removed. */
  readonly before: number
}

export interface Removed {
  readonly jobs: number
  readonly pages: number
  readonly backfills: number
}

/** Few enough for steps of some milliseconds; other work runs between steps. */
const jobsAtOnce = 50
const restMilliseconds = 5

async function removeJobs({ store, before }: RetentionOptions): Promise<number> {
  let jobs = 0
  for (;;) {
    const ids = await store.deleteEnded({ before, states: finalStates, limit: jobsAtOnce })
    jobs += ids.length
    if (ids.length < jobsAtOnce) return jobs
    await sleep(restMilliseconds)
  }
}

/** Pages by age, regardless of their job: pages of current results are in the archive. */
async function removePages({ reports, before }: RetentionOptions): Promise<number> {
  let pages = 0
  for (const name of await readdir(reports)) {
    if (!/\.png(\.part)?$/.test(name)) continue
    const path = join(reports, name)
    const facts = await stat(path).catch(() => undefined)
    if (facts === undefined || facts.mtimeMs >= before) continue
    await rm(path, { force: true })
    pages += 1
  }
  return pages
}

async function removeBackfills({ marks, before }: RetentionOptions): Promise<number> {
  const old = (await marks.list()).filter(
    ({ state, finishedAt, createdAt }) =>
      state !== 'running' && state !== 'paused' && (finishedAt ?? createdAt) < before,
  )
  for (const { id } of old) await marks.remove(id)
  return old.length
}

/**
 * Removes ended jobs, pages and ended backfills older than the limit. The current result of a study
 * is never removed (deleteEnded), since later studies are compared with it.
 */
export async function removeOld(options: RetentionOptions): Promise<Removed> {
  return {
    jobs: await removeJobs(options),
    pages: await removePages(options),
    backfills: await removeBackfills(options),
  }
}
