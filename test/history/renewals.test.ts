import { describe, expect, it } from 'vitest'
import type { Archive } from '../../src/archive/archive.ts'
import { HippoError } from '../../src/errors.ts'
import { findOutdatedResults } from '../../src/history/find-outdated-results.ts'
import type { ChangeOverTime, TimePoint } from '../../src/measurement/change-over-time.ts'
import { findRenewable, saysMore } from '../../src/pipeline/renew-result.ts'
import type { Job } from '../../src/queue/job.ts'
import { makeFacts } from '../selection/make-facts.ts'

const model = { name: 'unet', version: '1', sha256: 'ab' }
const volumes = [{ side: 'left', anteriorMm3: 1, posteriorMm3: 2, totalMm3: 3 }] as const
const person = { patientId: 'P-77', patientBirthDate: '19580304', patientSex: 'F' }
const series = [makeFacts({ studyDate: '20230601', studyTime: '101500', ...person })]
const arrived = {
  ...{ studyInstanceUid: 'earlier', series },
  result: { volumes, model, softwareVersion: '1.0.0' },
}

const pointOf = (changes: Partial<TimePoint> = {}): TimePoint => ({
  ...{ studyInstanceUid: 'earlier', studyDate: '20230601', yearsBefore: 2, age: '065Y', volumes },
  ...{ model: { name: 'unet', version: '1' }, softwareVersion: '1.0.0', scanner: undefined },
  ...{ comparable: true, sentence: undefined },
  ...changes,
})
const changeOf = (changes: Partial<ChangeOverTime> = {}): ChangeOverTime => ({
  ...{ timePoints: [], rates: [], published: [], unused: [], sentence: '' },
  ...changes,
})

/** What is asked to be renewed where the archive holds one later study with these jobs. */
async function outdated(
  jobs: readonly Partial<Job>[],
  { date = '20250601', archive = {} }: { date?: string; archive?: Partial<Archive> } = {},
) {
  const found = await findOutdatedResults(arrived, {
    archive: {
      findPatientStudies: async () => [
        { studyInstanceUid: 'earlier', studyDate: '20230601', orthancStudyId: 'orthanc-e' },
        { studyInstanceUid: 'later', studyDate: date, orthancStudyId: 'orthanc-l' },
      ],
      ...archive,
    } as unknown as Archive,
    history: { recentJobs: async () => jobs as readonly Job[] },
    maximumStudies: 10,
    signal: new AbortController().signal,
  })
  return found.map(({ orthancStudyId }) => orthancStudyId)
}
const measuredWith = (history: ChangeOverTime | undefined, changes: Partial<Job> = {}) => ({
  ...{ state: 'succeeded' as const, outcome: { result: { history } } },
  ...changes,
})
const unusedFor = (reason: string) =>
  changeOf({
    unused: [{ studyInstanceUid: 'earlier', studyDate: '20230601', reason, sentence: '' }],
  })

describe('an earlier study that arrives after a later one was measured', () => {
  it('renews a later study whose page does not mention it', async () => {
    expect(await outdated([measuredWith(changeOf())])).toEqual(['orthanc-l'])
    expect(await outdated([measuredWith(unusedFor('MEASURING'))])).toEqual(['orthanc-l'])
  })

  it('renews a study that is being measured: it may have checked earlier', async () => {
    expect(await outdated([{ state: 'running' }])).toEqual(['orthanc-l'])
  })

  it('requests nothing once the page mentions it, so there is no loop', async () => {
    expect(await outdated([measuredWith(changeOf({ timePoints: [pointOf()] }))])).toEqual([])
    for (const reason of ['IDENTITY_CONTRADICTED', 'IDENTITY_UNCERTAIN', 'SAME_EXAM']) {
      expect(await outdated([measuredWith(unusedFor(reason))])).toEqual([])
    }
  })

  it('requests a renewal if the page mentions it by another model, or with other volumes', async () => {
    const told = (changes: Partial<TimePoint>) =>
      outdated([measuredWith(changeOf({ timePoints: [pointOf(changes)] }))])
    expect(await told({ model: { name: 'unet', version: '0' } })).toHaveLength(1)
    const others = [{ ...volumes[0], totalMm3: 4 }]
    expect(await told({ volumes: others })).toHaveLength(1)
  })

  it('ignores earlier studies, those without a result and replaced results', async () => {
    expect(await outdated([measuredWith(changeOf())], { date: '20210601' })).toEqual([])
    expect(await outdated([{ state: 'rejected' }, { state: 'queued' }])).toEqual([])
    const replaced = measuredWith(changeOf(), { supersededByJobId: 'other' })
    expect(await outdated([replaced])).toEqual([])
  })

  it('tolerates an archive that refuses the query, and retries temporary errors', async () => {
    const failing = (code: 'STUDY_NOT_FOUND' | 'ARCHIVE_FAILED') => ({
      archive: {
        findPatientStudies: async () => {
          throw new HippoError(code, 'No.')
        },
      },
    })
    expect(await outdated([], failing('STUDY_NOT_FOUND'))).toEqual([])
    await expect(outdated([], failing('ARCHIVE_FAILED'))).rejects.toThrow('No.')
  })
})

describe('a renewal', () => {
  const maker = { modelSha256: 'ab', softwareVersion: '1.0.0', configDigest: 'c' }
  const result = {
    ...{ measuredSeriesInstanceUid: '1.5', model, softwareVersion: '1.0.0', configDigest: 'c' },
    stored: [{ sopInstanceUid: '1.9.1', role: 'report' }],
  }
  const jobs = [{ id: 'first', state: 'succeeded', outcome: { result } }] as unknown as Job[]
  const instance = { sopInstanceUid: '1.9.1', orthancInstanceId: 'r', revision: '1' }
  const source = makeFacts({ seriesInstanceUid: '1.5' })
  const page = makeFacts({ seriesInstanceUid: '1.9', isOwnResult: true, instances: [instance] })

  it('needs a result in the archive, made by the same method', () => {
    expect(findRenewable(jobs, [source, page], maker)?.jobId).toBe('first')
    for (const other of [{ modelSha256: 'cd' }, { configDigest: 'd' }]) {
      expect(findRenewable(jobs, [source, page], { ...maker, ...other })).toBeUndefined()
    }
  })

  it('does not restore deleted results', () => {
    expect(findRenewable(jobs, [source], maker)).toBeUndefined()
    expect(findRenewable(jobs, [page], maker)).toBeUndefined()
    expect(findRenewable([], [source, page], maker)).toBeUndefined()
  })

  it('is only made if it adds information to the page', () => {
    const now = pointOf({ studyInstanceUid: 'later', yearsBefore: 0 })
    const before = changeOf({ timePoints: [now] })
    const after = changeOf({ timePoints: [pointOf(), now] })
    expect(saysMore(before, after)).toBe(true)
    expect(saysMore(after, after)).toBe(false)
    expect(saysMore(after, before)).toBe(false)
    const incomparable = changeOf({ timePoints: [pointOf({ comparable: false }), now] })
    expect(saysMore(incomparable, after)).toBe(true)
    expect(saysMore(undefined, before)).toBe(false)
  })
})
