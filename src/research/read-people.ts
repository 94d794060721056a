import { basename } from 'node:path'
import { CsvError, parse } from 'csv-parse/sync'
import { HippoError } from '../errors.ts'
import { parseYears } from '../measurement/parse-years.ts'

/** One person of a table, with the known facts. */
export interface Person {
  readonly id: string
  readonly ageYears: number | undefined
  readonly sex: 'F' | 'M' | 'O' | undefined
}

const wantedColumns = ['id', 'age', 'sex'] as const
const oldest = 120
/** Maximum number of problems listed; the rest is counted. */
const mostProblems = 5

/** Values that mean "not known", as in tables of the Brain Imaging Data Structure. */
const isUnknown = (text: string) => /^(|[-.?]|n\/?a|nan|unknown)$/i.test(text)

const sexes: ReadonlyMap<string, Person['sex']> = new Map([
  ['f', 'F'],
  ['female', 'F'],
  ['m', 'M'],
  ['male', 'M'],
  ['o', 'O'],
  ['other', 'O'],
])

/** Other names of a column, from the Brain Imaging Data Structure. */
const otherNames: Readonly<Record<string, readonly string[]>> = { id: ['participant_id'] }

/** Years as a plain number, with a decimal point or comma, or as DICOM writes an age; NaN for anything else. */
function readAge(text: string): number {
  if (/^\d+([.,]\d+)?$/.test(text)) return Number(text.replace(',', '.'))
  return parseYears(text.toUpperCase()) ?? Number.NaN
}

/** The id of an image: its file name up to `_t1`, `_T1w` or the first dot. */
export function idOfImage(path: string): string {
  const name = basename(path)
  return name.slice(0, name.search(/_t1w?(?=[._-]|$)|\.|$/i))
}

type Row = Readonly<Record<string, string>>

/** One person, or the fault of the row. */
function readPerson(row: Row): Person | string {
  const [id, age, sex] = wantedColumns.map((column) => row[column]?.trim() ?? '')
  if (!id) return 'has no id'
  const ageYears = isUnknown(age!) ? undefined : readAge(age!)
  if (ageYears !== undefined && !(ageYears > 0 && ageYears <= oldest)) {
    return `has the age "${age}"; it must be empty or a number of years above 0 and up to ${oldest}`
  }
  const known = sexes.get(sex!.toLowerCase())
  if (known === undefined && !isUnknown(sex!)) {
    return `has the sex "${sex}"; write M or F (male, female), O for other, or leave it empty`
  }
  return { id, ageYears, sex: known }
}

function invalid(name: string, problems: readonly string[]): HippoError {
  const more = problems.length - mostProblems
  const told = problems.slice(0, mostProblems).join('; ')
  return new HippoError(
    'REQUEST_INVALID',
    `${name} cannot be used: ${told}${more > 0 ? `; and ${more} more` : ''}.`,
  )
}

function nameColumn(text: string): string {
  const name = text.trim().toLowerCase()
  return wantedColumns.find((column) => otherNames[column]?.includes(name)) ?? name
}

function readRows(content: Uint8Array, name: string): { line: number; row: Row }[] {
  // The first line determines the delimiter: European spreadsheets write semicolons.
  const lines = new TextDecoder().decode(content).split('\n', 2)
  // A spreadsheet may state the delimiter in a separate line before the header.
  const isNamed = /^sep=[;,\t]\r?$/i.test(lines[0] ?? '')
  const heading = lines[isNamed ? 1 : 0] ?? ''
  const delimiter = ['\t', ';'].find((candidate) => heading.includes(candidate)) ?? ','
  let header: readonly string[] = []
  try {
    const found = parse(content, {
      bom: true,
      from_line: isNamed ? 2 : 1,
      delimiter,
      columns: (names: readonly string[]) => {
        header = names.map(nameColumn)
        return [...header]
      },
      info: true,
      relax_column_count_less: true,
      skip_empty_lines: true,
      trim: true,
    }) as unknown as { record: Row; info: { lines: number } }[]
    const doubled = wantedColumns.find((one) => header.indexOf(one) !== header.lastIndexOf(one))
    if (doubled !== undefined) throw invalid(name, [`it has the column ${doubled} twice`])
    const missing = wantedColumns.filter((column) => !header.includes(column))
    if (missing.length > 0) {
      throw invalid(name, [`it has no column ${missing.join(', ')} (it needs id, age and sex)`])
    }
    return found.map(({ record, info }) => ({ line: info.lines, row: record }))
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    throw invalid(name, [`it is not a valid CSV table (${error.message})`])
  }
}

/**
 * Reads a table of people (CSV, TSV or with semicolons; UTF-8) with the columns id, age (years) and
 * sex; others are ignored. `name` identifies the table in errors. Throws REQUEST_INVALID with the
 * faulty lines: missing or duplicate ids, ages out of range, unclear sexes.
 */
export function parsePeople(content: Uint8Array, name: string): ReadonlyMap<string, Person> {
  const people = new Map<string, Person>()
  const problems: string[] = []
  for (const { line, row } of readRows(content, name)) {
    const person = readPerson(row)
    if (typeof person === 'string') problems.push(`line ${line} ${person}`)
    else if (people.has(person.id)) problems.push(`line ${line} has the id ${person.id} again`)
    else people.set(person.id, person)
  }
  if (problems.length > 0) throw invalid(name, problems)
  if (people.size === 0) throw invalid(name, ['it contains no people'])
  return people
}
