import { parsePart10 } from '../dicom/part10.ts'
import { readString } from '../dicom/read-attributes.ts'
import type { TimePoint, UnusedStudy } from '../measurement/change-over-time.ts'
import type { Side } from '../measurement/hippocampus-volumes.ts'
import {
  chooseCurrentDocument,
  type MeasurementDocument,
  readMeasurementDocument,
} from '../results/sr/read-measurement-document.ts'
import { explainDifference, nameAcquisition, readAcquisition } from '../selection/acquisition.ts'
import {
  findContradiction,
  type PatientIdentity,
  readIdentity,
} from '../selection/patient-identity.ts'
import { selectSeries } from '../selection/select-series.ts'
import type { SeriesFacts } from '../selection/series-facts.ts'
import { collectStudyFacts } from '../selection/study-facts.ts'
import { explainOtherMethod } from './compare-methods.ts'
import type { ComparisonContext, MeasuredStudy, StudyToMeasure } from './comparison.ts'
import type { EarlierStudy } from './find-earlier-studies.ts'
import { isOfSeries } from './is-of-series.ts'
import { nameExam } from './name-exam.ts'
import { planMeasuring } from './plan-measuring.ts'
import { wasRejected } from './was-rejected.ts'

/** The findings about one earlier study. */
export interface EarlierLook {
  /** The same for each copy of one examination; undefined if it has no date and time. */
  readonly exam?: string | undefined
  readonly point?: TimePoint
  /** The measured series, if it still exists. */
  readonly source?: SeriesFacts | undefined
  readonly unused?: UnusedStudy
  readonly toMeasure?: StudyToMeasure
}

type Now = MeasuredStudy & { readonly identity: PatientIdentity; readonly studyDate: string }

const millisecondsPerYear = 365.25 * 86_400_000

/** Years between two dates (DICOM DA). */
export function yearsBetween(earlier: string, later: string): number {
  const moment = (date: string) =>
    Date.UTC(Number(date.slice(0, 4)), Number(date.slice(4, 6)) - 1, Number(date.slice(6, 8)))
  return (moment(later) - moment(earlier)) / millisecondsPerYear
}

/** The structured reports of this product in the study, for this patient and study only. */
async function readDocuments(
  series: readonly SeriesFacts[],
  studyInstanceUid: string,
  patientId: string,
  { archive, signal }: ComparisonContext,
): Promise<readonly MeasurementDocument[]> {
  const documents: MeasurementDocument[] = []
  const reports = series.filter(({ isOwnResult, modality }) => isOwnResult && modality === 'SR')
  for (const { orthancInstanceId } of reports.flatMap(({ instances }) => instances)) {
    const options = { signal, stage: 'history' } as const
    const bytes = orthancInstanceId && (await archive.readInstance(orthancInstanceId, options))
    if (!bytes) continue
    const instance = parsePart10(bytes)
    const document = readMeasurementDocument(instance)
    const isOfPatient = readString(instance.dataset, 'PatientID')?.trim() === patientId
    if (document?.studyInstanceUid !== studyInstanceUid || !isOfPatient) continue
    // A copy made by the archive with new UIDs describes images of another study and counts there.
    if (isOfSeries(document, series)) documents.push(document)
  }
  return documents
}

/** Finds the study under this patient: Orthanc keeps one per patient ID even where UIDs are the same. */
async function resolve(earlier: EarlierStudy, context: ComparisonContext): Promise<string> {
  const { archive, signal } = context
  const wanted = earlier.orthancStudyId ?? earlier.studyInstanceUid
  return (await archive.findStudy(wanted, { signal, stage: 'history' })).orthancStudyId
}

/**
 * Why volumes of the measured series are not compared with the earlier ones; undefined if they are.
 */
function explainIncomparable(
  now: Now,
  then: MeasurementDocument,
  source: SeriesFacts | undefined,
  series: readonly SeriesFacts[],
): string | undefined {
  if (source === undefined)
    return 'The images from which it was measured are no longer in the archive.'
  const acquisition = readAcquisition(source, series)
  const difference = explainDifference(readAcquisition(now.chosen, now.series), acquisition)
  if (difference !== undefined) return difference
  const sides: readonly Side[] = now.volumes.map(({ side }) => side)
  if (sides.every((side) => side === 'unknown'))
    return 'This study does not state which side it shows.'
  if (then.volumes.some(({ side }) => side !== 'unknown' && sides.includes(side))) return undefined
  const isUnknown = then.volumes.every(({ side }) => side === 'unknown')
  return isUnknown ? 'It does not state which side it shows.' : 'It shows the other side only.'
}

/**
 * Checks one earlier study: its patient, its volumes and their method, and whether they can be
 * compared. If it has a series to measure but no result of the same model and method, it should be
 * measured, unless a job for that is waiting or ended without success.
 */
export async function lookAtEarlier(
  earlier: EarlierStudy,
  now: Now,
  context: ComparisonContext,
): Promise<EarlierLook> {
  const orthancStudyId = await resolve(earlier, context)
  const { archive, signal } = context
  const { series } = await archive.readCatalogue(orthancStudyId, { signal, stage: 'history' })
  return {
    ...(await lookAtSeries(earlier, orthancStudyId, series, now, context)),
    exam: nameExam(series),
  }
}

async function lookAtSeries(
  earlier: EarlierStudy,
  orthancStudyId: string,
  series: readonly SeriesFacts[],
  now: Now,
  context: ComparisonContext,
): Promise<EarlierLook> {
  const { studyInstanceUid, studyDate } = earlier
  const unuse = (reason: string, sentence: string): EarlierLook => ({
    unused: { studyInstanceUid, studyDate, reason, sentence },
  })
  const { rules } = context
  const read = readIdentity(series)
  const problem = read.problem ?? findContradiction(now.identity, read.identity)
  if (problem !== undefined) return unuse(problem.reason, problem.sentence)

  const { patientId } = now.identity
  const documents = await readDocuments(series, studyInstanceUid, patientId, context)
  const current = chooseCurrentDocument(documents)
  if (current !== undefined && (await wasRejected(current, orthancStudyId, context))) {
    return unuse('REJECTED_BY_READER', 'A reader rejected its result.')
  }
  const choice = selectSeries(series, rules)
  const source = series.find(
    ({ seriesInstanceUid }) => seriesInstanceUid === current?.sourceSeriesInstanceUid,
  )
  const otherMethod = current && explainOtherMethod(now, current)
  if (current !== undefined && otherMethod === undefined) {
    return { point: makePoint(explainIncomparable(now, current, source, series)), source }
  }

  const study = { orthancStudyId, studyInstanceUid, series }
  const plan =
    choice.kind === now.kind
      ? await planMeasuring(study, current !== undefined, context)
      : undefined
  const { toMeasure } = plan ?? {}
  if (current !== undefined) {
    const sentence = [otherMethod, plan?.sentence].filter(Boolean).join(' ')
    return { point: makePoint(sentence), ...(toMeasure && { toMeasure }) }
  }
  if (plan === undefined) {
    return unuse('NOT_MEASURABLE', 'It contains no series that can be measured in the same way.')
  }
  return { ...unuse(plan.reason, plan.sentence), ...(toMeasure && { toMeasure }) }

  function makePoint(sentence: string | undefined): TimePoint {
    const { volumes, model, software, intracranialVolumeMm3 } = current as MeasurementDocument
    return {
      studyInstanceUid,
      studyDate,
      yearsBefore: yearsBetween(studyDate, now.studyDate),
      age: source && collectStudyFacts(source, series).patientAge,
      volumes,
      ...(intracranialVolumeMm3 === undefined ? {} : { intracranialVolumeMm3 }),
      model: { name: model.name, version: model.version },
      softwareVersion: software.version,
      scanner: source && nameAcquisition(readAcquisition(source, series)),
      comparable: sentence === undefined,
      sentence,
    }
  }
}
