import type { DataSet } from 'dicom-parser'

/**
 * One level of attributes: a whole instance or one item of a sequence. Read it with the functions of
 * read-attributes.ts, by keyword of PS3.6.
 */
export interface DicomDataset {
  readonly parsed: DataSet
  /** SpecificCharacterSet in force here, or undefined for the fallback of character-sets.ts. */
  readonly characterSet: string | undefined
  /** True where 'US or SS' values are signed (PixelRepresentation 1). */
  readonly signedPixels: boolean
}

/** A parsed DICOM file. Values are views of its bytes, read on demand. */
export interface DicomInstance {
  /** The original file. */
  readonly bytes: Uint8Array
  readonly transferSyntaxUid: string
  readonly sopClassUid: string
  readonly sopInstanceUid: string
  readonly dataset: DicomDataset
  /** Irregularities of the file and how they were handled; safe to log. */
  readonly notes: readonly string[]
}

/** A value to write: null or an empty list writes the attribute empty (type 2). */
export type AttributeValue =
  | string
  | number
  | null
  | Uint8Array
  | readonly string[]
  | readonly number[]
  | readonly DicomAttributes[]

/** Attributes to write, by keyword of PS3.6. */
export interface DicomAttributes {
  readonly [keyword: string]: AttributeValue
}
