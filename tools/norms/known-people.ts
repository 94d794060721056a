import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A person with an available head. */
export interface KnownPerson {
  readonly site: string
  readonly id: string
  /** 'healthy', or the illness. */
  readonly group: string
  readonly ageYears: number | undefined
  readonly sex: 'F' | 'M' | undefined
  /** Path of the NIfTI head. */
  readonly image: string
  /** Tesla. */
  readonly fieldStrength: number
  /** Whether the person is used for fitting a calibration; else for checking it. */
  readonly isFitted: boolean
  /** Volumes by FreeSurfer (Volume_mm3 of aseg.stats) and its eTIV, where it measured this head. */
  readonly freesurfer?: {
    readonly leftMm3: number
    readonly rightMm3: number
    readonly etivMm3: number
  }
}

type Line = Readonly<Record<string, string>>

/** The lines of a small CSV file without quotes, by the names of its columns. */
function readLines(path: string): Line[] {
  const [header = '', ...lines] = readFileSync(path, 'utf8').trim().split(/\r?\n/)
  const names = header.split(',')
  return lines.map((line) => {
    const cells = line.split(',')
    return Object.fromEntries(names.map((name, column) => [name, cells[column] ?? '']))
  })
}

const sexOf = ({ sex }: Line) => (sex === 'F' || sex === 'M' ? sex : undefined)

/** Sites with people.csv and heads named ID_t1.nii.gz; field strengths are from their papers. */
const sites = [
  { site: 'ds002748', table: 'people.csv', fieldStrength: 3, isFitted: true },
  { site: 'ixi', table: 'people.csv', fieldStrength: 3, isFitted: true },
  { site: 'ds011', table: 'people.csv', fieldStrength: 3, isFitted: true },
  { site: 'malf', table: 'cases.csv', fieldStrength: 1.5, isFitted: false },
] as const

/** Volume_mm3 and eTIV of nis19's aseg.stats, not its counts of voxels. */
const nis19 = { leftMm3: 4136.7, rightMm3: 4566.4, etivMm3: 1_599_748 }

/** All people of a folder `heads`, for calibrating the norms or checking the calibration. */
export function listKnownPeople(heads: string): KnownPerson[] {
  const people = sites.flatMap(({ site, table, fieldStrength, isFitted }) =>
    readLines(join(heads, site, table)).map((line): KnownPerson => {
      const group = line.group ?? 'control'
      return {
        site,
        id: line.id!,
        group: group === 'control' ? 'healthy' : group,
        ageYears: Number(line.age),
        sex: sexOf(line),
        image: join(heads, site, `${line.id}_t1.nii.gz`),
        fieldStrength,
        isFitted,
      }
    }),
  )
  const pairs = readLines(join(heads, 'freesurfer-pairs', 'pairs.csv')).map(
    (line): KnownPerson => ({
      site: 'freesurfer-pairs',
      id: line.id!,
      group: 'unknown',
      ageYears: undefined,
      sex: undefined,
      image: join(heads, 'freesurfer-pairs', `${line.id}_t1.nii.gz`),
      fieldStrength: 3,
      isFitted: false,
      freesurfer: {
        leftMm3: Number(line.left_mm3),
        rightMm3: Number(line.right_mm3),
        etivMm3: Number(line.etiv_mm3),
      },
    }),
  )
  return [
    ...people,
    ...pairs,
    {
      site: 'nis19',
      id: 'nis19',
      group: 'healthy',
      ageYears: 46,
      sex: 'F',
      image: join(heads, 'freesurfer', 'nis19_t1.nii.gz'),
      fieldStrength: 3,
      isFitted: false,
      freesurfer: nis19,
    },
  ]
}
