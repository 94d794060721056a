import { describe, expect, it } from 'vitest'
import type { Archive } from '../../src/archive/archive.ts'
import { parsePart10 } from '../../src/dicom/part10.ts'
import { HippoError } from '../../src/errors.ts'
import type { ModelManifest } from '../../src/inference/model-manifest.ts'
import type { Segmenter } from '../../src/inference/segmenter.ts'
import { seriesFactsOfFiles } from '../../src/offline/series-facts-of-files.ts'
import type { AnalysisOutcome } from '../../src/outcome/outcome.ts'
import { createStudyAnalysis } from '../../src/pipeline/analyze-study.ts'
import type { AnalysisDependencies } from '../../src/pipeline/study-run.ts'
import type { Job } from '../../src/queue/job.ts'
import type { RunResult } from '../../src/queue/run-job.ts'
import { calibratedNorms } from '../support/calibrated-norms.ts'
import { phantomUid, writePhantomSeries } from '../support/phantom-dicom.ts'

const manifest = {
  name: 'unet',
  version: '1.2.0',
  sha256: 'ab'.repeat(32),
} as unknown as ModelManifest

/** A model that marks a block of 3,000 voxels in the middle, half of it anterior. */
const segmenter = {
  manifest,
  segment: async ({ dimensions, affine }: { dimensions: readonly number[]; affine: unknown }) => {
    const [columns = 0, rows = 0, slices = 0] = dimensions
    const labels = new Uint8Array(columns * rows * slices)
    const start = dimensions.map((n, axis) => Math.floor((n - [10, 10, 30][axis]!) / 2))
    for (let k = 0; k < 30; k++) {
      for (let j = 0; j < 10; j++) {
        const at = start[0]! + columns * (start[1]! + j + rows * (start[2]! + k))
        labels.fill(k < 15 ? 1 : 2, at, at + 10)
      }
    }
    const confidence = { expectedDice: 0.9, ownEstimate: 0.95, isLow: false, clearedVoxels: 0 }
    return { labelMap: { dimensions, affine, labels }, confidence, volumeErrors: undefined }
  },
} as unknown as Segmenter

/** An archive with one study of these files; what is stored is kept, and listed from then on. */
function fakeArchive(given: readonly Uint8Array[]) {
  let files = given
  const stored = new Map<string, Uint8Array>()
  const calls: string[] = []
  const list = (all: Iterable<Uint8Array>) => seriesFactsOfFiles([...all].map(parsePart10))
  const archive = {
    async readCatalogue() {
      calls.push('catalogue')
      return {
        study: { studyInstanceUid: phantomUid('phantom study') },
        series: [...list(files), ...list(stored.values())],
      }
    },
    async fetchSeries() {
      calls.push('fetch')
      return [...files]
    },
    findStudy: async () => ({}),
    async storeInstance(file: Uint8Array) {
      const { sopInstanceUid } = parsePart10(file)
      calls.push('store')
      const alreadyStored = stored.has(sopInstanceUid)
      if (!alreadyStored) stored.set(sopInstanceUid, file)
      return { orthancInstanceId: sopInstanceUid, alreadyStored }
    },
    async verifyInstance(id: string, file: Uint8Array) {
      if (Buffer.compare(stored.get(id)!, file) === 0) return
      throw new HippoError('VERIFY_MISMATCH', 'It differs.')
    },
    readInstance: async (id: string) => stored.get(id),
  }
  const replace = (others: readonly Uint8Array[]) => {
    files = others
  }
  return { archive: archive as unknown as Archive, stored, calls, replace }
}

const phantom = writePhantomSeries({ laterality: 'L' })

const makeJob = (changes: Partial<Job> = {}) =>
  ({
    id: 'first',
    orthancStudyId: 'study',
    studyInstanceUid: phantomUid('phantom study'),
    trigger: 'hook',
    force: false,
    runNumber: 0,
    state: 'running',
    createdAt: Date.UTC(2026, 10, 26),
    attempts: 1,
    ...changes,
  }) as Job

function prepare(
  files: readonly Uint8Array[] = phantom,
  changes: Partial<AnalysisDependencies['settings']> = {},
) {
  const { archive, stored, calls, replace } = fakeArchive(files)
  const jobs: Job[] = []
  const pages: string[] = []
  const outcomes: AnalysisOutcome[] = []
  const run = createStudyAnalysis({
    archive,
    tools: { segmenter, localizer: {} as AnalysisDependencies['tools']['localizer'] },
    history: {
      recentJobs: async () => jobs,
      succeededJobs: async () => jobs.filter(({ state }) => state === 'succeeded'),
    },
    rules: { seriesDescription: 'HippoCrop', maximumSliceSpacing: 2, minimumInstances: 10 },
    norms: calibratedNorms,
    settings: {
      drawIdentity: false,
      reportPdf: false,
      reportRejected: true,
      maximumSeriesBytes: 1e9,
      maximumEarlierStudies: 0,
      ...changes,
    },
    software: { name: 'HippoVolume', version: '1.0.0' },
    forwardTargets: [],
    requestMeasurement: async () => {},
    clock: () => 0,
    keepReport: async (jobId) => void pages.push(jobId),
    monotonicClock: () => 0,
  })
  /** Runs a job and keeps it as the queue would. */
  async function analyze(changes: Partial<Job> = {}) {
    const job = makeJob(changes)
    const result = await run(job, {
      signal: new AbortController().signal,
      assignRunNumber: async () => {},
      recordStage: () => {},
      recordOutcome: (outcome) => void outcomes.push(outcome as AnalysisOutcome),
    })
    jobs.unshift({ ...job, ...result } as unknown as Job)
    return result as Extract<RunResult, { outcome: unknown }>
  }
  return { analyze, stored, calls, pages, outcomes, jobs, replace }
}

describe('the story of a study', () => {
  it('measures the crop, stores segmentation, report and pages, and keeps the page', async () => {
    const { analyze, stored, pages } = prepare()
    const { state, outcome } = await analyze()
    expect(state).toBe('succeeded')
    const { result } = outcome as AnalysisOutcome
    expect(result).toMatchObject({
      kind: 'crop',
      runNumber: 0,
      analysedAt: '2026-11-26T00:00:00.000Z',
      volumes: [{ side: 'left', anteriorMm3: 1500, posteriorMm3: 1500, totalMm3: 3000 }],
    })
    expect(result!.stored.map(({ role }) => role)).toEqual([
      'segmentation',
      'measurements',
      'report',
      'details',
      'montage',
    ])
    expect(result!.stored.every(({ sopInstanceUid }) => stored.has(sopInstanceUid))).toBe(true)
    expect(pages).toEqual(['first'])
  })

  it('warns where the series does not state which side it shows', async () => {
    const warningsOf = async (files: readonly Uint8Array[]) =>
      ((await prepare(files).analyze()).outcome as AnalysisOutcome).result!.warnings.join(' ')
    const silent = writePhantomSeries({ laterality: undefined })
    expect(await warningsOf(silent)).toMatch(/does not state which side it shows/)
    expect(await warningsOf(phantom)).not.toMatch(/which side it shows/)
  })

  it('finds nothing new the second time, without fetching or storing anything', async () => {
    const { analyze, calls } = prepare()
    await analyze()
    calls.length = 0
    const again = await analyze({ id: 'second' })
    expect(again).toMatchObject({ state: 'unchanged', predecessorJobId: 'first' })
    expect(again.outcome).toMatchObject({ sameAsJobId: 'first' })
    expect(calls).toEqual(['catalogue'])
  })

  it('restores the same bytes of a vanished result for a person, but not for an event', async () => {
    const { analyze, stored } = prepare()
    await analyze()
    const before = [...stored]
    stored.clear()
    expect(await analyze({ id: 'second' })).toMatchObject({ state: 'unchanged' })
    expect(stored.size).toBe(0)
    const asked = await analyze({ id: 'third', trigger: 'request' })
    expect(asked).toMatchObject({ state: 'unchanged' })
    expect([...stored]).toEqual(before)
  })

  it('rejects a job with another study UID than the archive', async () => {
    const { analyze, stored } = prepare()
    await expect(analyze({ studyInstanceUid: '9.9.9' })).rejects.toMatchObject({
      code: 'STUDY_MISMATCH',
      retryable: false,
    })
    expect(stored.size).toBe(0)
  })

  it('makes no new result of the same images with another attribute changed', async () => {
    const { analyze, stored, replace } = prepare()
    await analyze()
    const { size } = stored
    replace(writePhantomSeries({ laterality: 'L', attributes: { StationName: 'MR7' } }))
    expect(await analyze({ id: 'second' })).toMatchObject({ state: 'unchanged' })
    expect(stored.size).toBe(size)
  })

  it('gives each of two forced runs its own number, whichever ends first', async () => {
    const { analyze, jobs } = prepare()
    await analyze()
    const waiting = makeJob({ id: 'waiting', force: true, runNumber: 1, state: 'queued' })
    jobs.unshift(waiting)
    const other = await analyze({ id: 'second', force: true, trigger: 'request' })
    expect((other.outcome as AnalysisOutcome).result?.runNumber).toBe(2)
    jobs.splice(jobs.indexOf(waiting), 1)
    const resumed = await analyze({ ...waiting, state: 'running', trigger: 'request' })
    expect((resumed.outcome as AnalysisOutcome).result?.runNumber).toBe(1)
  })

  it('replaces the page about a rejection once all images have arrived', async () => {
    const { analyze, jobs, replace } = prepare(phantom.toSpliced(9, 1))
    await expect(analyze()).rejects.toThrow()
    const rejection = { stored: [{ sopInstanceUid: '1.2.3' }] }
    jobs.unshift(makeJob({ state: 'rejected', outcome: { studyFingerprint: 'x', rejection } }))
    replace(phantom)
    expect(await analyze({ id: 'second' })).toMatchObject({
      state: 'succeeded',
      predecessorJobId: 'first',
    })
  })

  it('makes a new result that names the old one when forced', async () => {
    const { analyze, stored } = prepare()
    await analyze()
    const forced = await analyze({ id: 'second', force: true, trigger: 'request' })
    expect(forced).toMatchObject({ state: 'succeeded', predecessorJobId: 'first' })
    expect((forced.outcome as AnalysisOutcome).result).toMatchObject({
      runNumber: 1,
      replaces: { jobId: 'first' },
    })
    expect(stored.size).toBe(10)
  })

  it('stores a page with the reason if the images cannot be measured', async () => {
    const { analyze, stored, outcomes, pages } = prepare(phantom.toSpliced(9, 1))
    await expect(analyze()).rejects.toMatchObject({ code: 'SLICES_MISSING', stage: 'assemble' })
    expect(stored.size).toBe(1)
    expect(pages).toEqual(['first'])
    expect(outcomes.map(({ rejection }) => rejection?.stored.map(({ role }) => role))).toEqual([
      undefined,
      [],
      ['rejection'],
    ])
  })

  it('stores no such page if it is disabled', async () => {
    const { analyze, stored, outcomes } = prepare(phantom.toSpliced(9, 1), {
      reportRejected: false,
    })
    await expect(analyze()).rejects.toMatchObject({ code: 'SLICES_MISSING' })
    expect(stored.size).toBe(0)
    expect(outcomes.at(-1)).toMatchObject({ rejection: { kind: 'crop', stored: [] } })
  })

  it('gives the verdicts and fetches nothing if no series can be measured', async () => {
    const { analyze, calls, outcomes } = prepare(
      writePhantomSeries({ sliceSpacing: 4, slices: 12 }),
    )
    await expect(analyze()).rejects.toMatchObject({ code: 'NO_MEASURABLE_SERIES' })
    expect(outcomes).toMatchObject([{ verdicts: [{ reason: 'THICK_SLICES', chosen: false }] }])
    expect(calls).toEqual(['catalogue'])
  })
})
