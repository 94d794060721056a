/** Width of a text in pixels. */
export type MeasureText = (text: string) => number

const ellipsis = '\u2026'

/** The text, or as much of its start as fits `width` with an ellipsis. */
export function ellipsize(text: string, width: number, measure: MeasureText): string {
  if (measure(text) <= width) return text
  const characters = [...text]
  let [fits, tooLong] = [0, characters.length]
  const cut = (count: number) => characters.slice(0, count).join('').trimEnd() + ellipsis
  while (tooLong - fits > 1) {
    const middle = (fits + tooLong) >> 1
    if (measure(cut(middle)) <= width) fits = middle
    else tooLong = middle
  }
  return cut(fits)
}

/** Number of characters of an overlong word that fit this line; at least one. */
function fittingLength(characters: readonly string[], width: number, measure: MeasureText): number {
  let [fits, tooLong] = [1, characters.length]
  while (tooLong - fits > 1) {
    const middle = (fits + tooLong) >> 1
    if (measure(characters.slice(0, middle).join('')) <= width) fits = middle
    else tooLong = middle
  }
  return fits
}

/**
 * Breaks a text into at most `maximumLines` lines of `width`, between words if possible and within
 * overlong words; the last line ends with an ellipsis if the text is truncated.
 */
export function wrapText(
  text: string,
  width: number,
  maximumLines: number,
  measure: MeasureText,
): string[] {
  const words = text.split(' ').filter((word) => word !== '')
  const lines: string[] = []
  let line = ''
  while (words.length > 0) {
    const word = words[0]!
    const longer = line === '' ? word : `${line} ${word}`
    if (measure(longer) <= width) {
      line = longer
      words.shift()
      continue
    }
    if (lines.length === maximumLines - 1) {
      return [...lines, ellipsize([line, ...words].filter(Boolean).join(' '), width, measure)]
    }
    if (line === '') {
      const characters = [...word]
      const length = fittingLength(characters, width, measure)
      line = characters.slice(0, length).join('')
      words[0] = characters.slice(length).join('')
      if (words[0] === '') words.shift()
    }
    lines.push(line)
    line = ''
  }
  return line === '' ? lines : [...lines, line]
}
