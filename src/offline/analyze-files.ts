import { toHippoError } from '../errors.ts'
import type { Norms } from '../measurement/norms/norms.ts'
import { type DecodedFiles, digestContent } from '../measuring/digest-content.ts'
import type { MeasuringTools } from '../measuring/measure-head.ts'
import { type MeasuredSeries, measureSeries } from '../measuring/measure-series.ts'
import { digestNorms, digestSettings } from '../outcome/fingerprint.ts'
import { sideOf } from '../pipeline/analyze-study.ts'
import {
  type ComposedRejection,
  composeRejection,
  isSeriesRejection,
} from '../pipeline/compose-rejection.ts'
import { composeResults } from '../pipeline/compose-results.ts'
import type { Interpretation } from '../pipeline/interpret-volumes.ts'
import { parseWithinBudget } from '../pipeline/read-listed.ts'
import { requireSeries } from '../pipeline/require-series.ts'
import type { ResultInstance } from '../pipeline/store-results.ts'
import type { StageTiming } from '../queue/job.ts'
import { selectSeries } from '../selection/select-series.ts'
import type { SelectionRules, SeriesVerdict } from '../selection/series-choice.ts'
import { timeSteps } from '../telemetry/time-steps.ts'
import type { FileStudy } from './catalogue-files.ts'

export interface FileAnalysisDependencies {
  readonly tools: MeasuringTools
  readonly rules: SelectionRules
  readonly norms: Norms
  readonly drawIdentity: boolean
  readonly drawStudy?: boolean | undefined
  readonly timeZone?: string | undefined
  readonly reportPdf: boolean
  readonly reportRejected: boolean
  readonly software: { readonly name: string; readonly version: string }
  readonly readFile: (path: string) => Promise<Uint8Array>
  /** Written into the results; give the same to get the same bytes. */
  readonly analysedAt: Date
  readonly monotonicClock: () => number
}

export interface FileAnalysis {
  readonly verdicts: readonly SeriesVerdict[]
  readonly measuredSeriesInstanceUid: string
  readonly measured: MeasuredSeries
  readonly interpretation: Interpretation
  readonly png: Uint8Array
  readonly montagePng: Uint8Array
  readonly pdf: Uint8Array | undefined
  readonly instances: readonly ResultInstance[]
  readonly timings: readonly StageTiming[]
}

/** Who is told what on the way, before anything can fail after it. */
export interface FileAnalysisEvents {
  readonly onVerdicts: (verdicts: readonly SeriesVerdict[]) => void
  /** The chosen series cannot be measured; the error that says why follows. */
  readonly onRejection: (rejection: ComposedRejection) => Promise<void>
}

/**
 * The whole job on files instead of an archive: select, read, decode, assemble, localize (in a whole
 * head), infer, measure, report, encode. Throws HippoError.
 */
export async function analyzeFiles(
  study: FileStudy,
  dependencies: FileAnalysisDependencies,
  { onVerdicts, onRejection }: FileAnalysisEvents,
  signal: AbortSignal,
): Promise<FileAnalysis> {
  const { tools, rules, norms, software, drawIdentity, drawStudy, timeZone, reportPdf } =
    dependencies
  const { manifest } = tools.segmenter
  const timings: StageTiming[] = []
  const step = timeSteps(dependencies.monotonicClock, (timing) => timings.push(timing), signal)

  const choice = await step('select', () => selectSeries(study.series, rules))
  const { verdicts } = choice
  onVerdicts(verdicts)
  const { facts: chosen, kind } = requireSeries(choice)
  const paths = study.files.get(chosen.seriesInstanceUid) ?? []
  const files = await step('fetch', () => Promise.all(paths.map(dependencies.readFile)))
  parseWithinBudget(files)
  const decoded: DecodedFiles = new Map()
  const parts = {
    identity: {
      studyInstanceUid: study.studyInstanceUid,
      sourceSeriesInstanceUid: chosen.seriesInstanceUid,
      contentDigest: await step('decode', () => digestContent(files, decoded, signal)),
      modelSha256: manifest.sha256,
      softwareVersion: software.version,
      configDigest: digestSettings({
        ...{ drawIdentity, reportPdf, norms: digestNorms(norms) },
        ...(drawStudy === false && { drawStudy }),
      }),
      runNumber: 0,
      analysedAt: dependencies.analysedAt,
    },
    series: study.series,
    chosen,
    verdicts,
    manifest,
    software,
    drawIdentity,
    drawStudy,
    timeZone,
  }
  const { contrastBolusAgent } = chosen
  const toMeasure = { kind, side: sideOf(chosen.laterality), contrastBolusAgent }
  const measured = await measureSeries(files, toMeasure, tools, step, signal, decoded).catch(
    async (thrown: unknown) => {
      const error = toHippoError(thrown, 'measure')
      if (!dependencies.reportRejected || !isSeriesRejection(error)) throw thrown
      const rejection = await composeRejection({ ...parts, files, error }, step)
      if (rejection !== undefined) await onRejection(rejection)
      throw error
    },
  )
  const { page, montage, pdf, interpretation, instances } = await composeResults(
    { ...parts, measured, norms, replaces: undefined, reportPdf },
    step,
  )
  return {
    verdicts,
    measuredSeriesInstanceUid: chosen.seriesInstanceUid,
    measured,
    interpretation,
    png: await page.toPng(),
    montagePng: await montage.toPng(),
    pdf,
    instances,
    timings,
  }
}
