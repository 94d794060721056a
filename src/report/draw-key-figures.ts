import type { SideComparison } from '../measurement/norms/compare-with-norms.ts'
import {
  formatError,
  formatLitres,
  formatPercentileInterval,
  formatRange,
  formatVolume,
} from './format-figures.ts'
import { drawLine, type Page, type TextStyle, textStyles } from './page.ts'
import { palette } from './palette.ts'
import type { ReportInput } from './report-input.ts'
import { orderVolumes } from './shown-sides.ts'
import { texts } from './texts.ts'

const nameWidth = 214
const sideWidth = 178
const errorGap = 6
const rowHeight = 40
const headHeight = 30

/** Width of the figures, pixels. */
export function keyFiguresWidth(sides: number): number {
  return nameWidth + Math.max(1, sides) * sideWidth
}

const normRows: readonly {
  readonly name: string
  readonly style: TextStyle
  readonly figureOf: (norms: SideComparison) => string
}[] = [
  {
    name: texts.table.percentile,
    style: textStyles.keyStrong,
    figureOf: ({ percentile }) => formatPercentileInterval(percentile),
  },
  {
    name: texts.table.expected,
    style: textStyles.key,
    figureOf: ({ expectedMm3 }) => formatVolume(expectedMm3),
  },
  {
    name: texts.table.range,
    style: textStyles.key,
    figureOf: ({ normalLowMm3, normalHighMm3 }) => formatRange(normalLowMm3, normalHighMm3),
  },
]

/**
 * Volumes and percentiles of the whole hippocampi, one column per side, in large type. Returns the
 * y below.
 */
export function drawKeyFigures(page: Page, input: ReportInput, left: number, top: number): number {
  const { context } = page
  const volumes = orderVolumes(input)
  const width = keyFiguresWidth(volumes.length)
  const rightOf = (side: number) => left + nameWidth + (side + 1) * sideWidth - 4
  for (const [side, { side: name }] of volumes.entries()) {
    const room = volumes.length === 1 ? width - 8 : sideWidth
    drawLine(page, texts.sides[name], textStyles.caption, rightOf(side), top + 20, room, 'right')
  }
  let y = top + headHeight
  const drawRow = (name: string, nameStyle: TextStyle, draw: (baseline: number) => void) => {
    context.fillStyle = palette.rule
    context.fillRect(left, y, width, 1)
    const baseline = y + rowHeight - 11
    drawLine(page, name, nameStyle, left, baseline, nameWidth + 8)
    draw(baseline)
    y += rowHeight
  }
  drawRow(`${texts.table.volume}, ${texts.table.unit}`, textStyles.keyStrong, (baseline) => {
    for (const [side, { totalMm3, standardErrorMm3 }] of volumes.entries()) {
      const error = standardErrorMm3 ? formatError(standardErrorMm3.total) : ''
      const right = rightOf(side)
      const drawn = drawLine(page, error, textStyles.keyError, right, baseline, 90, 'right')
      const used = drawn === 0 ? 0 : drawn + errorGap
      const room = sideWidth - 4 - used
      const figure = formatVolume(totalMm3)
      drawLine(page, figure, textStyles.keyTotal, right - used, baseline, room, 'right')
    }
  })
  const comparison = input.norms?.compared ? input.norms : undefined
  for (const { name, style, figureOf } of comparison ? normRows : []) {
    drawRow(name, style === textStyles.keyStrong ? style : textStyles.key, (baseline) => {
      for (const [side, measured] of volumes.entries()) {
        const norms = comparison!.sides.find((one) => one.side === measured.side)
        const value = norms ? figureOf(norms) : ''
        drawLine(page, value, style, rightOf(side), baseline, sideWidth - 8, 'right')
      }
    })
  }
  const { intracranialVolume: icv } = input
  if (icv) {
    const head = `${formatLitres(icv.mm3)} \u00b1 ${formatLitres(icv.standardErrorMm3)} litres`
    drawRow(texts.table.intracranial, textStyles.key, (baseline) =>
      drawLine(page, head, textStyles.key, left + width - 4, baseline, 2 * sideWidth, 'right'),
    )
  }
  return y + 4
}
