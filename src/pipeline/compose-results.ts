import { readString } from '../dicom/read-attributes.ts'
import type { ModelManifest } from '../inference/model-manifest.ts'
import { renderReport } from '../report/render-report.ts'
import type { ReportImage, ReportInput } from '../report/report-input.ts'
import type { ResultIdentity } from '../results/result-identity.ts'
import { makeResultUids } from '../results/result-uids.ts'
import { buildSecondaryCapture } from '../results/secondary-capture.ts'
import type { SeriesVerdict } from '../selection/series-choice.ts'
import type { SeriesFacts } from '../selection/series-facts.ts'
import { collectStudyFacts } from '../selection/study-facts.ts'
import type { MeasuredSeries } from './measure-series.ts'
import type { ReplacedResult } from './outcome.ts'
import type { ResultInstance } from './store-results.ts'
import type { TimeStep } from './time-steps.ts'

export interface CompositionInput {
  readonly identity: ResultIdentity
  readonly series: readonly SeriesFacts[]
  readonly chosen: SeriesFacts
  readonly verdicts: readonly SeriesVerdict[]
  readonly measured: MeasuredSeries
  readonly manifest: ModelManifest
  readonly software: { readonly name: string; readonly version: string }
  readonly replaces: ReplacedResult | undefined
  readonly drawIdentity: boolean
}

/** The UIDs the report of an identity has or will have; known before anything is measured. */
export function identifyReport(identity: Omit<ResultIdentity, 'analysedAt'>) {
  return makeResultUids(identity, 'sc')
}

function describeReport(input: CompositionInput): ReportInput {
  const { chosen, verdicts, measured, manifest } = input
  const facts = collectStudyFacts(chosen, input.series)
  const source = measured.instances[0]?.dataset
  const name = (keyword: string) =>
    input.drawIdentity && source ? readString(source, keyword) : undefined
  const own = new Set(
    input.series.flatMap((one) => (one.isOwnResult ? [one.seriesInstanceUid] : [])),
  )
  const verdict = verdicts.find((one) => one.seriesInstanceUid === chosen.seriesInstanceUid)
  return {
    study: {
      accessionNumber: facts.accessionNumber,
      studyDate: facts.studyDate,
      studyDescription: facts.studyDescription,
      patientAge: facts.patientAge,
      patientSex: facts.patientSex,
      patientName: name('PatientName'),
      patientId: name('PatientID'),
    },
    series: {
      number: chosen.seriesNumber,
      description: chosen.seriesDescription,
      instanceCount: chosen.instances.length,
      scanner: [chosen.manufacturer, chosen.manufacturerModelName].filter(Boolean).join(' '),
      sentence: verdict?.sentence ?? '',
    },
    otherSeries: verdicts
      .filter((one) => !one.chosen && !own.has(one.seriesInstanceUid))
      .map((one) => ({
        number: one.seriesNumber,
        description: one.seriesDescription,
        sentence: one.sentence,
      })),
    volume: measured.volume,
    labelMap: measured.labelMap,
    volumes: measured.volumes,
    warnings: [...measured.warnings, ...facts.notes],
    model: {
      name: manifest.name,
      version: manifest.version,
      sha256: manifest.sha256,
      diceWhole: manifest.scores?.diceWhole,
    },
    software: input.software,
    analysedAt: input.identity.analysedAt,
    predecessor: input.replaces && {
      analysedAt: new Date(input.replaces.analysedAt),
      sourceInstanceCount: input.replaces.sourceInstanceCount,
    },
  }
}

/** Draws the page and encodes every instance that goes into the archive, in the order of upload. */
export async function composeResults(
  input: CompositionInput,
  step: TimeStep,
): Promise<{ readonly page: ReportImage; readonly instances: readonly ResultInstance[] }> {
  const page = await step('report', () => renderReport(describeReport(input)))
  const instances = await step('encode', () => [
    {
      role: 'report' as const,
      ...buildSecondaryCapture({
        identity: input.identity,
        sources: input.measured.instances,
        report: page,
        burnedInIdentity: input.drawIdentity,
        software: input.software,
        model: input.manifest,
      }),
    },
  ])
  return { page, instances }
}
