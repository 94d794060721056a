import type { ErrorRecord } from '../errors.ts'
import type { Asymmetry } from '../measurement/asymmetry.ts'
import type { HippocampusVolumes } from '../measurement/hippocampus-volumes.ts'
import type { IntracranialVolume } from '../measurement/intracranial-volume.ts'
import type { NormativeComparison } from '../measurement/norms/compare-with-norms.ts'
import { findingsOf } from '../measurement/quality/worst-verdict.ts'
import type { QualityFinding, QualityVerdict } from '../measurement/quality-finding.ts'
import type { TemporalHorn } from '../measurement/temporal-horn.ts'
import type { Person } from './read-people.ts'
import { type ResultRow, round } from './result-row.ts'

const sides = ['left', 'right'] as const
const withInterval = (name: string) => [name, `${name}_low`, `${name}_high`]

/** The columns of a table of images, in their order; never renamed, only added. */
export const headColumns: readonly string[] = [
  'id',
  'age',
  'sex',
  ...sides.map((side) => `${side}_mm3`),
  ...sides.flatMap((side) => [`${side}_anterior_mm3`, `${side}_posterior_mm3`]),
  'icv_mm3',
  'asymmetry',
  ...sides.flatMap((side) => [`${side}_temporal_horn_mm3`, `${side}_occupancy`]),
  ...sides.flatMap((side) => withInterval(`${side}_z`)),
  ...sides.flatMap((side) => withInterval(`${side}_percentile`)),
  'verdict',
  'warnings',
  'error',
  'reason',
]

/** What was measured in one image. */
export interface HeadMeasurement {
  readonly volumes: readonly HippocampusVolumes[]
  readonly intracranialVolume?: IntracranialVolume | undefined
  readonly horns?: readonly TemporalHorn[] | undefined
  readonly norms: NormativeComparison
  readonly asymmetry: Asymmetry | undefined
  readonly verdict: QualityVerdict
  readonly quality: readonly QualityFinding[]
}

const noSides = 'The sides are not known, so the columns for left and right are empty.'

/** Notes for the reader of the row; without a person, the lack of norms is not mentioned. */
function collectWarnings(
  { volumes, norms, quality }: HeadMeasurement,
  person: Person | undefined,
): string {
  return [
    ...findingsOf(quality, 'warning').map(({ sentence }) => sentence),
    ...(volumes.some(({ side }) => side === 'unknown') ? [noSides] : []),
    ...(person && !norms.compared ? [norms.sentence] : []),
  ].join(' ')
}

function describeSides({ volumes, norms, horns = [] }: HeadMeasurement): ResultRow {
  const cells: Record<string, number | undefined> = {}
  for (const { side, anteriorMm3, posteriorMm3, totalMm3 } of volumes) {
    if (side === 'unknown') continue
    cells[`${side}_mm3`] = round(totalMm3)
    cells[`${side}_anterior_mm3`] = round(anteriorMm3)
    cells[`${side}_posterior_mm3`] = round(posteriorMm3)
  }
  for (const horn of horns) {
    if (horn.state !== 'measured' || horn.side === 'unknown') continue
    cells[`${horn.side}_temporal_horn_mm3`] = round(horn.volumeMm3)
    cells[`${horn.side}_occupancy`] = round(horn.occupancy, 4)
  }
  for (const { side, zScore, percentile } of norms.compared ? norms.sides : []) {
    for (const end of ['value', 'low', 'high'] as const) {
      const name = end === 'value' ? '' : `_${end}`
      cells[`${side}_z${name}`] = round(zScore[end], 3)
      cells[`${side}_percentile${name}`] = round(percentile[end])
    }
  }
  return cells
}

const describePerson = (id: string, person: Person | undefined) => ({
  id,
  age: person?.ageYears,
  sex: person?.sex,
})

/** The row of an image that was measured. */
export function describeHead(
  id: string,
  person: Person | undefined,
  measured: HeadMeasurement,
): ResultRow {
  return {
    ...describePerson(id, person),
    ...describeSides(measured),
    icv_mm3: round(measured.intracranialVolume?.mm3, 0),
    asymmetry: round(measured.asymmetry?.indexPercent),
    verdict: measured.verdict,
    warnings: collectWarnings(measured, person),
  }
}

/** The row of an image that was not measured: the person and the reason, without numbers. */
export function describeRefusedHead(
  id: string,
  person: Person | undefined,
  { code, message }: Pick<ErrorRecord, 'code' | 'message'>,
): ResultRow {
  return { ...describePerson(id, person), verdict: 'rejected', error: code, reason: message }
}
