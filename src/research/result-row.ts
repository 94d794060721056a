import type { DescribedStudy } from '../archive/describe-studies.ts'
import { parseYears } from '../measurement/parse-years.ts'
import { type AnalysisOutcome, type MeasuredResult, outcomeOf } from '../outcome/outcome.ts'
import type { Job } from '../queue/job.ts'
import { computeAge } from '../selection/patient-age.ts'

/** The content of a cell: numbers stay numbers, so that they are never mistaken for formulas. */
export type Cell = string | number | boolean | undefined

const sides = ['left', 'right', 'unknown'] as const
const changedSides = ['left', 'right', 'both'] as const
const normedSides = ['left', 'right'] as const

/** The columns of a table of results, in their order; part of the API: never renamed, only added. */
export const columns = [
  'patient_id',
  'study_instance_uid',
  'study_date',
  'age_years',
  'sex',
  'state',
  'error_code',
  'error_stage',
  'error_message',
  'verdict',
  'quality_warnings',
  'kind',
  'series_instance_uid',
  'series_number',
  'series_description',
  ...sides.flatMap((side) => [
    `${side}_anterior_mm3`,
    `${side}_posterior_mm3`,
    `${side}_total_mm3`,
  ]),
  ...sides.flatMap((side) => [
    `${side}_anterior_se_mm3`,
    `${side}_posterior_se_mm3`,
    `${side}_total_se_mm3`,
  ]),
  ...normedSides.flatMap((side) => [
    `${side}_temporal_horn_mm3`,
    `${side}_temporal_horn_se_mm3`,
    `${side}_occupancy`,
    `${side}_occupancy_se`,
    `${side}_temporal_horn_state`,
  ]),
  'icv_mm3',
  'icv_standard_error_mm3',
  'norms',
  ...normedSides.flatMap((side) => [
    `${side}_percentile`,
    `${side}_percentile_low`,
    `${side}_percentile_high`,
    `${side}_z`,
  ]),
  'asymmetry_percent',
  'asymmetry_usual',
  'model_name',
  'model_version',
  'software_version',
  'analysed_at',
  'run_number',
  'superseded',
  'job_id',
  'in_archive',
  'answer',
  'answer_reason',
  'answer_reader',
  'answered_by',
  'answered_at',
  'change_since_study_instance_uid',
  'change_years',
  ...changedSides.flatMap((side) => [
    `${side}_change_percent`,
    `${side}_change_percent_low`,
    `${side}_change_percent_high`,
  ]),
] as const

export type ResultRow = Readonly<Record<string, Cell>>

/** Removes decimals that are not significant. */
export function round(value: number | undefined, digits = 2): number | undefined {
  return value === undefined || !Number.isFinite(value) ? undefined : Number(value.toFixed(digits))
}

/** YYYY-MM-DD of a DICOM DA; undefined if invalid. */
function isoDay(text: string | undefined): string | undefined {
  const match = /^(\d{4})\.?(\d\d)\.?(\d\d)$/.exec(text ?? '')
  return match?.slice(1).join('-')
}

/**
 * Facts from the images at the time of measurement take precedence over the archive's patient data.
 */
function describePerson(study: DescribedStudy | undefined, result: MeasuredResult | undefined) {
  const point = result?.history?.timePoints.find(({ yearsBefore }) => yearsBefore === 0)
  const person = result?.norms?.compared ? result.norms.person : undefined
  const { subject } = result ?? {}
  const date = subject?.studyDate ?? point?.studyDate ?? study?.studyDate
  const age = subject?.age ?? point?.age
  const years =
    age === undefined
      ? (person?.ageYears ?? parseYears(computeAge(study?.patientBirthDate, date)))
      : parseYears(age)
  return {
    patient_id: study?.patientId,
    study_date: isoDay(date),
    age_years: round(years),
    sex: subject?.sex ?? person?.sex ?? study?.patientSex?.toUpperCase(),
  }
}

function describeVolumes(result: MeasuredResult) {
  const { volumes, norms, asymmetry, intracranialVolume, temporalHorns = [] } = result
  const cells: Record<string, Cell> = {
    icv_mm3: round(intracranialVolume?.mm3, 0),
    icv_standard_error_mm3: round(intracranialVolume?.standardErrorMm3, 0),
    norms: norms?.compared ? norms.normsId : undefined,
    asymmetry_percent: round(asymmetry?.indexPercent),
    asymmetry_usual: asymmetry?.isUsual,
  }
  for (const { side, anteriorMm3, posteriorMm3, totalMm3, standardErrorMm3 } of volumes) {
    cells[`${side}_anterior_mm3`] = round(anteriorMm3)
    cells[`${side}_posterior_mm3`] = round(posteriorMm3)
    cells[`${side}_total_mm3`] = round(totalMm3)
    cells[`${side}_anterior_se_mm3`] = round(standardErrorMm3?.anterior)
    cells[`${side}_posterior_se_mm3`] = round(standardErrorMm3?.posterior)
    cells[`${side}_total_se_mm3`] = round(standardErrorMm3?.total)
  }
  for (const horn of temporalHorns) {
    const { side, state } = horn
    cells[`${side}_temporal_horn_state`] = state
    if (state !== 'measured') continue
    cells[`${side}_temporal_horn_mm3`] = round(horn.volumeMm3)
    cells[`${side}_temporal_horn_se_mm3`] = round(horn.standardErrorMm3)
    cells[`${side}_occupancy`] = round(horn.occupancy, 4)
    cells[`${side}_occupancy_se`] = round(horn.occupancyStandardError, 4)
  }
  for (const { side, percentile, zScore } of norms?.compared ? norms.sides : []) {
    cells[`${side}_percentile`] = round(percentile.value)
    cells[`${side}_percentile_low`] = round(percentile.low)
    cells[`${side}_percentile_high`] = round(percentile.high)
    cells[`${side}_z`] = round(zScore.value, 3)
  }
  return cells
}

/** The change since an earlier study, measured image against image. */
function describeChange({ history }: MeasuredResult) {
  const change = history?.longitudinal
  if (change === undefined || change.sides.length === 0) return {}
  const cells: Record<string, Cell> = {
    change_since_study_instance_uid: change.studyInstanceUid,
    change_years: round(change.years),
  }
  for (const { side, percent, lower, upper } of change.sides) {
    cells[`${side}_change_percent`] = round(percent)
    cells[`${side}_change_percent_low`] = round(lower)
    cells[`${side}_change_percent_high`] = round(upper)
  }
  return cells
}

function describeSource({ verdicts, result, rejection }: AnalysisOutcome) {
  const seriesInstanceUid = result?.measuredSeriesInstanceUid ?? rejection?.seriesInstanceUid
  const series = verdicts.find((verdict) => verdict.seriesInstanceUid === seriesInstanceUid)
  const quality = result?.quality ?? rejection?.quality ?? []
  const warnings = quality.filter(({ verdict }) => verdict !== 'measured')
  const named = warnings.map(({ check, side }) => (side ? `${check} ${side}` : check))
  return {
    kind: result?.kind ?? rejection?.kind,
    series_instance_uid: seriesInstanceUid,
    series_number: series?.seriesNumber,
    series_description: series?.seriesDescription,
    quality_warnings: named.join('; ') || undefined,
  }
}

/**
 * One job as a row: the measurements, or the reason why there are none. `study` contains the
 * archive's data, undefined if it no longer has the study.
 */
export function describeResult(job: Job, study: DescribedStudy | undefined): ResultRow {
  const outcome = outcomeOf(job)
  const result = job.state === 'succeeded' ? outcome?.result : undefined
  return {
    // The archive's own UID: the notification may have been wrong.
    study_instance_uid: study?.studyInstanceUid ?? job.studyInstanceUid,
    in_archive: study !== undefined,
    ...describePerson(study, result),
    state: job.state,
    error_code: job.error?.code,
    error_stage: job.error?.stage,
    error_message: job.error?.message,
    verdict: result?.verdict ?? (job.state === 'rejected' ? 'rejected' : undefined),
    ...(outcome && describeSource(outcome)),
    ...(result && describeVolumes(result)),
    ...(result && describeChange(result)),
    model_name: result?.model.name,
    model_version: result?.model.version,
    software_version: result?.softwareVersion,
    analysed_at: result?.analysedAt,
    run_number: result?.runNumber,
    superseded: job.supersededByJobId !== undefined,
    job_id: job.id,
    answer: job.answer?.answer,
    answer_reason: job.answer?.reason,
    answer_reader: job.answer?.reader,
    answered_by: job.answer?.by,
    answered_at: job.answer && new Date(job.answer.at).toISOString(),
  }
}

/** A study of a query that has not been analysed yet. */
export function describeUntouched(study: DescribedStudy): ResultRow {
  return {
    study_instance_uid: study.studyInstanceUid,
    ...describePerson(study, undefined),
    state: 'none',
  }
}
