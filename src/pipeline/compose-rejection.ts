import { type DicomInstance, parsePart10 } from '../dicom/part10.ts'
import type { HippoError } from '../errors.ts'
import type { QualityFinding } from '../measurement/quality-finding.ts'
import { SeriesRejection } from '../measuring/series-rejection.ts'
import { isRejection } from '../queue/run-job.ts'
import { renderRejection } from '../report/draw-rejection.ts'
import type { ReportImage } from '../report/report-input.ts'
import { buildSecondaryCapture } from '../results/secondary-capture.ts'
import { collectStudyFacts } from '../selection/study-facts.ts'
import type { TimeStep } from '../telemetry/time-steps.ts'
import { type CompositionInput, showsIdentity } from './compose-results.ts'
import { describeSubject } from './describe-subject.ts'
import type { ResultInstance } from './store-results.ts'

export interface RejectionInput
  extends Pick<
    CompositionInput,
    | 'identity'
    | 'series'
    | 'chosen'
    | 'verdicts'
    | 'manifest'
    | 'software'
    | 'drawIdentity'
    | 'drawStudy'
    | 'timeZone'
  > {
  /** Files of the selected series. */
  readonly files: readonly Uint8Array[]
  /** Why it was not measured. */
  readonly error: HippoError
}

/** The page with the reason why a series was not measured. */
export interface ComposedRejection {
  readonly page: ReportImage
  readonly instances: readonly ResultInstance[]
}

/** The findings of the quality gates behind an error. */
export function findingsBehind(error: unknown): readonly QualityFinding[] {
  return error instanceof SeriesRejection ? error.quality : []
}

const looking: readonly string[] = ['decode', 'assemble', 'localize', 'infer', 'measure']

/** Whether an error means that the selected series cannot be measured. */
export function isSeriesRejection(error: HippoError): boolean {
  return isRejection(error) && looking.includes(error.stage)
}

function parseReadable(files: readonly Uint8Array[]): DicomInstance[] {
  return files.flatMap((file) => {
    try {
      return [parsePart10(file)]
    } catch {
      return [] // One file of the series that cannot be read may be why it was rejected.
    }
  })
}

/**
 * Draws and encodes the page with the reason why a selected series was not measured. Undefined if
 * no file of it can be read, because the patient is then unknown.
 */
export async function composeRejection(
  input: RejectionInput,
  step: TimeStep,
): Promise<ComposedRejection | undefined> {
  const { identity, chosen, manifest: model, software, error, timeZone } = input
  const sources = parseReadable(input.files)
  const [first] = sources
  if (first === undefined) return undefined
  const facts = collectStudyFacts(chosen, input.series)
  const page = await step('report', () =>
    renderRejection({
      ...describeSubject(input, facts, first),
      sentence: error.message,
      quality: findingsBehind(error),
      model,
      software,
      analysedAt: identity.analysedAt,
      timeZone,
    }),
  )
  const capture = await step('encode', () =>
    buildSecondaryCapture({
      identity,
      sources,
      software,
      model,
      subject: 'rejection',
      report: page,
      burnedInIdentity: showsIdentity(input),
      timeZone,
    }),
  )
  return { page, instances: [{ role: 'rejection', ...capture }] }
}
