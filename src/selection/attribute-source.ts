/**
 * Where attributes of one image come from: a parsed file or what an archive lists. Values come without
 * padding; what is absent, empty or malformed has no value.
 */
export interface AttributeSource {
  /** The value as text. */
  readonly text: (keyword: string) => string | undefined
  /** Every value as text; an empty one among others keeps its place. */
  readonly texts: (keyword: string) => readonly string[]
  /** Every value as a number; none unless all are finite. */
  readonly numbers: (keyword: string) => readonly number[]
  /** The items of a sequence. */
  readonly items: (keyword: string) => readonly AttributeSource[]
}
