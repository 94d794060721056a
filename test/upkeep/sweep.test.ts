import { describe, expect, it } from 'vitest'
import type { Archive } from '../../src/archive/archive.ts'
import { HippoError } from '../../src/errors.ts'
import { fingerprintStudy } from '../../src/outcome/fingerprint.ts'
import type { Job } from '../../src/queue/job.ts'
import type { SeriesFacts } from '../../src/selection/series-facts.ts'
import { sweepArchive } from '../../src/upkeep/sweep.ts'
import { makeFacts } from '../selection/make-facts.ts'

interface FakeStudy {
  readonly series?: readonly SeriesFacts[]
  readonly isStable?: boolean
  readonly lastUpdate?: string
  readonly fails?: HippoError
}

/** An archive whose changes are one new instance of each study, in pages of two. */
function fakeSweep(studies: Record<string, FakeStudy>, jobs: readonly Partial<Job>[] = []) {
  const names = Object.keys(studies)
  const marks = new Map<string, string>()
  const enqueued: string[] = []
  const warnings: string[] = []
  const archive = {
    findChangeBefore: async () => 0,
    async readChanges(since: number) {
      const page = names.slice(since, since + 2)
      const last = since + page.length
      return {
        changes: page.map((orthancId) => ({ type: 'NewInstance', orthancId })),
        last,
        done: last >= names.length,
      }
    },
    studiesOf: async (ids: readonly string[]) => ids.map((orthancStudyId) => ({ orthancStudyId })),
    async findStudy(orthancStudyId: string) {
      const { isStable = true, lastUpdate = '20260101T000000', fails } = studies[orthancStudyId]!
      if (fails) throw fails
      return { orthancStudyId, studyInstanceUid: `1.${orthancStudyId}`, isStable, lastUpdate }
    },
    readCatalogue: async (id: string) => ({ series: studies[id]!.series ?? [makeFacts()] }),
  } as unknown as Archive
  const sweep = () =>
    sweepArchive({
      archive,
      history: {
        recentJobs: async (id) => jobs.filter((job) => job.orthancStudyId === id) as Job[],
        readMark: async (name) => marks.get(name),
        writeMark: async (name, value) => void marks.set(name, value),
      },
      enqueue: async ({ orthancStudyId }) => void enqueued.push(orthancStudyId),
      now: () => Date.UTC(2026, 0, 2),
      lookbackMilliseconds: 1000,
      log: { info: () => {}, warn: (_, message) => void warnings.push(message) },
    })
  return { sweep, enqueued, warnings, waiting: () => JSON.parse(marks.get('sweep')!).waiting }
}

const createdAt = Date.UTC(2026, 0, 1, 12)
const seen = { verdicts: [], studyFingerprint: fingerprintStudy([makeFacts()]) }

describe('the sweep', () => {
  it('enqueues every study without a job once', async () => {
    const { sweep, enqueued } = fakeSweep({ a: {}, b: {}, c: {} })
    expect(await sweep()).toBe(3)
    expect(enqueued).toEqual(['a', 'b', 'c'])
    expect(await sweep()).toBe(0)
  })

  it('ignores a study whose images a job has seen, and our own results', async () => {
    const own = [makeFacts({ isOwnResult: true })]
    const job = { orthancStudyId: 'a', state: 'succeeded', outcome: seen } as const
    const { sweep, enqueued } = fakeSweep({ a: {}, b: { series: own } }, [job])
    expect(await sweep()).toBe(0)
    expect(enqueued).toEqual([])
  })

  it('enqueues a study with new images', async () => {
    const outcome = { ...seen, studyFingerprint: 'other' }
    const job = { orthancStudyId: 'a', state: 'succeeded', outcome } as const
    expect(await fakeSweep({ a: {} }, [job]).sweep()).toBe(1)
  })

  it('waits for a study that is not yet stable or has a running job', async () => {
    const job = { orthancStudyId: 'b', state: 'running' } as const
    const { sweep, waiting, enqueued } = fakeSweep({ a: { isStable: false }, b: {} }, [job])
    expect(await sweep()).toBe(0)
    expect(waiting()).toEqual(['a', 'b'])
    expect(enqueued).toEqual([])
  })

  it('does not undo a cancel, unless images arrived after it', async () => {
    const job = { orthancStudyId: 'a', state: 'cancelled', createdAt } as const
    const before = { a: { lastUpdate: '20260101T115959' } }
    const after = { a: { lastUpdate: '20260101T120001' } }
    expect(await fakeSweep(before, [job]).sweep()).toBe(0)
    expect(await fakeSweep(after, [job]).sweep()).toBe(1)
  })

  it('drops a deleted study and retries one that could not be read', async () => {
    const { sweep, waiting, warnings } = fakeSweep({
      a: { fails: new HippoError('STUDY_NOT_FOUND', 'Gone.') },
      b: { fails: new HippoError('ARCHIVE_TIMEOUT', 'Slow.') },
      c: {},
    })
    expect(await sweep()).toBe(1)
    expect(waiting()).toEqual(['b'])
    expect(warnings).toHaveLength(1)
  })
})
