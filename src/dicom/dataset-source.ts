import type { DicomDataset } from './dicom-instance.ts'
import { readNumbers, readSequence, readString, readStrings } from './read-attributes.ts'

/** A file's attributes in the form that the choice of a series reads (selection/attribute-source.ts). */
interface DatasetSource {
  readonly text: (keyword: string) => string | undefined
  readonly texts: (keyword: string) => readonly string[]
  readonly numbers: (keyword: string) => readonly number[]
  readonly items: (keyword: string) => readonly DatasetSource[]
}

/** Lets a parsed file be read like what an archive lists of it. */
export function readFromDataset(dataset: DicomDataset): DatasetSource {
  return {
    text: (keyword) => readString(dataset, keyword),
    texts: (keyword) => readStrings(dataset, keyword) ?? [],
    numbers: (keyword) => readNumbers(dataset, keyword) ?? [],
    items: (keyword) => (readSequence(dataset, keyword) ?? []).map(readFromDataset),
  }
}
