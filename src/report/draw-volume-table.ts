import type { HippocampusVolumes } from '../measurement/hippocampus-volumes.ts'
import type { SideComparison } from '../measurement/norms/compare-with-norms.ts'
import type { TemporalHorn } from '../measurement/temporal-horn.ts'
import {
  formatError,
  formatLitres,
  formatPercentileInterval,
  formatRange,
  formatScore,
  formatVolume,
} from './format-figures.ts'
import {
  drawLine,
  drawParagraph,
  leadingOf,
  type Page,
  type TextStyle,
  textStyles,
} from './page.ts'
import { anteriorStyle, palette, posteriorStyle, type RegionStyle } from './palette.ts'
import type { ReportInput } from './report-input.ts'
import { orderVolumes } from './shown-sides.ts'
import { texts } from './texts.ts'

const nameWidth = 208
const sideWidth = 170
const errorGap = 5
const noteGap = 8
const rowHeight = 29
const totalHeight = 35
const swatchWidth = 26

interface Row {
  readonly name: string
  readonly region?: RegionStyle
  readonly style?: TextStyle
  readonly isHeavy?: boolean
  readonly figureOf: (volumes: HippocampusVolumes, norms: SideComparison | undefined) => string
  /** Suffix of the figure, in smaller type. */
  readonly behindOf?: (volumes: HippocampusVolumes) => string
}

function describeShare(part: number, total: number): string {
  const share = part / total
  return total > 0 && Number.isFinite(share) ? ` (${Math.round(100 * share)} %)` : ''
}

function partRow(part: 'anterior' | 'posterior', region: RegionStyle): Row {
  const volumeOf = (v: HippocampusVolumes) => v[`${part}Mm3`]
  const shareOf = (v: HippocampusVolumes) => describeShare(volumeOf(v), v.totalMm3)
  return {
    name: texts.parts[part],
    region,
    figureOf: (v) => `${formatVolume(volumeOf(v))}${v.standardErrorMm3 ? '' : shareOf(v)}`,
    behindOf: ({ standardErrorMm3: error, ...v }) =>
      error === undefined ? '' : `${formatError(error[part])}${shareOf(v)}`,
  }
}

const partRows: readonly Row[] = [
  partRow('anterior', anteriorStyle),
  partRow('posterior', posteriorStyle),
  {
    name: `${texts.table.total}, ${texts.table.unit}`,
    style: textStyles.total,
    isHeavy: true,
    figureOf: (v) => formatVolume(v.totalMm3),
    behindOf: ({ standardErrorMm3: error }) => (error ? formatError(error.total) : ''),
  },
]

const normRows: readonly Row[] = [
  { name: texts.table.expected, figureOf: (_, n) => (n ? formatVolume(n.expectedMm3) : '') },
  {
    name: texts.table.range,
    figureOf: (_, n) => (n ? formatRange(n.normalLowMm3, n.normalHighMm3) : ''),
  },
  {
    name: `${texts.table.percentile} (95 %)`,
    style: textStyles.strong,
    isHeavy: true,
    figureOf: (_, n) => (n ? formatPercentileInterval(n.percentile) : ''),
  },
  {
    name: `${texts.table.zScore} (95 %)`,
    figureOf: (_, n) => (n ? formatScore(n.zScore) : ''),
  },
]

const partNormRows: readonly Row[] = [
  {
    name: texts.table.anteriorPercentile,
    figureOf: (_, n) => (n?.parts ? formatPercentileInterval(n.parts.anterior.percentile) : ''),
  },
  {
    name: texts.table.posteriorPercentile,
    figureOf: (_, n) => (n?.parts ? formatPercentileInterval(n.parts.posterior.percentile) : ''),
  },
]

function describeOccupancy(horn: TemporalHorn | undefined): string {
  if (horn === undefined) return ''
  if (horn.state !== 'measured') return texts.table.horns[horn.state]
  const { occupancy, occupancyStandardError } = horn
  return `${occupancy.toFixed(2)} \u00b1 ${Math.max(0.01, occupancyStandardError).toFixed(2)}`
}

/** A sample of a region's outline, as in the images. */
export function drawSwatch({ context }: Page, region: RegionStyle, x: number, y: number): void {
  context.save()
  context.fillStyle = palette.panel
  context.fillRect(x, y - 8, swatchWidth, 16)
  context.strokeStyle = region.color
  context.lineWidth = 4
  context.setLineDash([...region.dash])
  context.beginPath()
  context.moveTo(x + 3, y)
  context.lineTo(x + swatchWidth - 3, y)
  context.stroke()
  context.restore()
}

/** Width of the table, pixels. */
export function volumeTableWidth(sides: number): number {
  return nameWidth + Math.max(1, sides) * sideWidth
}

/**
 * Volumes and expected values, one column per side, with the legend of the outlines. Returns the y
 * below.
 */
export function drawVolumeTable(page: Page, input: ReportInput, left: number, top: number): number {
  const { context } = page
  const volumes = orderVolumes(input)
  const width = volumeTableWidth(volumes.length)
  const comparison = input.norms?.compared ? input.norms : undefined
  const hasParts = comparison?.sides.some(({ parts }) => parts !== undefined) ?? false
  const rows = comparison ? [...partRows, ...normRows, ...(hasParts ? partNormRows : [])] : partRows
  const rightOf = (side: number) => left + nameWidth + (side + 1) * sideWidth - 8
  for (const [side, { side: name }] of volumes.entries()) {
    const room = volumes.length === 1 ? width - 8 : sideWidth
    drawLine(page, texts.sides[name], textStyles.strong, rightOf(side), top + 18, room, 'right')
  }
  let y = top + 26
  for (const {
    name,
    region,
    style: figure = textStyles.body,
    isHeavy,
    figureOf,
    behindOf,
  } of rows) {
    context.fillStyle = isHeavy ? palette.ink : palette.rule
    context.fillRect(left, y, width, 1)
    const height = figure === textStyles.total ? totalHeight : rowHeight
    const baseline = y + height - 8
    if (region) drawSwatch(page, region, left, y + 15)
    const nameLeft = region ? left + swatchWidth + 8 : left
    const nameStyle = isHeavy ? textStyles.strong : textStyles.body
    drawLine(page, name, nameStyle, nameLeft, baseline, left + nameWidth + 12 - nameLeft)
    for (const [side, measured] of volumes.entries()) {
      const norms = comparison?.sides.find((one) => one.side === measured.side)
      const value = figureOf(measured, norms)
      const behind = behindOf?.(measured) ?? ''
      const room = sideWidth - 4
      const right = rightOf(side)
      const drawn = drawLine(page, behind, textStyles.small, right, baseline, room, 'right')
      const used = drawn === 0 ? 0 : drawn + errorGap
      drawLine(page, value, figure, right - used, baseline, room - used, 'right')
    }
    y += height
  }
  const horns = input.horns ?? []
  if (horns.length > 0) {
    context.fillStyle = palette.rule
    context.fillRect(left, y, width, 1)
    drawLine(page, texts.table.occupancy, textStyles.body, left, y + 21, nameWidth)
    for (const [side, { side: name }] of volumes.entries()) {
      const horn = horns.find((one) => one.side === name)
      drawLine(
        page,
        describeOccupancy(horn),
        textStyles.body,
        rightOf(side),
        y + 21,
        sideWidth - 4,
        'right',
      )
    }
    y += rowHeight
  }
  const { intracranialVolume: icv } = input
  if (icv) {
    context.fillStyle = palette.rule
    context.fillRect(left, y, width, 1)
    const head = `${formatLitres(icv.mm3)} \u00b1 ${formatLitres(icv.standardErrorMm3)} litres`
    drawLine(page, texts.table.intracranial, textStyles.body, left, y + 21, nameWidth)
    drawLine(page, head, textStyles.body, left + width - 8, y + 21, width - nameWidth, 'right')
    y += rowHeight
  }
  if (volumes.some(({ standardErrorMm3 }) => standardErrorMm3 !== undefined)) {
    const leading = leadingOf(textStyles.fine)
    y = drawParagraph(page, texts.table.error, textStyles.fine, left, y + leading, width, 4)
    y -= leading - noteGap
  }
  return y + 4
}
