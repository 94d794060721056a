/** Reads CSV as RFC 4180 says it, strictly: lines end in CR LF, quotes are doubled, all rows are as long. */
export function readCsv(text: string): Record<string, string>[] {
  const rows: string[][] = [[]]
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y
  while (cell.lastIndex < text.length) {
    const start = cell.lastIndex
    const match = cell.exec(text)
    if (match === null)
      throw new Error(`no CSV from ${JSON.stringify(text.slice(start, start + 40))}`)
    const [, quoted, plain = '', end] = match
    rows.at(-1)!.push(quoted?.replaceAll('""', '"') ?? plain)
    if (end === '\r\n') rows.push([])
  }
  const [header, ...others] = rows.filter((row) => row.length > 0)
  for (const row of others) {
    if (row.length !== header!.length) throw new Error(`a row of ${row.length} cells`)
  }
  return others.map((row) =>
    Object.fromEntries(row.map((value, index) => [header![index]!, value])),
  )
}
