import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { registerFont } from 'canvas'
import { type FontCoverage, readFontCoverage } from './font-coverage.ts'

/** Name under which the page's font is registered. */
export const reportFontFamily = 'DejaVu Sans'

// Two files only: more of the same family and weight would collide, whatever name they are given.
const faces = [
  { file: 'dejavu-fonts-ttf/ttf/DejaVuSans.ttf', weight: 'normal' },
  { file: 'dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf', weight: 'bold' },
] as const

let coverage: FontCoverage | undefined

/**
 * Registers the fonts that come with the package, once in a process and before the first canvas is
 * made. Gives the test for characters that every face can draw.
 */
export function registerReportFonts(): FontCoverage {
  if (coverage === undefined) {
    const require = createRequire(import.meta.url)
    const covers = faces.map(({ file, weight }) => {
      const path = require.resolve(file)
      registerFont(path, { family: reportFontFamily, weight })
      return readFontCoverage(readFileSync(path))
    })
    const known = new Map<number, boolean>()
    coverage = (codePoint) => {
      const answer = known.get(codePoint) ?? covers.every((has) => has(codePoint))
      known.set(codePoint, answer)
      return answer
    }
  }
  return coverage
}
