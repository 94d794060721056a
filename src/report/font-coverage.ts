/** A test whether a font has a glyph for a code point. */
export type FontCoverage = (codePoint: number) => boolean

/**
 * Reads which characters a TrueType font can draw from its `cmap` table, format 4 or 12 (OpenType
 * specification 1.9, cmap). Throws a RangeError if the bytes are not such a font.
 */
export function readFontCoverage(font: Uint8Array): FontCoverage {
  const view = new DataView(font.buffer, font.byteOffset, font.byteLength)
  const cmap = findTable(view, 'cmap')
  const ranges: [first: number, last: number][] = []
  const subtables = view.getUint16(cmap + 2)
  for (let index = 0; index < subtables; index += 1) {
    const subtable = cmap + view.getUint32(cmap + 4 + 8 * index + 4)
    const format = view.getUint16(subtable)
    if (format === 4) ranges.push(...readSegments(view, subtable))
    if (format === 12) ranges.push(...readGroups(view, subtable))
  }
  ranges.sort((one, other) => one[0] - other[0])
  return (codePoint) => ranges.some(([first, last]) => first <= codePoint && codePoint <= last)
}

function findTable(view: DataView, tag: string): number {
  const tables = view.getUint16(4)
  for (let index = 0; index < tables; index += 1) {
    const record = 12 + 16 * index
    const name = String.fromCharCode(...[0, 1, 2, 3].map((at) => view.getUint8(record + at)))
    if (name === tag) return view.getUint32(record + 8)
  }
  throw new RangeError(`The font has no ${tag} table.`)
}

function readSegments(view: DataView, subtable: number): [number, number][] {
  const doubleCount = view.getUint16(subtable + 6)
  const ends = subtable + 14
  const starts = ends + doubleCount + 2
  const ranges: [number, number][] = []
  for (let at = 0; at < doubleCount; at += 2) {
    const [first, last] = [view.getUint16(starts + at), view.getUint16(ends + at)]
    if (first !== 0xffff) ranges.push([first, last])
  }
  return ranges
}

function readGroups(view: DataView, subtable: number): [number, number][] {
  const count = view.getUint32(subtable + 12)
  return Array.from({ length: count }, (_, index): [number, number] => {
    const group = subtable + 16 + 12 * index
    return [view.getUint32(group), view.getUint32(group + 4)]
  })
}
