import { describe, expect, it, vi } from 'vitest'
import { followStudy, type JobAnswer } from '../../tools/demo/follow-study.ts'

const job = (state: string, second: number, rest: Partial<JobAnswer> = {}): JobAnswer => ({
  id: `job-${second}`,
  state,
  studyInstanceUid: '1.2',
  orthancStudyId: 'x',
  createdAt: new Date(second * 1000).toISOString(),
  attempts: 1,
  timings: [],
  ...rest,
})

/** A service that answers these lists of jobs one after another, the last one for ever. */
function fakeService(lists: JobAnswer[][]) {
  return async (path: string) => {
    if (path.endsWith('/results')) return Response.json({ outcome: { verdicts: [] } })
    return Response.json({ jobs: lists.length > 1 ? lists.shift() : lists[0] })
  }
}

describe('following a study', () => {
  it('waits for the first job after sending, and reports each change once', async () => {
    const told: string[] = []
    const { job: last } = await followStudy({
      get: fakeService([
        [job('succeeded', 1)],
        [job('queued', 9), job('succeeded', 1)],
        [job('running', 9), job('succeeded', 1)],
        [job('running', 9), job('succeeded', 1)],
        [job('unchanged', 12), job('succeeded', 9), job('succeeded', 1)],
      ]),
      studyInstanceUid: '1.2',
      since: 5000,
      seconds: 5,
      say: (line) => told.push(line),
    })
    expect(last.id).toBe('job-9')
    expect(told).toEqual(['job job-9 queued', 'job job-9 running', 'job job-9 succeeded'])
  })

  it('reports why a job was rejected', async () => {
    const told: string[] = []
    const error = { code: 'NO_MEASURABLE_SERIES', message: 'Nothing to measure.' }
    await followStudy({
      get: fakeService([[job('rejected', 9, { error })]]),
      studyInstanceUid: '1.2',
      since: 0,
      seconds: 5,
      say: (line) => told.push(line),
    })
    expect(told).toEqual(['job job-9 rejected: Nothing to measure.'])
  })

  it('uses the last job of a study with nothing new', async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true, advanceTimeDelta: 2000 })
    try {
      const followed = followStudy({
        get: fakeService([[job('succeeded', 1)]]),
        studyInstanceUid: '1.2',
        since: Date.now(),
        seconds: 60,
        say: () => {},
      })
      await vi.advanceTimersByTimeAsync(20_000)
      expect((await followed).job.id).toBe('job-1')
    } finally {
      vi.useRealTimers()
    }
  })

  it('gives up with a sentence if the study never appears', async () => {
    const followed = followStudy({
      get: fakeService([[]]),
      studyInstanceUid: '1.2',
      since: 0,
      seconds: 0.2,
      say: () => {},
    })
    await expect(followed).rejects.toThrow('The service received no study 1.2')
  })
})
