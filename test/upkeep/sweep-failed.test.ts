import { describe, expect, it } from 'vitest'
import type { Archive } from '../../src/archive/archive.ts'
import type { ErrorCode } from '../../src/errors.ts'
import type { Job } from '../../src/queue/job.ts'
import { sweepArchive } from '../../src/upkeep/sweep.ts'

const minute = 60_000

function failedJob(id: string, code: ErrorCode, finishedAt: number): Job {
  const error = { code, stage: 'store', retryable: true, message: 'It failed.' }
  return {
    ...{ id, orthancStudyId: 'study', studyInstanceUid: '1.2.3', state: 'failed' },
    ...{ error, finishedAt, createdAt: 0 },
  } as unknown as Job
}

async function sweep(jobs: readonly Job[], now: number): Promise<number> {
  const archive = {
    findChangeBefore: async () => 0,
    readChanges: async () => ({ changes: [], last: 0, done: true }),
    studiesOf: async () => [],
  } as unknown as Archive
  return sweepArchive({
    archive,
    history: {
      recentJobs: async () => jobs,
      failedJobs: async () => jobs.filter(({ state }) => state === 'failed'),
      readMark: async () => undefined,
      writeMark: async () => {},
    },
    enqueue: async () => undefined,
    now: () => now,
    lookbackMilliseconds: 0,
    log: { info() {}, warn() {} },
  })
}

describe('the sweep and jobs that failed', () => {
  it('retries a study that failed because of the archive, after some minutes', async () => {
    const jobs = [failedJob('a', 'ARCHIVE_FAILED', 0)]
    expect(await sweep(jobs, 4 * minute)).toBe(0)
    expect(await sweep(jobs, 5 * minute)).toBe(1)
  })

  it('waits twice as long after each failure', async () => {
    const jobs = ['c', 'b', 'a'].map((id) => failedJob(id, 'STORE_REFUSED', 0))
    expect(await sweep(jobs, 19 * minute)).toBe(0)
    expect(await sweep(jobs, 20 * minute)).toBe(1)
  })

  it('ignores other failures, and studies with a newer job', async () => {
    expect(await sweep([failedJob('a', 'REPORT_FAILED', 0)], 60 * minute)).toBe(0)
    const newer = { ...failedJob('b', 'ARCHIVE_FULL', 0), state: 'succeeded' } as Job
    expect(await sweep([newer, failedJob('a', 'ARCHIVE_FULL', 0)], 60 * minute)).toBe(0)
  })
})
