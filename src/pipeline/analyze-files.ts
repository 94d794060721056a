import type { Segmenter } from '../inference/segmenter.ts'
import type { StageTiming } from '../queue/job.ts'
import { selectSeries } from '../selection/select-series.ts'
import type { SelectionRules, SeriesVerdict } from '../selection/series-choice.ts'
import { sideOf } from './analyze-study.ts'
import type { FileStudy } from './catalogue-files.ts'
import { composeResults } from './compose-results.ts'
import { digestContent, digestSettings } from './fingerprint.ts'
import { type MeasuredSeries, measureSeries } from './measure-series.ts'
import { requireCrop } from './require-crop.ts'
import type { ResultInstance } from './store-results.ts'
import { timeSteps } from './time-steps.ts'

export interface FileAnalysisDependencies {
  readonly segmenter: Segmenter
  readonly rules: SelectionRules
  readonly drawIdentity: boolean
  readonly reportPdf: boolean
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
  readonly png: Uint8Array
  readonly pdf: Uint8Array | undefined
  readonly instances: readonly ResultInstance[]
  readonly timings: readonly StageTiming[]
}

/**
 * The whole job on files instead of an archive: select, read, decode, assemble, infer, measure, report,
 * encode. `onVerdicts` is told of the choice before anything can fail after it. Throws HippoError.
 */
export async function analyzeFiles(
  study: FileStudy,
  dependencies: FileAnalysisDependencies,
  onVerdicts: (verdicts: readonly SeriesVerdict[]) => void,
  signal: AbortSignal,
): Promise<FileAnalysis> {
  const { segmenter, rules, software, drawIdentity, reportPdf } = dependencies
  const timings: StageTiming[] = []
  const step = timeSteps(dependencies.monotonicClock, (timing) => timings.push(timing), signal)

  const choice = await step('select', () => selectSeries(study.series, rules))
  const { verdicts } = choice
  onVerdicts(verdicts)
  const chosen = requireCrop(choice, rules)
  const paths = study.files.get(chosen.seriesInstanceUid) ?? []
  const files = await step('fetch', () => Promise.all(paths.map(dependencies.readFile)))
  const measured = await measureSeries(files, sideOf(chosen.laterality), segmenter, step, signal)
  const { page, pdf, instances } = await composeResults(
    {
      identity: {
        studyInstanceUid: study.studyInstanceUid,
        sourceSeriesInstanceUid: chosen.seriesInstanceUid,
        contentDigest: digestContent(files),
        modelSha256: segmenter.manifest.sha256,
        softwareVersion: software.version,
        configDigest: digestSettings({ drawIdentity, reportPdf }),
        runNumber: 0,
        analysedAt: dependencies.analysedAt,
      },
      series: study.series,
      chosen,
      verdicts,
      measured,
      manifest: segmenter.manifest,
      software,
      replaces: undefined,
      drawIdentity,
      reportPdf,
    },
    step,
  )
  return {
    verdicts,
    measuredSeriesInstanceUid: chosen.seriesInstanceUid,
    measured,
    png: page.png,
    pdf,
    instances,
    timings,
  }
}
