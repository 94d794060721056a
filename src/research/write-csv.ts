import { Readable } from 'node:stream'
import { stringify } from 'csv-stringify'
import { type ResultRow, columns as resultColumns } from './result-row.ts'

/** Characters that start a formula, including their full-width forms. */
const formulaAfterSeparator = /([;\t|,])([\s\p{Cf}]*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])/gu
const wideFormula = /^(?=[\uff1d\uff0b\uff0d\uff20])/u
/** Zero-width characters and direction overrides, which can disguise a text. */
const invisible = /[\p{Cf}\p{Zl}\p{Zp}]/gu

/**
 * Blanks and invisible characters before a sign would hide a formula from this check, but not from
 * every spreadsheet; and if semicolons separate cells, one within a text starts another cell.
 */
const clean = (text: string) =>
  text
    .replace(invisible, '')
    .trim()
    .replace(formulaAfterSeparator, "$1$2'")
    .replace(wideFormula, "'")

/**
 * A CSV stream (RFC 4180, UTF-8, with a header) of the rows. A text that starts with = + - @ gets a
 * leading apostrophe, also after a separator, so that no spreadsheet runs it as a formula; numbers
 * are unchanged. `columns` default to those of the results table. An error of the rows ends the
 * stream with that error, so that an incomplete table is never mistaken for a complete one.
 */
export function writeCsv(
  rows: AsyncIterable<ResultRow>,
  columns: readonly string[] = resultColumns,
): Readable {
  const writer = stringify({
    header: true,
    columns: [...columns],
    record_delimiter: 'windows',
    escape_formulas: true,
    cast: {
      boolean: (value) => String(value),
      string: clean,
    },
  })
  const source = Readable.from(rows)
  source.on('error', (error) => writer.destroy(error))
  writer.on('close', () => source.destroy())
  return source.pipe(writer)
}
