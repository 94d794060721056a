import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { registerFont } from 'canvas'
import { type FontCoverage, readFontCoverage } from './font-coverage.ts'

/** Registered name of the page's font. */
export const reportFontFamily = 'DejaVu Sans'

// Only two files: more of the same family and weight would collide, even under other names.
const faces = [
  { file: 'dejavu-fonts-ttf/ttf/DejaVuSans.ttf', weight: 'normal' },
  { file: 'dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf', weight: 'bold' },
] as const

let coverage: FontCoverage | undefined

/**
 * Registers the shipped fonts, once per process and before the first canvas is created. Returns a
 * test for characters that every face can draw.
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
