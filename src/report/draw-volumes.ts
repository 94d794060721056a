import type { HippocampusVolumes, Side } from '../measurement/hippocampus-volumes.ts'
import { formatMl, formatMm3 } from './format-facts.ts'
import { drawLine, type Page, pageMargin, textStyles } from './page.ts'
import { anteriorStyle, palette, posteriorStyle, type RegionStyle } from './palette.ts'

const sideNames: Readonly<Record<Side, string>> = {
  left: 'Left',
  right: 'Right',
  unknown: 'Side not stated by the data',
}

const nameWidth = 290
const figureWidth = 115
const rowHeight = 38
const swatchWidth = 34

interface Row {
  readonly name: string
  readonly region: RegionStyle | undefined
  readonly valueOf: (volumes: HippocampusVolumes) => number
}

const rows: readonly Row[] = [
  { name: anteriorStyle.name, region: anteriorStyle, valueOf: (v) => v.anteriorMm3 },
  { name: posteriorStyle.name, region: posteriorStyle, valueOf: (v) => v.posteriorMm3 },
  { name: 'Hippocampus, total', region: undefined, valueOf: (v) => v.totalMm3 },
]

/** A piece of the line that outlines a region, as it looks in the images. */
export function drawSwatch({ context }: Page, region: RegionStyle, x: number, y: number): void {
  context.save()
  context.fillStyle = palette.panel
  context.fillRect(x, y - 9, swatchWidth, 18)
  context.strokeStyle = region.color
  context.lineWidth = 4
  context.setLineDash([...region.dash])
  context.beginPath()
  context.moveTo(x + 4, y)
  context.lineTo(x + swatchWidth - 4, y)
  context.stroke()
  context.restore()
}

/** Width of the table of volumes, pixels. */
export function volumeTableWidth(sides: number): number {
  return nameWidth + Math.max(1, sides) * 2 * figureWidth
}

/** The table of volumes at the left margin, and the legend of the outlines in one. Gives the y below. */
export function drawVolumes(
  page: Page,
  volumes: readonly HippocampusVolumes[],
  top: number,
): number {
  const { context } = page
  const width = volumeTableWidth(volumes.length)
  const left = pageMargin
  drawLine(page, 'Volume', textStyles.heading, left, top + 22)
  if (volumes.length === 0) {
    drawLine(page, 'No volume was measured.', textStyles.body, left, top + 56)
    return top + 66
  }
  const rightOf = (side: number, unit: 0 | 1) =>
    left + nameWidth + (side * 2 + unit + 1) * figureWidth - 12
  for (const [side, { side: name }] of volumes.entries()) {
    const right = rightOf(side, 1)
    const room = volumes.length === 1 ? width - 100 : 2 * figureWidth - 24
    const align = volumes.length === 1 ? 'right' : 'center'
    const anchor = align === 'right' ? right : rightOf(side, 0) + 20
    drawLine(page, sideNames[name], textStyles.strong, anchor, top + 22, room, align)
    drawLine(page, 'mm\u00b3', textStyles.quiet, rightOf(side, 0), top + 48, 100, 'right')
    drawLine(page, 'ml', textStyles.quiet, right, top + 48, 100, 'right')
  }
  const firstRow = top + 58
  for (const [index, row] of rows.entries()) {
    const y = firstRow + index * rowHeight
    const isTotal = row.region === undefined
    context.fillStyle = isTotal ? palette.ink : palette.rule
    context.fillRect(left, y, width, isTotal ? 2 : 1)
    const baseline = y + 27
    if (row.region) drawSwatch(page, row.region, left, y + 19)
    const nameLeft = row.region ? left + swatchWidth + 12 : left
    const nameStyle = isTotal ? textStyles.strong : textStyles.body
    drawLine(page, row.name, nameStyle, nameLeft, baseline, nameWidth - swatchWidth)
    const figureStyle = isTotal ? textStyles.total : textStyles.figure
    for (const [side, measured] of volumes.entries()) {
      const value = row.valueOf(measured)
      drawLine(page, formatMm3(value), figureStyle, rightOf(side, 0), baseline, 130, 'right')
      drawLine(page, formatMl(value), figureStyle, rightOf(side, 1), baseline, 130, 'right')
    }
  }
  return firstRow + rows.length * rowHeight
}
