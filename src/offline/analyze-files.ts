import type { Impression } from '../impression/write-impression.ts'
import type { MeasuredSeries } from '../measuring/measure-series.ts'
import type { ComposedRejection } from '../pipeline/compose-rejection.ts'
import type { Interpretation } from '../pipeline/interpret-volumes.ts'
import { parseWithinBudget } from '../pipeline/read-listed.ts'
import type { ResultInstance } from '../pipeline/store-results.ts'
import { createStudyCore, type StudyCoreOptions } from '../pipeline/study-core.ts'
import { type Turn, tryCandidates } from '../pipeline/try-candidates.ts'
import type { StageTiming } from '../queue/job.ts'
import type { SeriesVerdict } from '../selection/series-choice.ts'
import { timeSteps } from '../telemetry/time-steps.ts'
import type { FileStudy } from './catalogue-files.ts'

export interface FileAnalysisDependencies extends StudyCoreOptions {
  readonly readFile: (path: string) => Promise<Uint8Array>
  /** Written into the results; the same values give the same bytes. */
  readonly analysedAt: Date
  readonly monotonicClock: () => number
}

export interface FileAnalysis {
  readonly verdicts: readonly SeriesVerdict[]
  readonly measuredSeriesInstanceUid: string
  readonly measured: MeasuredSeries
  readonly interpretation: Interpretation
  readonly impression: Impression
  readonly png: Uint8Array
  readonly detailsPng: Uint8Array
  readonly montagePng: Uint8Array
  readonly pdf: Uint8Array | undefined
  readonly instances: readonly ResultInstance[]
  readonly timings: readonly StageTiming[]
}

/** Callbacks during the analysis, each before a later step can fail. */
export interface FileAnalysisEvents {
  readonly onVerdicts: (verdicts: readonly SeriesVerdict[]) => void
  /** The selected series cannot be measured; the error with the reason follows. */
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
  const core = createStudyCore(dependencies)
  const timings: StageTiming[] = []
  const step = timeSteps(dependencies.monotonicClock, (timing) => timings.push(timing), signal)

  const { series, studyInstanceUid } = study
  const choice = await core.select(series, step)
  onVerdicts(choice.verdicts)
  const prepare = async (turn: Turn) => {
    onVerdicts(turn.verdicts)
    const { facts } = turn.candidate
    const paths = study.files.get(facts.seriesInstanceUid) ?? []
    const files = await step('fetch', () => Promise.all(paths.map(dependencies.readFile)))
    parseWithinBudget(files)
    const { basis, decoded } = await core.identify(studyInstanceUid, facts, files, step, signal)
    const identity = { ...basis, runNumber: 0, analysedAt: dependencies.analysedAt }
    return { identity, series, turn, files, decoded }
  }
  const { parts, measured } = await tryCandidates(
    choice,
    async (turn) => {
      const parts = await prepare(turn)
      return { parts, measured: await core.measure(parts, step, signal) }
    },
    async (turn, error) => core.reject(await prepare(turn), error, { onPage: onRejection }, step),
    signal,
  )
  const { page, details, montage, pdf, interpretation, impression, instances } = await core.compose(
    parts,
    measured,
    { replaces: undefined },
    step,
  )
  return {
    verdicts: parts.turn.verdicts,
    measuredSeriesInstanceUid: parts.turn.candidate.facts.seriesInstanceUid,
    measured,
    interpretation,
    impression,
    png: await page.toPng(),
    detailsPng: await details.toPng(),
    montagePng: await montage.toPng(),
    pdf,
    instances,
    timings,
  }
}
