import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Intracranial volumes of heads by other methods, mm3, by the name of the head (SET/ID). */
export interface KnownSizes {
  /** Their source, such as "HippoDeep". */
  readonly source: string
  readonly mm3: ReadonlyMap<string, number>
}

/** Tables with the heads: folder, file, column, and source of the volumes. */
const tables = [
  ['ixi', 'people.csv', 'dlmuse_icv_mm3', 'DLMUSE'],
  ['ixi', 'hippodeep.csv', 'etiv_mm3', 'HippoDeep'],
  ['ds011', 'hippodeep.csv', 'etiv_mm3', 'HippoDeep'],
  ['ds002748', 'hippodeep.csv', 'etiv_mm3', 'HippoDeep'],
  ['aomic', 'hippodeep.csv', 'etiv_mm3', 'HippoDeep'],
  ['malf', 'cases.csv', 'hippodeep_etiv_mm3', 'HippoDeep'],
  ['freesurfer-pairs', 'pairs.csv', 'etiv_mm3', 'FreeSurfer eTIV'],
] as const

function readColumn(path: string, column: string): [string, number][] {
  const [head, ...rows] = readFileSync(path, 'utf8').trim().split(/\r?\n/)
  const at = head!.split(',').indexOf(column)
  return rows.map((row) => [row.split(',')[0]!, Number(row.split(',')[at])])
}

/** The known sizes in a folder of sets of heads; those without a table are omitted. */
export function readKnownSizes(folder: string): KnownSizes[] {
  return tables.flatMap(([set, file, column, source]) => {
    const path = join(folder, set, file)
    if (!existsSync(path)) return []
    const mm3 = new Map(readColumn(path, column).map(([id, value]) => [`${set}/${id}`, value]))
    return [{ source, mm3 }]
  })
}
