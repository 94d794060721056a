import { createImageData } from 'canvas'
import type { LongitudinalChange } from '../measurement/longitudinal-change.ts'
import type { ChangeView } from './change-view.ts'
import { formatDate } from './format-facts.ts'
import { formatSigned } from './format-figures.ts'
import { drawLine, drawParagraph, drawPixels, type Page, textStyles } from './page.ts'
import { texts } from './texts.ts'

/** Pixels of the page for each voxel of 1 mm. */
const scale = 2
/** Yellow for the earlier outline, light blue for the present one: apart for every eye. */
const outlineColors = [
  [240, 228, 66],
  [86, 180, 233],
] as const
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

/** One scan's slice with the outlines that are asked for. */
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
        if (isEdge) pixels.data.set(outlineColors[shown], 4 * (column + width * row))
      }
    }
  }
  drawPixels(page, pixels, Math.round(x), Math.round(y))
}

/** Left and right, then and now, side by side. Gives the y below. */
function drawViews(
  page: Page,
  views: readonly ChangeView[],
  studyDate: string,
  left: number,
  top: number,
): number {
  const { longitudinal } = texts.changed
  let x = left
  for (const view of views) {
    const then = studyDate === '' ? longitudinal.before : formatDate(studyDate).slice(0, 10)
    for (const [which, when] of [then, longitudinal.now].entries()) {
      drawLine(page, `${texts.sides[view.side]}, ${when}`, textStyles.fine, x, top + 12)
      drawSlice(page, view, which as 0 | 1, x, top + 18)
      x += view.columns * scale + gap
    }
    x += gap
  }
  return top + 18 + views[0]!.rows * scale + 18
}

/** The change measured image against image, with pictures where there are any. Gives the y below. */
export function drawLongitudinal(
  page: Page,
  change: LongitudinalChange,
  views: readonly ChangeView[],
  left: number,
  top: number,
  width: number,
): number {
  const { longitudinal, both } = texts.changed
  if (change.sides.length === 0) {
    const line = `${longitudinal.refused} ${change.sentence}`
    return drawParagraph(page, line, textStyles.fine, left, top, width, 2)
  }
  const said = change.sides.map(({ side, percent, lower, upper }) => {
    const name = side === 'both' ? both : texts.sides[side]
    return `${name} ${formatSigned(percent)} % (${formatSigned(lower)} to ${formatSigned(upper)})`
  })
  const since = longitudinal.since(change.years.toFixed(1))
  const y = drawParagraph(
    page,
    `${since}: ${said.join('; ')}.`,
    textStyles.fineStrong,
    left,
    top,
    width,
    2,
  )
  if (views.length === 0) return y
  const below = drawViews(page, views, change.studyDate, left, y - 4)
  return drawParagraph(page, longitudinal.caption, textStyles.fine, left, below, width, 2)
}
