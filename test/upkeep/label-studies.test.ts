import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { HippoError, recordError } from '../../src/errors.ts'
import type { Job } from '../../src/queue/job.ts'
import { createLabelling, type EndedJob, labelsAfter } from '../../src/upkeep/label-studies.ts'

const all = ['measured', 'rejected', 'small', 'review'].map((name) => `hippovolume-${name}`)
const [measured, rejected, small, review] = all as [string, string, string, string]

function resultOf(verdict: 'measured' | 'warning', percentile = 40) {
  const sides = [{ percentile: { value: 60 } }, { percentile: { value: percentile } }]
  return { result: { verdict, norms: { compared: true, alarmPercentile: 5, sides } } }
}
const ended = (job: Partial<EndedJob>): EndedJob => ({ state: 'succeeded', ...job })
const accepted = { answer: 'accepted', by: 'admin', at: 0 } as const
const refused = { answer: 'rejected', by: 'admin', at: 0 } as const
const failure = (code: 'QUALITY_REJECTED' | 'NO_MEASURABLE_SERIES' | 'ARCHIVE_FAILED') =>
  recordError(new HippoError(code, 'No.'))

describe('the labels of a study', () => {
  it.each([
    ['a measured study', ended({ outcome: resultOf('measured') }), [measured]],
    ['a small hippocampus', ended({ outcome: resultOf('measured', 4.9) }), [measured, small]],
    ['a percentile at the alarm', ended({ outcome: resultOf('measured', 5) }), [measured]],
    ['warnings', ended({ outcome: resultOf('warning') }), [measured, review]],
    [
      'warnings that a reader accepted',
      ended({ outcome: resultOf('warning'), answer: accepted }),
      [measured],
    ],
    [
      'a result that a reader rejected',
      ended({ outcome: resultOf('warning', 1), answer: refused }),
      [rejected],
    ],
    [
      'images of poor quality',
      ended({ state: 'rejected', outcome: {}, error: failure('QUALITY_REJECTED') }),
      [rejected],
    ],
    [
      'a result found again',
      ended({ state: 'unchanged', outcome: resultOf('measured') }),
      [measured],
    ],
    [
      'a rejection found again',
      ended({ state: 'unchanged', outcome: { rejection: {} } }),
      [rejected],
    ],
  ])('say so of %s, and none of them says what was before', (_case, job, expected) => {
    const change = labelsAfter(job)
    expect(change?.add).toEqual(expected)
    expect([...change!.add, ...change!.remove].toSorted()).toEqual(all.toSorted())
  })

  it('ask for a look at a study that failed, and keep what was measured before', () => {
    const job = ended({ state: 'failed', outcome: {}, error: failure('ARCHIVE_FAILED') })
    expect(labelsAfter(job)).toEqual({ add: [review], remove: [] })
  })

  it.each([
    ended({ state: 'rejected', outcome: {}, error: failure('NO_MEASURABLE_SERIES') }),
    ended({ state: 'cancelled' }),
    ended({ state: 'unchanged', outcome: { verdicts: [] } }),
  ])(
    'leave alone a study that was never to be measured, and a job without a verdict: $state',
    (job) => {
      expect(labelsAfter(job)).toBeUndefined()
    },
  )
})

describe('labelling', () => {
  const job = { ...ended({ outcome: resultOf('measured') }), predecessorJobId: undefined }

  it('goes in the order of the endings, and its failure costs a line in the log alone', async () => {
    const done: string[] = []
    const warned: object[] = []
    const labelling = createLabelling({
      archive: {
        async labelStudy(id) {
          if (id === 'a') await sleep(20)
          if (id === 'b') throw new HippoError('ARCHIVE_UNAUTHORIZED', 'No.', { stage: 'store' })
          done.push(id)
        },
      },
      findJob: async () => undefined,
      log: { warn: (facts) => warned.push(facts) },
    })
    for (const id of ['a', 'b', 'c']) labelling.note(id, job)
    await labelling.settle()
    expect(done).toEqual(['a', 'c'])
    expect(warned).toEqual([{ orthancStudyId: 'b', code: 'ARCHIVE_UNAUTHORIZED' }])
  })

  it('keeps what a reader said of a result that is found again', async () => {
    const added: (readonly string[])[] = []
    const labelling = createLabelling({
      archive: { labelStudy: async (_id, { add }) => void added.push(add) },
      findJob: async (id) => ({ id, answer: refused }) as unknown as Job,
      log: { warn: () => {} },
    })
    labelling.note('a', { ...job, state: 'unchanged', predecessorJobId: 'first' })
    await labelling.settle()
    expect(added).toEqual([[rejected]])
  })
})
