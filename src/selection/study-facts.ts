import { computeAge, parseAge } from './patient-age.ts'
import type { SeriesFacts } from './series-facts.ts'

/** Facts about study and person from any of its series. */
export interface StudyFacts {
  readonly accessionNumber: string | undefined
  /** DICOM DA. */
  readonly studyDate: string | undefined
  readonly studyDescription: string | undefined
  /** DICOM AS such as 061Y, stated or computed from the birth date. */
  readonly patientAge: string | undefined
  readonly patientSex: 'M' | 'F' | 'O' | undefined
  /** Metres. */
  readonly patientSize: number | undefined
  /** Kilograms. */
  readonly patientWeight: number | undefined
  /** A sentence for each fact on which the series disagree. */
  readonly notes: readonly string[]
}

interface Agreed<Value> {
  readonly value: Value | undefined
  readonly note: string | undefined
}

/**
 * The selected series' value, else that of most siblings, else none: order does not decide a tie.
 */
function agree<Value extends string | number>(
  name: string,
  own: Value | undefined,
  others: readonly (Value | undefined)[],
): Agreed<Value> {
  const counts = new Map<Value, number>()
  for (const value of [own, ...others]) {
    if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1)
  }
  if (counts.size <= 1) return { value: own ?? [...counts.keys()][0], note: undefined }
  const disagreement = `The series of the study disagree on the ${name}`
  if (own !== undefined)
    return { value: own, note: `${disagreement}; that of the measured series is used.` }
  const ranked = [...counts].sort((a, b) => b[1] - a[1])
  const tied = ranked[0]![1] === ranked[1]![1]
  return tied
    ? { value: undefined, note: `${disagreement}, so it is omitted.` }
    : { value: ranked[0]![0], note: `${disagreement}; the value of the majority is used.` }
}

const filled = (text: string | undefined) => text?.trim() || undefined
const positive = (value: number | undefined) =>
  value !== undefined && Number.isFinite(value) && value > 0 ? value : undefined

function parseSex(text: string | undefined): 'M' | 'F' | 'O' | undefined {
  const sex = text?.trim().toUpperCase()
  return sex === 'M' || sex === 'F' || sex === 'O' ? sex : undefined
}

const readAge = (facts: SeriesFacts) =>
  parseAge(facts.patientAge) ?? computeAge(facts.patientBirthDate, facts.studyDate)

/**
 * Facts of the study for page, norms and history: from the selected series, or from its siblings if
 * it lacks them (a crop made by research software often lacks age and sex). Our own results are
 * ignored. The birth date is only used for the age; it appears neither in the facts nor in the
 * notes.
 */
export function collectStudyFacts(chosen: SeriesFacts, series: readonly SeriesFacts[]): StudyFacts {
  const siblings = series.filter(
    (facts) => facts.seriesInstanceUid !== chosen.seriesInstanceUid && !facts.isOwnResult,
  )
  const notes: string[] = []
  const settle = <Value extends string | number>(
    name: string,
    read: (facts: SeriesFacts) => Value | undefined,
  ): Value | undefined => {
    const { value, note } = agree(name, read(chosen), siblings.map(read))
    if (note !== undefined) notes.push(note)
    return value
  }
  return {
    accessionNumber: settle('accession number', (facts) => filled(facts.accessionNumber)),
    studyDate: settle('study date', (facts) => filled(facts.studyDate)),
    studyDescription: settle('study description', (facts) => filled(facts.studyDescription)),
    patientAge: settle("patient's age", readAge),
    patientSex: settle("patient's sex", (facts) => parseSex(facts.patientSex)),
    patientSize: settle("patient's size", (facts) => positive(facts.patientSize)),
    patientWeight: settle("patient's weight", (facts) => positive(facts.patientWeight)),
    notes,
  }
}
