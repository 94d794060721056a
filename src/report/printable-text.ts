import type { FontCoverage } from './font-coverage.ts'

/** Replacement for a character that the page's fonts cannot draw. */
export const missingGlyph = '\u25a1'

// Control characters, invisible characters and bidirectional overrides.
const unprintable = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}]+/gu

/**
 * A drawable text: composed, on one line, blanks collapsed, and with a box for characters that the
 * fonts lack (Chinese, Japanese, Korean and others), so that the page is the same on every machine.
 */
export function toPrintable(text: string, covers: FontCoverage): string {
  const oneLine = text
    .toWellFormed()
    .normalize('NFC')
    .replace(/\s/gu, ' ')
    .replace(unprintable, '')
    .replace(/ +/g, ' ')
    .trim()
  return Array.from(oneLine, (character) =>
    covers(character.codePointAt(0)!) ? character : missingGlyph,
  ).join('')
}
