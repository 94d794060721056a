import { createImageData } from 'canvas'
import type { LongitudinalChange } from '../measurement/longitudinal-change.ts'
import type { ChangeView } from './change-view.ts'
import { formatDate } from './format-facts.ts'
import { formatPercent, formatSigned } from './format-figures.ts'
import { drawLine, drawParagraph, drawPixels, type Page, textStyles } from './page.ts'
import { changeOutlines } from './palette.ts'
import type { ReportInput } from './report-input.ts'
import { texts } from './texts.ts'

/** Pixels of the page for each voxel of 1 mm. */
const scale = 2
const gap = 6

function sample(values: Float32Array, view: ChangeView, x: number, y: number): number {
  const clamp = (at: number, last: number) => Math.min(Math.max(at, 0), last)
  const [i, j] = [Math.floor(x), Math.floor(y)]
  const at = (a: number, b: number) =>
    values[clamp(a, view.columns - 1) + view.columns * clamp(b, view.rows - 1)]!
  const [fx, fy] = [x - i, y - j]
  const above = at(i, j) * (1 - fx) + at(i + 1, j) * fx
  const below = at(i, j + 1) * (1 - fx) + at(i + 1, j + 1) * fx
  return above * (1 - fy) + below * fy
}

/** One scan's slice with the requested outlines. */
function drawSlice(page: Page, view: ChangeView, which: 0 | 1, x: number, y: number): void {
  const [width, height] = [view.columns * scale, view.rows * scale]
  const pixels = createImageData(width, height)
  const [low, high] = view.window
  const place = (at: number) => (at + 0.5) / scale - 0.5
  for (let row = 0, to = 0; row < height; row++) {
    for (let column = 0; column < width; column++, to += 4) {
      const value = sample(view.slices[which], view, place(column), place(row))
      const grey = Math.round(255 * Math.min(1, Math.max(0, (value - low) / (high - low))))
      pixels.data.set([grey, grey, grey, 255], to)
    }
  }
  for (const shown of which === 0 ? ([0] as const) : ([0, 1] as const)) {
    const isIn = (column: number, row: number) =>
      sample(view.outlines[shown], view, place(column), place(row)) > 0.5
    for (let row = 1; row < height - 1; row++) {
      for (let column = 1; column < width - 1; column++) {
        if (!isIn(column, row)) continue
        const isEdge =
          !isIn(column - 1, row) ||
          !isIn(column + 1, row) ||
          !isIn(column, row - 1) ||
          !isIn(column, row + 1)
        if (isEdge) pixels.data.set(changeOutlines[shown], 4 * (column + width * row))
      }
    }
  }
  drawPixels(page, pixels, Math.round(x), Math.round(y))
}

/** Left and right, then and now, side by side in the half-way space. Returns the y below. */
export function drawChangeViews(
  page: Page,
  { history, changeViews = [] }: Pick<ReportInput, 'history' | 'changeViews'>,
  left: number,
  top: number,
  width: number,
): number {
  const change = history?.longitudinal
  if (change === undefined || changeViews.length === 0) return top
  const { longitudinal } = texts.changed
  let x = left
  for (const view of changeViews) {
    for (const [which, when] of [longitudinal.before, longitudinal.now].entries()) {
      drawLine(page, `${texts.sides[view.side]}, ${when}`, textStyles.fine, x, top + 14)
      drawSlice(page, view, which as 0 | 1, x, top + 20)
      x += view.columns * scale + gap
    }
    x += gap
  }
  const { studyDate } = change
  const date = studyDate === '' ? longitudinal.before : formatDate(studyDate).slice(0, 10)
  const below = top + 20 + changeViews[0]!.rows * scale + 18
  return drawParagraph(page, longitudinal.caption(date), textStyles.fine, left, below, width, 2)
}

/** The change per year measured image against image, or the reason why not. Returns the y below. */
export function drawLongitudinal(
  page: Page,
  change: LongitudinalChange,
  left: number,
  top: number,
  width: number,
): number {
  const { longitudinal, both, perYear } = texts.changed
  if (change.sides.length === 0) {
    const line = `${longitudinal.refused} ${change.sentence}`
    return drawParagraph(page, line, textStyles.fine, left, top, width, 2)
  }
  const said = change.sides.map(({ side, percent, lower, upper, ...rate }) => {
    const name = side === 'both' ? both : texts.sides[side]
    const { percentPerYear, lowerPerYear, upperPerYear } = rate
    return percentPerYear === undefined
      ? `${name} ${formatPercent(percent)} (${formatSigned(lower)} to ${formatSigned(upper)})`
      : `${name} ${formatPercent(percentPerYear)} ${perYear} (${formatSigned(lowerPerYear!)} to ${formatSigned(upperPerYear!)})`
  })
  const line = `${longitudinal.measured} ${said.join('; ')}; ${texts.changed.interval}.`
  return drawParagraph(page, line, textStyles.fineStrong, left, top, width, 3)
}
