/**
 * A source of one image's attributes: a parsed file or an archive's listing. Values have no
 * padding; absent, empty or malformed ones are undefined.
 */
export interface AttributeSource {
  /** The value as text. */
  readonly text: (keyword: string) => string | undefined
  /** Every value as text; empty ones keep their position. */
  readonly texts: (keyword: string) => readonly string[]
  /** Every value as a number; empty unless all are finite. */
  readonly numbers: (keyword: string) => readonly number[]
  /** The items of a sequence. */
  readonly items: (keyword: string) => readonly AttributeSource[]
}
