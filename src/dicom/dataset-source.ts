import type { DicomDataset } from './dicom-instance.ts'
import { readNumbers, readSequence, readString, readStrings } from './read-attributes.ts'

/**
 * A file's attributes as an attribute source for series selection (selection/attribute-source.ts).
 */
interface DatasetSource {
  readonly text: (keyword: string) => string | undefined
  readonly texts: (keyword: string) => readonly string[]
  readonly numbers: (keyword: string) => readonly number[]
  readonly items: (keyword: string) => readonly DatasetSource[]
}

/** Reads a parsed file like an archive's listing of it. */
export function readFromDataset(dataset: DicomDataset): DatasetSource {
  return {
    text: (keyword) => readString(dataset, keyword),
    texts: (keyword) => readStrings(dataset, keyword) ?? [],
    numbers: (keyword) => readNumbers(dataset, keyword) ?? [],
    items: (keyword) => (readSequence(dataset, keyword) ?? []).map(readFromDataset),
  }
}
