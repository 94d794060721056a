import { readFile } from 'node:fs/promises'
import { HippoError } from '../errors.ts'

/** One line of a table, by the names of its columns, in lower case. */
export type TableLine = Readonly<Record<string, string>>

/** Cells of every line: RFC 4180, with quotes where they are needed. */
function splitCells(text: string, separator: string): string[][] {
  const lines: string[][] = []
  let cells: string[] = []
  let cell = ''
  let isQuoted = false
  for (let at = 0; at < text.length; at++) {
    const sign = text[at]!
    if (isQuoted) {
      if (sign !== '"') cell += sign
      else if (text[at + 1] === '"') cell += text[at++]
      else isQuoted = false
    } else if (sign === '"') isQuoted = true
    else if (sign === separator || sign === '\n') {
      cells.push(cell.trim())
      cell = ''
      if (sign === '\n') {
        lines.push(cells)
        cells = []
      }
    } else cell += sign
  }
  if (cell !== '' || cells.length > 0) lines.push([...cells, cell.trim()])
  return lines.filter((line) => line.some((text) => text !== ''))
}

/**
 * Reads a table with a header: CSV with commas or semicolons, or TSV. Throws FILE_UNREADABLE where the file
 * cannot be read, and REQUEST_INVALID where a column of `needed` is missing.
 */
export async function readTable(path: string, needed: readonly string[]): Promise<TableLine[]> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new HippoError('FILE_UNREADABLE', `${path} does not exist or cannot be read.`, { cause })
  })
  const plain = text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n')
  const heading = plain.slice(0, plain.indexOf('\n'))
  const separator = ['\t', ';'].find((sign) => heading.includes(sign)) ?? ','
  const [header = [], ...lines] = splitCells(plain, separator)
  const names = header.map((name) => name.toLowerCase())
  const missing = needed.filter((name) => !names.includes(name))
  if (missing.length > 0) {
    throw new HippoError(
      'REQUEST_INVALID',
      `${path} has no column ${missing.join(', ')}; it needs ${needed.join(', ')}.`,
    )
  }
  return lines.map((cells) =>
    Object.fromEntries(names.map((name, column) => [name, cells[column] ?? ''])),
  )
}
