import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parsePart10 } from '../../src/dicom/part10.ts'
import { readSequence, readString } from '../../src/dicom/read-attributes.ts'
import type { AnalysisOutcome } from '../../src/outcome/outcome.ts'
import { makeSampleSeries } from '../../tools/sample-study/sample-series.ts'
import { writePhantomSeries } from '../support/phantom-dicom.ts'
import { type JobView, type Product, startProduct } from './product.ts'
import { reason, sampleFiles, whatIsMissing } from './sample-files.ts'

const minutes = (count: number) => count * 60_000

/** A series that calls itself a T1-weighted head and shows an ellipsoid in grey. */
const noHead = () =>
  writePhantomSeries({
    seed: 'no head',
    seriesDescription: 'T1 MPRAGE',
    columns: 160,
    rows: 160,
    slices: 130,
  })

describe.skipIf(whatIsMissing !== '')(`whole heads on their way${reason}`, () => {
  let product: Product
  let studyId: string
  let job: JobView
  let outcome: AnalysisOutcome

  beforeAll(async () => {
    product = await startProduct({ environment: { SWEEP_SECONDS: '0' } })
    const series = makeSampleSeries().filter(({ description }) => description !== 'HippoCrop')
    studyId = await product.upload(sampleFiles('whole head', series))
    job = await product.waitForVerdict(studyId)
    outcome = await product.readOutcome(job.id)
  }, minutes(5))
  afterAll(() => product?.stop())

  async function download(orthancInstanceId: string) {
    const answer = await product.orthanc.request(`/instances/${orthancInstanceId}/file`)
    return parsePart10(new Uint8Array(await answer.arrayBuffer()))
  }

  it('are chosen among the series of a study and measured on both sides', () => {
    expect(job).toMatchObject({ state: 'succeeded', attempts: 1, runNumber: 0 })
    const { kind, volumes, intracranialVolume, verdict, quality } = outcome.result!
    expect(kind).toBe('head')
    expect(volumes.map(({ side }) => side)).toEqual(['left', 'right'])
    for (const { totalMm3, anteriorMm3, posteriorMm3 } of volumes) {
      expect(totalMm3).toBeGreaterThan(3_000)
      expect(totalMm3).toBeLessThan(5_500)
      expect(anteriorMm3 + posteriorMm3).toBeCloseTo(totalMm3, 6)
    }
    expect(intracranialVolume!.mm3).toBeGreaterThan(1_500_000)
    expect(intracranialVolume!.mm3).toBeLessThan(2_200_000)
    expect(verdict).not.toBe('rejected')
    expect(quality.length).toBeGreaterThan(10)
  })

  it('get a segmentation of four segments, each with its side, and of the horns with a volume', async () => {
    const stored = outcome.result!.stored.find(({ role }) => role === 'segmentation')!
    const { dataset } = await download(stored.orthancInstanceId)
    const segments = readSequence(dataset, 'SegmentSequence') ?? []
    expect(segments.map((segment) => readString(segment, 'SegmentLabel'))).toEqual([
      'Left hippocampus, anterior',
      'Left hippocampus, posterior',
      'Right hippocampus, anterior',
      'Right hippocampus, posterior',
      ...(outcome.result!.temporalHorns ?? [])
        .filter(({ state }) => state === 'measured')
        .map(({ side }) => `${side === 'left' ? 'Left' : 'Right'} temporal horn`),
    ])
    expect(readString(dataset, 'SegmentationType')).toBeDefined()
  })

  it('are not measured again because of what was stored', async () => {
    const jobs = await product.waitForRest(studyId)
    expect(jobs.filter(({ state }) => state === 'succeeded')).toHaveLength(1)
    expect(jobs.every(({ state }) => state === 'succeeded' || state === 'unchanged')).toBe(true)
    expect(await product.reportsOf(studyId)).toHaveLength(outcome.result!.stored.length)
  })

  describe('where there is no head in the chosen series', () => {
    let rejectedId: string
    let rejected: JobView

    beforeAll(async () => {
      rejectedId = await product.upload(noHead())
      rejected = await product.waitForVerdict(rejectedId)
    }, minutes(5))

    const pages = async () => {
      const ids = await product.reportsOf(rejectedId)
      return Promise.all(ids.map((id) => download(id)))
    }

    it('are rejected, with a page and no numbers', async () => {
      expect(rejected).toMatchObject({
        state: 'rejected',
        attempts: 1,
        error: { code: 'HEAD_NOT_FOUND', stage: 'localize', retryable: false },
      })
      expect(rejected.error!.message).toMatch(/^No head was recognised in the images/)
      const [page, ...more] = await pages()
      expect(more).toEqual([])
      expect(readString(page!.dataset, 'SeriesDescription')).toMatch(/not measured - RESEARCH ONLY/)
      expect(page!.sopClassUid).toBe('1.2.840.10008.5.1.4.1.1.7')
      expect((await product.readPage(rejected.id)).subarray(1, 4).toString()).toBe('PNG')
    })

    it('report the findings of the gates', async () => {
      const answer = await product.service.request(`/api/v1/jobs/${rejected.id}/results`)
      expect(answer.status).toBe(409)
      const { outcome: found } = (await answer.json()) as { outcome: AnalysisOutcome }
      expect(found.result).toBeUndefined()
      expect(found.rejection).toMatchObject({ kind: 'head', stored: [{ role: 'rejection' }] })
      const gate = found.rejection!.quality.find(({ check }) => check === 'HEAD_FOUND')
      expect(gate?.verdict).toBe('rejected')
    })

    it('are not analysed again because of their page', async () => {
      const jobs = await product.waitForRest(rejectedId)
      expect(jobs.filter(({ state }) => state === 'rejected')).toHaveLength(1)
      expect(jobs.every(({ state }) => state === 'rejected' || state === 'unchanged')).toBe(true)
    })

    it(
      'get the same page again on request, and another when forced',
      async () => {
        const [first] = await pages()
        const again = await product.rerun(rejectedId)
        expect(again).toMatchObject({ state: 'rejected', error: { code: 'HEAD_NOT_FOUND' } })
        expect((await pages()).map(({ sopInstanceUid }) => sopInstanceUid)).toEqual([
          first!.sopInstanceUid,
        ])
        const forced = await product.rerun(rejectedId, true)
        expect(forced.state).toBe('rejected')
        const uids = (await pages()).map(({ sopInstanceUid }) => sopInstanceUid)
        expect(uids).toHaveLength(2)
        expect(new Set(uids).size).toBe(2)
      },
      minutes(5),
    )
  })
})
