import type { CalibrationPerson } from './calibration-person.ts'

/** A line of a table, by the names of its columns. */
type Line = Readonly<Record<string, string>>

/** People for a calibration from two tables, with errors and notes. */
export interface GatheredPeople {
  readonly people: readonly CalibrationPerson[]
  /** Errors that prevent the calibration. */
  readonly faults: readonly string[]
  /** Notes that do not prevent it. */
  readonly notes: readonly string[]
}

const healthyWords = new Set(['', 'healthy', 'control', 'controls', 'hc', 'cn', 'normal'])
const sexWords: Readonly<Record<string, 'F' | 'M'>> = { f: 'F', female: 'F', m: 'M', male: 'M' }
const numberOf = (text: string | undefined) =>
  text === undefined || text === '' ? Number.NaN : Number(text)

const named = (ids: readonly string[]) =>
  ids.length <= 5 ? ids.join(', ') : `${ids.slice(0, 5).join(', ')} and ${ids.length - 5} more`

function listTwice(lines: readonly Line[]): string[] {
  const ids = lines.map(({ id }) => id!)
  return [...new Set(ids.filter((id, at) => ids.indexOf(id) !== at))]
}

function readMeasured(
  line: Line,
  person: Line,
  site: string,
  hasReference: boolean,
): CalibrationPerson {
  const sideOf = (side: 'left' | 'right') => ({
    totalMm3: numberOf(line[`${side}_mm3`]),
    anteriorMm3: numberOf(line[`${side}_anterior_mm3`]),
    posteriorMm3: numberOf(line[`${side}_posterior_mm3`]),
  })
  const field = numberOf(person.field_strength)
  return {
    id: person.id!,
    site,
    group: '',
    ageYears: numberOf(person.age),
    sex: sexWords[person.sex!.toLowerCase()]!,
    icvMm3: numberOf(line.icv_mm3),
    fieldStrength: Number.isNaN(field) ? undefined : field,
    left: sideOf('left'),
    right: sideOf('right'),
    ...(hasReference && {
      reference: {
        leftMm3: numberOf(person.freesurfer_left_mm3),
        rightMm3: numberOf(person.freesurfer_right_mm3),
        etivMm3: numberOf(person.freesurfer_etiv_mm3),
      },
    }),
  }
}

const isWhole = ({ left, right, icvMm3 }: CalibrationPerson) =>
  [icvMm3, ...Object.values(left), ...Object.values(right)].every((value) => Number(value) > 0)

/**
 * Matches a table of people (id, age, sex; group, field_strength and freesurfer_left_mm3,
 * _right_mm3, _etiv_mm3 if known) with a table of results (as `segment --csv` writes it). Healthy
 * people have no group or one that says so; with FreeSurfer's volumes, everyone who has them is
 * included.
 */
export function gatherPeople(
  people: readonly Line[],
  results: readonly Line[],
  site: string,
  ages: { readonly minimum: number; readonly maximum: number },
): GatheredPeople {
  const faults: string[] = []
  const notes: string[] = []
  const fault = (ids: readonly string[], sentence: (ids: string) => string) => {
    if (ids.length > 0) faults.push(sentence(named(ids)))
  }
  const note = (ids: readonly string[], sentence: (ids: string) => string) => {
    if (ids.length > 0) notes.push(sentence(named(ids)))
  }
  const idsOf = (lines: readonly Line[]) => lines.map(({ id }) => id!)
  fault(listTwice(people), (ids) => `The table of people contains ${ids} more than once.`)
  fault(listTwice(results), (ids) => `The table of results contains ${ids} more than once.`)
  const known = new Map(people.map((person) => [person.id!, person]))
  const found = new Map(results.map((line) => [line.id!, line]))
  const strangers = idsOf(results).filter((id) => !known.has(id))
  fault(
    strangers,
    (ids) =>
      `The table of people lacks ${ids}, who ${strangers.length === 1 ? 'has' : 'have'} results: both tables must use the same ids.`,
  )
  note(
    idsOf(people).filter((id) => !found.has(id)),
    (ids) => `Left out, without results: ${ids}.`,
  )
  const hasReference = (line: Line) =>
    numberOf(line.freesurfer_left_mm3) > 0 && numberOf(line.freesurfer_right_mm3) > 0
  const isPaired = people.some(hasReference)
  const isHealthy = (line: Line) => healthyWords.has((line.group ?? '').toLowerCase())
  const wanted = people.filter(
    (line) => found.has(line.id!) && (isPaired ? hasReference(line) : isHealthy(line)),
  )
  const others = people.filter((line) => found.has(line.id!) && !wanted.includes(line))
  note(idsOf(others), (ids) =>
    isPaired
      ? `Left out, without FreeSurfer's volumes: ${ids}.`
      : `Left out, not healthy by the column group: ${ids}.`,
  )
  const isAge = (text: string) => numberOf(text) >= ages.minimum && numberOf(text) <= ages.maximum
  fault(
    idsOf(wanted.filter(({ age }) => !isAge(age!))),
    (ids) =>
      `The age of ${ids} is missing, not a number of years, or not within the ${ages.minimum} to ${ages.maximum} years that the norms cover.`,
  )
  fault(
    idsOf(wanted.filter(({ sex }) => sexWords[sex!.toLowerCase()] === undefined)),
    (ids) => `The sex of ${ids} is neither female (F) nor male (M).`,
  )
  const differs = (line: Line, name: 'age' | 'sex') => {
    const result = found.get(line.id!)![name] ?? ''
    if (result === '') return false
    return name === 'age'
      ? Math.abs(numberOf(result) - numberOf(line.age)) > 1
      : sexWords[result.toLowerCase()] !== sexWords[line.sex!.toLowerCase()]
  }
  fault(
    idsOf(wanted.filter((line) => differs(line, 'age') || differs(line, 'sex'))),
    (ids) =>
      `Age or sex of ${ids} in the table of results differ from the table of people: are the ids mixed up?`,
  )
  const rejected = wanted.filter((line) => found.get(line.id!)!.verdict === 'rejected')
  note(idsOf(rejected), (ids) => `Left out, rejected by the quality gates: ${ids}.`)
  const measured = wanted
    .filter((line) => !rejected.includes(line))
    .map((line) => readMeasured(found.get(line.id!)!, line, site, isPaired))
  fault(
    measured.filter((person) => !isWhole(person)).map(({ id }) => id),
    (ids) =>
      `The results of ${ids} lack a volume or the intracranial volume: whole heads are needed.`,
  )
  return { people: measured, faults, notes }
}
