import { parseYears } from '../measurement/parse-years.ts'
import { answerNormality } from './answer-normality.ts'
import { drawKeyFigures, keyFiguresWidth } from './draw-key-figures.ts'
import { drawNomogram, type NomogramPoint, pointOf, rangeOfVolumes } from './draw-nomogram.ts'
import { drawQuestion } from './draw-question.ts'

import { formatLitres } from './format-figures.ts'
import { judgeQuality } from './judge-quality.ts'
import { contentWidth, type Page, pageMargin } from './page.ts'
import type { ReportInput } from './report-input.ts'
import { texts } from './texts.ts'

const gap = 24
const scaleRoom = 62
const plotHeight = 186

/** Earlier measurements of the same side, by age. */
function listEarlierPoints({ history }: ReportInput, side: string): NomogramPoint[] {
  return (history?.timePoints ?? []).flatMap(({ yearsBefore, age, volumes, comparable }) => {
    const years = parseYears(age)
    const volume = volumes.find((one) => one.side === side)
    if (yearsBefore <= 0 || !comparable || years === undefined || !volume) return []
    return [{ age: years, volumeMm3: volume.totalMm3, isCurrent: false }]
  })
}

function drawNomograms(page: Page, input: ReportInput, left: number, top: number, width: number) {
  const { norms, normBands = [] } = input
  if (!norms?.compared || normBands.length === 0) return top
  const { ageYears } = norms.person
  const plots = norms.sides
    .toSorted((one) => (one.side === 'right' ? -1 : 1))
    .flatMap((side) => {
      const bands = normBands.find((one) => one.side === side.side)
      const points = [pointOf(side, ageYears), ...listEarlierPoints(input, side.side)]
      return bands === undefined ? [] : [{ bands, points }]
    })
  const range = rangeOfVolumes(
    plots.map(({ bands }) => bands),
    plots.flatMap(({ points }) => points),
  )
  const each = (width - scaleRoom) / Math.max(plots.length, 2)
  for (const [index, { bands, points }] of plots.entries()) {
    const frame = {
      left: left + scaleRoom + index * each,
      top: top + 26,
      width: each,
      height: plotHeight,
    }
    drawNomogram(page, bands, points, range, frame, index === 0)
  }
  return top + 26 + plotHeight + 32
}

/** Explains the shades of the nomograms; undefined if there are none. */
export function explainNomograms({ norms, normBands = [] }: ReportInput): string | undefined {
  if (!norms?.compared || normBands.length === 0) return undefined
  const { sex, intracranialVolumeMm3 } = norms.person
  const who = sex === 'M' ? texts.normal.men : texts.normal.women
  const head = intracranialVolumeMm3 && `${formatLitres(intracranialVolumeMm3)} litres`
  return texts.normal.bandNote(who, head || undefined)
}

/** Question 1: volumes compared with norms, as a table and as nomograms. Returns the y below. */
export function drawNormality(page: Page, input: ReportInput, top: number): number {
  const y = drawQuestion(page, texts.questions.normal, answerNormality(input), top) + 6
  const isWithheld = judgeQuality(input).verdict === 'rejected'
  if (input.volumes.length === 0 || isWithheld) return y + 4
  const tableBottom = drawKeyFigures(page, input, pageMargin, y)
  const left = pageMargin + keyFiguresWidth(input.volumes.length) + gap
  const bottom = drawNomograms(page, input, left, y, pageMargin + contentWidth - left)
  return Math.max(tableBottom, bottom) + 4
}
