import { Readable } from 'node:stream'
import { stringify } from 'csv-stringify'
import { type ResultRow, columns as resultColumns } from './result-row.ts'

/** Blanks before a sign would hide a formula from the guard, but not from every spreadsheet. */
const clean = (text: string) => text.trim()

/**
 * A stream of CSV (RFC 4180, UTF-8, with a header) of the rows as they come. A text that begins with
 * = + - @ gets an apostrophe before it, so that no spreadsheet runs it as a formula; numbers stay as
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
