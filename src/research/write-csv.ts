import { Readable } from 'node:stream'
import { stringify } from 'csv-stringify'
import { type ResultRow, columns as resultColumns } from './result-row.ts'

/** Signs that begin a formula, the wide ones of East Asian keyboards among them. */
const formulaAfterSeparator = /([;\t|,])([\s\p{Cf}]*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])/gu
const wideFormula = /^(?=[\uff1d\uff0b\uff0d\uff20])/u
/** Marks without width: overrides of the direction make a text read as another. */
const invisible = /[\p{Cf}\p{Zl}\p{Zp}]/gu

/**
 * Blanks and invisible marks before a sign would hide a formula from the guard, but not from every
 * spreadsheet; and where semicolons separate cells, one within a text begins another cell.
 */
const clean = (text: string) =>
  text
    .replace(invisible, '')
    .trim()
    .replace(formulaAfterSeparator, "$1$2'")
    .replace(wideFormula, "'")

/**
 * A stream of CSV (RFC 4180, UTF-8, with a header) of the rows as they come. A text that begins with
 * = + - @ gets an apostrophe before it, also after a separator, so that no spreadsheet runs it as a formula; numbers stay as
 * they are. `columns` are those of a table of results unless said. An error of the rows ends the stream with it, so that half a table is never taken for one.
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
