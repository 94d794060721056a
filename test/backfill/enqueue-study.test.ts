import { describe, expect, it } from 'vitest'
import { type BackfillJobs, enqueueStudy } from '../../src/backfill/look-at-study.ts'
import type { Job } from '../../src/queue/job.ts'

const study = { orthancStudyId: 'one', studyInstanceUid: '1.2.3', isStable: true }

/** A queue in which another process stores a job of a backfill right after the first look. */
function queueWithLateJob(batch: string): BackfillJobs {
  let looks = 0
  const job = { id: 'late', batch } as Job
  return {
    list: async (query) => {
      looks += 1
      const isThere = looks > 1 && (query.batch === undefined || query.batch === batch)
      return { jobs: isThere ? [job] : [], total: isThere ? 1 : 0 }
    },
    currentResults: async () => [],
    enqueue: async () => {
      throw new Error('A second job was stored.')
    },
  }
}

describe('a study for which a job is stored between two looks', () => {
  it('counts as stored if the job belongs to the same backfill', async () => {
    expect(await enqueueStudy(queueWithLateJob('mine'), 'mine', study as never)).toEqual({
      kind: 'enqueued',
      jobId: 'late',
    })
  })

  it('is skipped if it belongs to another', async () => {
    expect(await enqueueStudy(queueWithLateJob('other'), 'mine', study as never)).toEqual({
      kind: 'passedOver',
    })
  })
})
