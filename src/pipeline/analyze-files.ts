import type { Norms } from '../measurement/norms/norms.ts'
import type { StageTiming } from '../queue/job.ts'
import { selectSeries } from '../selection/select-series.ts'
import type { SelectionRules, SeriesVerdict } from '../selection/series-choice.ts'
import type { FileStudy } from './catalogue-files.ts'
import { type ComposedRejection, composeRejection } from './compose-rejection.ts'
import { composeResults } from './compose-results.ts'
import { describeCandidate } from './describe-candidate.ts'
import { digestContent, digestNorms, digestSettings } from './fingerprint.ts'
import type { Interpretation } from './interpret-volumes.ts'
import type { MeasuringTools } from './measure-head.ts'
import { type MeasuredSeries, measureSeries } from './measure-series.ts'
import type { ResultInstance } from './store-results.ts'
import { timeSteps } from './time-steps.ts'
import { type Turn, tryCandidates } from './try-candidates.ts'

export interface FileAnalysisDependencies {
  readonly tools: MeasuringTools
  readonly rules: SelectionRules
  readonly norms: Norms
  readonly drawIdentity: boolean
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
  const { tools, rules, norms, software, drawIdentity, reportPdf } = dependencies
  const { manifest } = tools.segmenter
  const timings: StageTiming[] = []
  const step = timeSteps(dependencies.monotonicClock, (timing) => timings.push(timing), signal)

  const choice = await step('select', () => selectSeries(study.series, rules))
  onVerdicts(choice.verdicts)
  const readFiles = ({ candidate }: Turn) => {
    const paths = study.files.get(candidate.facts.seriesInstanceUid) ?? []
    return step('fetch', () => Promise.all(paths.map(dependencies.readFile)))
  }
  const describe = ({ candidate: { facts: chosen }, verdicts }: Turn, files: Uint8Array[]) => ({
    identity: {
      studyInstanceUid: study.studyInstanceUid,
      sourceSeriesInstanceUid: chosen.seriesInstanceUid,
      contentDigest: digestContent(files),
      modelSha256: manifest.sha256,
      softwareVersion: software.version,
      configDigest: digestSettings({ drawIdentity, reportPdf, norms: digestNorms(norms) }),
      runNumber: 0,
      analysedAt: dependencies.analysedAt,
    },
    series: study.series,
    chosen,
    verdicts,
    manifest,
    software,
    drawIdentity,
  })
  const { parts, measured } = await tryCandidates(
    choice,
    async (turn) => {
      onVerdicts(turn.verdicts)
      const files = await readFiles(turn)
      const parts = describe(turn, files)
      return {
        parts,
        measured: await measureSeries(files, describeCandidate(turn), tools, step, signal),
      }
    },
    async (turn, error) => {
      onVerdicts(turn.verdicts)
      if (!dependencies.reportRejected) return
      const files = await readFiles(turn)
      const rejection = await composeRejection({ ...describe(turn, files), files, error }, step)
      if (rejection !== undefined) await onRejection(rejection)
    },
    signal,
  )
  const { page, montage, pdf, interpretation, instances } = await composeResults(
    { ...parts, measured, norms, replaces: undefined, reportPdf },
    step,
  )
  return {
    verdicts: parts.verdicts,
    measuredSeriesInstanceUid: parts.chosen.seriesInstanceUid,
    measured,
    interpretation,
    png: await page.toPng(),
    montagePng: await montage.toPng(),
    pdf,
    instances,
    timings,
  }
}
