import { describe, expect, it } from 'vitest'
import type { Archive } from '../../src/archive/archive.ts'
import type { ListedStudy } from '../../src/archive/list-studies.ts'
import { parsePart10 } from '../../src/dicom/part10.ts'
import { HippoError, recordError } from '../../src/errors.ts'
import { compareWithEarlier } from '../../src/history/compare-with-earlier.ts'
import type { ComparisonContext, MeasuredStudy } from '../../src/history/comparison.ts'
import { fingerprintStudy } from '../../src/outcome/fingerprint.ts'
import type { Job } from '../../src/queue/job.ts'
import type { SeriesFacts } from '../../src/selection/series-facts.ts'
import { makeFacts } from '../selection/make-facts.ts'
import { composeMadeUpResult } from '../support/made-up-result.ts'
import { writePhantomSeries } from '../support/phantom-dicom.ts'

const model = { name: 'made-up-unet', version: '1.2.0', sha256: 'ab'.repeat(32) }
const small = { columns: 16, rows: 12, slices: 10, laterality: 'L' } as const
const person = { patientId: 'P-77', patientBirthDate: '19580304', patientSex: 'F' }

interface Earlier {
  readonly uid: string
  readonly date: string | undefined
  readonly time?: string
  /** Facts of its crop; a study without images of ours to measure has another description. */
  readonly facts?: Partial<SeriesFacts>
  /** Its structured report; absent where nothing was measured. */
  readonly report?: Uint8Array
}

const seriesUid = (uid: string) => `${uid}.5`

function cropFacts(uid: string, date: string | undefined, changes: Partial<SeriesFacts> = {}) {
  return makeFacts({
    seriesInstanceUid: seriesUid(uid),
    seriesDescription: 'HippoCrop',
    manufacturer: 'Phantom Works',
    manufacturerModelName: 'Ellipsoid 3T',
    magneticFieldStrength: 3,
    laterality: 'L',
    studyDate: date,
    ...person,
    ...changes,
  })
}

async function measured(uid: string, changes: Parameters<typeof composeMadeUpResult>[1] = {}) {
  const files = writePhantomSeries({
    ...small,
    patientId: person.patientId,
    studyInstanceUid: uid,
    seriesInstanceUid: seriesUid(uid),
  })
  const { bytesOf } = await composeMadeUpResult(files, {
    side: 'left',
    reportPdf: false,
    ...changes,
  })
  return bytesOf('measurements')
}

/** An archive that holds these studies and nothing else. */
function holding(studies: readonly Earlier[]): Archive {
  const named = (id: string) => studies.find(({ uid }) => id === `orthanc ${uid}`)!
  const archive: Partial<Archive> = {
    findPatientStudies: async () =>
      studies.map(
        ({ uid, date, time }): ListedStudy => ({
          studyInstanceUid: uid,
          studyDate: date,
          studyTime: time,
          orthancStudyId: `orthanc ${uid}`,
        }),
      ),
    findStudy: async (id) => ({
      orthancStudyId: id,
      studyInstanceUid: named(id).uid,
      isStable: true,
      lastUpdate: '',
    }),
    readCatalogue: async (id) => {
      const { uid, date, facts, report } = named(id)
      const sr = makeFacts({
        seriesInstanceUid: `${uid}.9`,
        modality: 'SR',
        isOwnResult: true,
        instances: [
          { sopInstanceUid: `${uid}.9.1`, orthancInstanceId: `report ${uid}`, revision: '1' },
        ],
      })
      return { series: [cropFacts(uid, date, facts), ...(report ? [sr] : [])] } as never
    },
    readInstance: async (id) =>
      studies.find(({ uid }) => id === `report ${uid}`)?.report as Uint8Array<ArrayBuffer>,
  }
  return archive as Archive
}

const chosen = cropFacts('1.2.1', '20250601')
const now: MeasuredStudy = {
  studyInstanceUid: '1.2.1',
  series: [chosen],
  chosen,
  kind: 'crop',
  volumes: [{ side: 'left', anteriorMm3: 50, posteriorMm3: 50, totalMm3: 100 }],
  model,
  softwareVersion: '0.1.7',
}

function compare(archive: Archive, changes: Partial<ComparisonContext> = {}, study = now) {
  return compareWithEarlier(study, {
    archive,
    history: { recentJobs: async () => [] },
    rules: { seriesDescription: 'HippoCrop', maximumSliceSpacing: 2, minimumInstances: 10 },
    maximumStudies: 10,
    mayMeasure: true,
    signal: new AbortController().signal,
    ...changes,
  })
}

describe('comparing with earlier studies', () => {
  it('reads the volumes of an earlier study from its structured report', async () => {
    const report = await measured('1.2.0')
    const { change, toMeasure } = await compare(
      holding([{ uid: '1.2.0', date: '20230601', report }]),
    )
    expect(change.timePoints).toHaveLength(2)
    expect(change.timePoints[0]).toMatchObject({ studyDate: '20230601', comparable: true })
    expect(change.timePoints[0]!.yearsBefore).toBeCloseTo(2, 2)
    expect(change.rates[0]?.side).toBe('left')
    expect(toMeasure).toEqual([])
  })

  it('does not use a result that a reader rejected, but its replacement', async () => {
    const report = await measured('1.2.0')
    const { sopInstanceUid } = parsePart10(report)
    const archive = holding([{ uid: '1.2.0', date: '20230601', report }])
    const outcome = { result: { stored: [{ sopInstanceUid }] } }
    const answer = { answer: 'rejected', reason: 'Moved', by: 'operator', at: 1 } as const
    const compareAfter = (job: Partial<Job>) =>
      compare(archive, { history: { recentJobs: async () => [job as Job] } })
    const { change, toMeasure } = await compareAfter({ outcome, answer })
    expect(change.timePoints).toHaveLength(1)
    expect(change.unused).toMatchObject([{ reason: 'REJECTED_BY_READER' }])
    expect(toMeasure).toEqual([])
    const accepted = await compareAfter({ outcome, answer: { ...answer, answer: 'accepted' } })
    expect(accepted.change.timePoints).toHaveLength(2)
    const other = { result: { stored: [{ sopInstanceUid: '1.2.3' }] } }
    expect((await compareAfter({ outcome: other, answer })).change.timePoints).toHaveLength(2)
  })

  it('uses only earlier studies, the newest first and within the limit', async () => {
    const now2 = { ...now, chosen: { ...chosen, studyTime: '101500' } }
    const studies = [
      { uid: '1.1', date: '20210601' },
      { uid: '1.2', date: '20240601' },
      { uid: '1.3', date: '20220601' },
      { uid: '1.4', date: '20260601' },
      { uid: '1.5', date: undefined },
      { uid: '1.6', date: '20250601', time: '101500' },
      { uid: '1.7', date: '20250601', time: '090000.5' },
      { uid: '1.8', date: '20250601' },
      { uid: '1.2.1', date: '20200101' },
    ]
    const { change } = await compare(holding(studies), { maximumStudies: 3 }, now2)
    expect(change.unused.map(({ studyInstanceUid }) => studyInstanceUid)).toEqual([
      '1.3',
      '1.2',
      '1.7',
    ])
    expect(change.sentence).toContain('Only the newest 3 of 4 earlier studies')
  })

  it('requests the measurement of an unmeasured study, unless it is itself measured for a comparison', async () => {
    const archive = holding([{ uid: '1.2.0', date: '20230601' }])
    const first = await compare(archive)
    expect(first.toMeasure).toEqual([
      { orthancStudyId: 'orthanc 1.2.0', studyInstanceUid: '1.2.0' },
    ])
    expect(first.change.unused[0]?.reason).toBe('MEASURING')
    const second = await compare(archive, { mayMeasure: false })
    expect(second.toMeasure).toEqual([])
    expect(second.change.unused[0]?.reason).toBe('NOT_MEASURED')
  })

  it('requests nothing while a job waits, or after one has failed on the same images', async () => {
    const archive = holding([{ uid: '1.2.0', date: '20230601' }])
    const compareAfter = (job: Partial<Job>) =>
      compare(archive, { history: { recentJobs: async () => [job as Job] } })
    const waiting = await compareAfter({ state: 'queued', trigger: 'hook' })
    expect(waiting.toMeasure).toEqual([])
    const studyFingerprint = fingerprintStudy([cropFacts('1.2.0', '20230601')])
    const error = recordError(new HippoError('CROP_UNSUITABLE', 'It is too small.'))
    const rejected = { state: 'rejected', trigger: 'history', error } as const
    const unfit = await compareAfter({ ...rejected, outcome: { studyFingerprint } })
    expect(unfit.toMeasure).toEqual([])
    expect(unfit.change.unused[0]).toMatchObject({ reason: 'NOT_MEASURABLE' })
    expect(unfit.change.unused[0]?.sentence).toContain('It is too small.')
    const grown = await compareAfter({ ...rejected, outcome: { studyFingerprint: 'another' } })
    expect(grown.toMeasure).toHaveLength(1)
  })

  it('requests no measurement without a series of the same kind', async () => {
    const facts = { seriesDescription: 'FLAIR', sliceThickness: 5 }
    const { change, toMeasure } = await compare(
      holding([{ uid: '1.2.0', date: '20230601', facts }]),
    )
    expect(toMeasure).toEqual([])
    expect(change.unused[0]?.reason).toBe('NOT_MEASURABLE')
  })

  it.each([
    ['another model', { model: { ...model, name: 'other' } }, /another model/],
    ['another version', { model: { ...model, version: '1.3.0' } }, /another version of the model/],
    ['other weights', { model: { ...model, sha256: 'cd'.repeat(32) } }, /another version/],
    ['a new minor version', { softwareVersion: '0.2.0' }, /another version of the software/],
  ])('marks results measured by %s, and requests a new measurement', async (_, change, words) => {
    const report = await measured('1.2.0')
    const archive = holding([{ uid: '1.2.0', date: '20230601', report }])
    const found = await compare(archive, {}, { ...now, ...change })
    expect(found.change.timePoints[0]).toMatchObject({ comparable: false })
    expect(found.change.timePoints[0]?.sentence).toMatch(words)
    expect(found.change.rates).toEqual([])
    expect(found.toMeasure).toHaveLength(1)
  })

  it('distinguishes a crop from a head by the report, whatever the current name of crops is', async () => {
    const renamed = {
      rules: { seriesDescription: 'Hippo box', maximumSliceSpacing: 2, minimumInstances: 10 },
    }
    const look = async (kind: 'crop' | 'head') => {
      const report = await measured('1.2.0', { kind })
      const archive = holding([{ uid: '1.2.0', date: '20230601', report }])
      const { change } = await compare(archive, renamed)
      return change.timePoints[0]
    }
    expect(await look('crop')).toMatchObject({ comparable: true })
    expect((await look('head'))?.sentence).toMatch(/measured in a whole head, this study in a crop/)
  })

  it.each([
    ['another scanner', { manufacturerModelName: 'Prisma' }, /another model of scanner/],
    ['different resolution', { sliceThickness: 1.5 }, /different resolution/],
  ])('marks studies made with %s, and requests no new measurement', async (_, facts, words) => {
    const report = await measured('1.2.0')
    const found = await compare(holding([{ uid: '1.2.0', date: '20230601', report, facts }]))
    expect(found.change.timePoints[0]?.sentence).toMatch(words)
    expect(found.change.rates).toEqual([])
    expect(found.toMeasure).toEqual([])
  })

  it('marks the other side and an unknown one', async () => {
    const of = async (
      changes: Parameters<typeof measured>[1],
      facts: Partial<SeriesFacts> = {},
    ) => {
      const report = await measured('1.2.0', changes)
      const found = await compare(holding([{ uid: '1.2.0', date: '20230601', report, facts }]))
      expect(found.change.rates).toEqual([])
      return found.change.timePoints[0]?.sentence
    }
    expect(await of({ side: 'right' })).toMatch(/other side/)
    expect(await of({ side: 'unknown' })).toMatch(/which side/)
  })

  it('ignores a report whose images are not in the study: it is a copy from another one', async () => {
    const report = await measured('1.2.0')
    const facts = { seriesInstanceUid: '9.9' }
    const found = await compare(holding([{ uid: '1.2.0', date: '20230601', report, facts }]))
    expect(found.change.timePoints).toHaveLength(1)
    expect(found.change.unused).toHaveLength(1)
  })

  it('counts an examination that the archive stores twice once', async () => {
    const facts = { studyTime: '101500', seriesTime: '102000' }
    const studies = await Promise.all(
      ['1.2.0', '1.3.0', '1.4.0'].map(async (uid, index) => ({
        ...{ uid, date: index < 2 ? '20230601' : '20220601' },
        facts,
        report: await measured(uid),
      })),
    )
    const { change } = await compare(holding(studies))
    expect(change.timePoints).toHaveLength(3)
    expect(change.unused).toMatchObject([{ reason: 'SAME_EXAM' }])
  })

  it('ignores a report of another patient or study in the same place', async () => {
    const files = writePhantomSeries({ ...small, patientId: 'OTHER', studyInstanceUid: '1.2.0' })
    const { bytesOf } = await composeMadeUpResult(files, { side: 'left', reportPdf: false })
    for (const report of [bytesOf('measurements'), await measured('1.2.99')]) {
      const { change } = await compare(holding([{ uid: '1.2.0', date: '20230601', report }]))
      expect(change.timePoints).toHaveLength(1)
    }
  })

  it('lists an unreadable study, and continues', async () => {
    const good = { uid: '1.2.0', date: '20230601', report: await measured('1.2.0') }
    const archive = holding([good, { uid: '1.3.0', date: '20220601' }])
    const readCatalogue: Archive['readCatalogue'] = async (id, options) => {
      if (id === 'orthanc 1.3.0') throw new HippoError('ARCHIVE_FAILED', 'The archive failed.')
      return archive.readCatalogue(id, options)
    }
    const { change } = await compare({ ...archive, readCatalogue })
    expect(change.timePoints).toHaveLength(2)
    expect(change.unused[0]).toMatchObject({ studyInstanceUid: '1.3.0', reason: 'ARCHIVE_FAILED' })
  })

  it('fails with a retryable error if the archive is unreachable', async () => {
    const down = async () => {
      throw new HippoError('ARCHIVE_UNREACHABLE', 'The archive cannot be reached.')
    }
    const archive = { ...holding([]), findPatientStudies: down }
    await expect(compare(archive)).rejects.toMatchObject({ code: 'ARCHIVE_UNREACHABLE' })
  })

  it('stops when aborted', async () => {
    const controller = new AbortController()
    const archive = holding([{ uid: '1.2.0', date: '20230601' }])
    const readCatalogue = async () => {
      controller.abort(new HippoError('JOB_CANCELLED', 'Stop.'))
      throw new HippoError('ARCHIVE_FAILED', 'The archive failed.')
    }
    const stopped = compare({ ...archive, readCatalogue }, { signal: controller.signal })
    await expect(stopped).rejects.toMatchObject({ code: 'JOB_CANCELLED' })
  })

  it('does not search if the study does not identify its patient', async () => {
    const silent = { ...chosen, patientBirthDate: undefined }
    let asked = 0
    const archive: Archive = {
      ...holding([]),
      findPatientStudies: async () => {
        asked += 1
        return []
      },
    }
    const { change } = await compare(archive, {}, { ...now, chosen: silent, series: [silent] })
    expect(asked).toBe(0)
    expect(change.sentence).toMatch(/No search for earlier studies was made\. .*birth date/)
  })
})
