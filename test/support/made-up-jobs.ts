import { HippoError, recordError } from '../../src/errors.ts'
import { summarize } from '../../src/outcome/summarize.ts'
import type { StageTiming } from '../../src/queue/job.ts'
import type { JobEnding, JobStore } from '../../src/queue/job-store.ts'

const minute = 60_000
const owner = 'made-up'

const stored = { sopClassUid: '1.2.840.10008.5.1.4.1.1.7', orthancInstanceId: 'a' }

/** Verdicts on the series of an everyday head examination. */
const verdicts = [
  [1, 'localizer', 12, 'LOCALIZER', 'It is a localizer, made to plan the other series.'],
  [2, 't1_mprage_sag_p2_iso', 176, 'CHOSEN', 'A T1-weighted whole head with 1.0 mm voxels.'],
  [
    3,
    't2_tse_tra',
    28,
    'THICK_SLICES',
    'Its slices are 5.0 mm apart; at most 2.0 mm can be measured.',
  ],
  [4, 'ep2d_diff_3scan_trace_ADC', 56, 'DERIVED', 'It was computed from other images.'],
  [5, undefined, 1, 'NOT_IMAGE', 'It is a presentation state and holds no images to measure.'],
].map(([seriesNumber, seriesDescription, instanceCount, reason, sentence]) => ({
  seriesInstanceUid: `1.2.826.0.1.3680043.8.498.${seriesNumber}`,
  seriesNumber,
  seriesDescription,
  modality: reason === 'NOT_IMAGE' ? 'PR' : 'MR',
  instanceCount,
  chosen: reason === 'CHOSEN',
  reason,
  sentence,
}))

const quality = [
  { check: 'RESOLUTION', verdict: 'measured', sentence: 'The voxels are fine enough.' },
  { check: 'MASK_TOUCHES_BOX', verdict: 'measured', sentence: 'The masks lie within their boxes.' },
]

const doubt = {
  check: 'CONFIDENCE',
  verdict: 'warning',
  side: 'left',
  sentence:
    'The model is less sure of the left hippocampus than of 95 % of those it was tested on. ' +
    'Look at the contours before you use the volume.',
}

/** Where both sides stand, as far as lists show it. */
const standing = (left: number, right: number) => ({
  compared: true,
  alarmPercentile: 5,
  sides: [
    { side: 'left', percentile: { value: left, low: left / 2, high: left * 1.5 } },
    { side: 'right', percentile: { value: right, low: right / 2, high: right * 1.5 } },
  ],
})

const outcome = {
  verdicts,
  studyFingerprint: 'f00',
  result: {
    measuredSeriesInstanceUid: '1.2.826.0.1.3680043.8.498.2',
    sourceInstanceCount: 176,
    sourceFingerprint: 'f00',
    contentDigest: 'c0ffee',
    kind: 'head',
    volumes: [
      { side: 'left', anteriorMm3: 1986.4, posteriorMm3: 2213.8, totalMm3: 4200.2 },
      { side: 'right', anteriorMm3: 2301.1, posteriorMm3: 2085.2, totalMm3: 4386.3 },
    ],
    verdict: 'measured',
    subject: { studyDate: '20261120', accessionNumber: 'A-2026-4711' },
    norms: standing(48.2, 55.1),
    quality,
    warnings: [],
    model: { name: 'hippo-unet', version: '1.0.0', sha256: 'ab'.repeat(32) },
    softwareVersion: '0.1.0',
    configDigest: 'c0ffee',
    runNumber: 0,
    analysedAt: '2026-11-23T22:41:09Z',
    stored: [{ role: 'report', sopInstanceUid: '1.2', seriesInstanceUid: '1.3', ...stored }],
  },
}

const doubtful = {
  ...outcome,
  result: {
    ...outcome.result,
    subject: { studyDate: '20261121', accessionNumber: 'A-2026-0815' },
    norms: standing(2.3, 17.4),
    verdict: 'warning',
    quality: [...quality, doubt],
  },
}

const rejection = {
  verdicts,
  studyFingerprint: 'f00',
  result: undefined,
  rejection: {
    seriesInstanceUid: '1.2.826.0.1.3680043.8.498.2',
    kind: 'head',
    quality: [
      quality[0],
      {
        check: 'HEAD_FOUND',
        verdict: 'rejected',
        sentence: 'No head was recognised in the images.',
      },
    ],
    stored: [{ role: 'rejection', sopInstanceUid: '1.2', seriesInstanceUid: '1.3', ...stored }],
  },
}

const error = (code: ConstructorParameters<typeof HippoError>[0], sentence: string) =>
  recordError(new HippoError(code, sentence))

const unreachable = error('ARCHIVE_UNREACHABLE', 'Orthanc cannot be reached.')

/** How the n-th job ends; `undefined` leaves it waiting. */
function chooseEnding(index: number): JobEnding {
  const way = index % 20
  const predecessorJobId = undefined
  const summaryOf = ({ result }: typeof outcome) => summarize(result as never)
  if (way === 4) {
    const summary = summaryOf(doubtful)
    return { state: 'succeeded', outcome: doubtful, predecessorJobId, summary }
  }
  if (way < 10)
    return { state: 'succeeded', outcome, predecessorJobId, summary: summaryOf(outcome) }
  if (way < 13) return { state: 'unchanged', outcome, predecessorJobId }
  if (way === 13) {
    const sentence = 'No head was recognised in the images.'
    return { state: 'rejected', outcome: rejection, error: error('HEAD_NOT_FOUND', sentence) }
  }
  if (way < 17) {
    const sentence =
      'No series can be measured: none is named HippoCrop, and none is a T1-weighted whole head.'
    const none = { verdicts: verdicts.slice(2), studyFingerprint: 'f00' }
    return { state: 'rejected', outcome: none, error: error('NO_MEASURABLE_SERIES', sentence) }
  }
  if (way < 19) return { state: 'failed', outcome: undefined, error: unreachable }
  return { state: 'cancelled', error: error('JOB_CANCELLED', 'The job was cancelled.') }
}

const stages: readonly StageTiming[] = [
  { stage: 'catalogue', milliseconds: 84 },
  { stage: 'select', milliseconds: 2 },
  { stage: 'fetch', milliseconds: 1_240 },
  { stage: 'decode', milliseconds: 610 },
  { stage: 'assemble', milliseconds: 95 },
  { stage: 'localize', milliseconds: 4_870 },
  { stage: 'infer', milliseconds: 2_310 },
  { stage: 'measure', milliseconds: 48 },
  { stage: 'history', milliseconds: 31 },
  { stage: 'report', milliseconds: 702 },
  { stage: 'encode', milliseconds: 355 },
  { stage: 'store', milliseconds: 480 },
  { stage: 'verify', milliseconds: 190 },
]

/** The n-th made-up study. */
export function madeUpStudy(index: number) {
  const digits = index.toString(16).padStart(8, '0')
  return {
    orthancStudyId: [digits, '4567ef89', '0123abcd', '89ab0123', 'cdef4567'].join('-'),
    studyInstanceUid: `1.2.826.0.1.3680043.8.498.${10_000_000 + index * 7919}.${4_000_000 + index}`,
  }
}

/**
 * Fills a queue with jobs of all states over the last two days, the newest ones waiting or running.
 * `setShift` moves the store's clock against the real one (milliseconds).
 */
export async function enqueueMadeUpJobs(
  store: JobStore,
  count: number,
  setShift: (milliseconds: number) => void,
): Promise<void> {
  const triggers = ['hook', 'hook', 'hook', 'sweep', 'request', 'history', 'backfill'] as const
  const span = 2 * 24 * 60 * minute
  const waiting = Math.min(12, Math.floor(count / 4))
  const running = Math.min(2, Math.floor(count / 10))
  const ended = count - waiting - running
  for (let index = 0; index < ended; index += 1) {
    const at = -span + Math.round(((span - 20 * minute) * index) / Math.max(ended, 1))
    setShift(at)
    const trigger = triggers[index % triggers.length]!
    const force = index % 31 === 4
    const { job } = await store.enqueue({ ...madeUpStudy(index), trigger, force })
    setShift(at + 900)
    await store.claim(owner, minute)
    const ending = chooseEnding(index)
    const timings = ending.state === 'cancelled' ? [] : stages
    const share = ending.state === 'failed' || ending.state === 'rejected' ? 5 : stages.length
    const done = timings.slice(0, share)
    setShift(at + 900 + done.reduce((sum, { milliseconds }) => sum + milliseconds, 0))
    await store.finish(job.id, owner, ending, done)
  }
  for (let index = 0; index < running; index += 1) {
    setShift(-40_000 + index * 12_000)
    await store.enqueue({ ...madeUpStudy(ended + index), trigger: 'hook', force: false })
    await store.claim(owner, 3600 * minute)
  }
  for (let index = 0; index < waiting; index += 1) {
    setShift(-12 * minute + (index * 11 * minute) / waiting)
    const study = madeUpStudy(ended + running + index)
    await store.enqueue({ ...study, trigger: index % 4 === 3 ? 'sweep' : 'hook', force: false })
    if (index !== 0) continue
    await store.claim(owner, minute)
    const { jobs } = await store.list({ ...study, limit: 1, offset: 0 })
    await store.retryLater(jobs[0]!.id, owner, unreachable, Date.now() + 95_000)
  }
}
