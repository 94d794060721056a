import type { SideComparison } from '../measurement/norms/compare-with-norms.ts'
import { bandPercentiles, type NormBands } from '../measurement/norms/trace-norm-bands.ts'
import { formatVolume } from './format-figures.ts'
import { drawLine, type Page, textStyles } from './page.ts'
import { palette } from './palette.ts'
import {
  type AxisRange,
  chooseTicks,
  clipTo,
  drawFrame,
  drawMark,
  drawXTicks,
  drawYTicks,
  makePlot,
  type Plot,
} from './plot-axes.ts'
import { texts } from './texts.ts'

/** A patient's point on a nomogram: age in years and volume, mm3, with an optional interval. */
export interface NomogramPoint {
  readonly age: number
  readonly volumeMm3: number
  readonly lowMm3?: number
  readonly highMm3?: number
  readonly isCurrent: boolean
}

/** Shades between pairs of percentiles, outermost first. */
const shades = [
  { low: 0, high: 6, color: palette.bandOuter },
  { low: 1, high: 5, color: palette.bandMiddle },
  { low: 2, high: 4, color: palette.bandInner },
] as const
const median = 3

/** The point of a comparison: its error is relative to the bands. */
export function pointOf(
  { volumeMm3, zScore, standardDeviationMm3 }: SideComparison,
  age: number,
): NomogramPoint {
  const reach = (z: number) => volumeMm3 + (z - zScore.value) * standardDeviationMm3
  return {
    age,
    volumeMm3,
    lowMm3: reach(zScore.low),
    highMm3: reach(zScore.high),
    isCurrent: true,
  }
}

/** A range of volumes for all bands and points, the same for both sides. */
export function rangeOfVolumes(
  bands: readonly NormBands[],
  points: readonly NomogramPoint[],
): AxisRange {
  const all = [
    ...bands.flatMap((band) => band.points.flatMap(({ volumesMm3 }) => volumesMm3)),
    ...points.flatMap((point) => [point.volumeMm3, point.lowMm3, point.highMm3]),
  ].filter((value): value is number => value !== undefined && Number.isFinite(value))
  const [low, high] = [Math.min(...all), Math.max(...all)]
  return { from: Math.max(0, Math.floor(low / 500) * 500), to: Math.ceil(high / 500) * 500 }
}

function drawBands({ context }: Page, plot: Plot, { points }: NormBands): void {
  for (const { low, high, color } of shades) {
    context.beginPath()
    for (const { age, volumesMm3 } of points) {
      context.lineTo(plot.xOf(age), plot.yOf(volumesMm3[high]!))
    }
    for (const { age, volumesMm3 } of points.toReversed()) {
      context.lineTo(plot.xOf(age), plot.yOf(volumesMm3[low]!))
    }
    context.closePath()
    context.fillStyle = color
    context.fill()
  }
  context.beginPath()
  for (const { age, volumesMm3 } of points) {
    context.lineTo(plot.xOf(age), plot.yOf(volumesMm3[median]!))
  }
  context.strokeStyle = palette.bandMedian
  context.lineWidth = 2
  context.stroke()
}

function drawPoint(page: Page, plot: Plot, point: NomogramPoint, kind: 'disc' | 'square'): void {
  const { context } = page
  const x = plot.xOf(point.age)
  if (point.lowMm3 !== undefined && point.highMm3 !== undefined) {
    const [low, high] = [plot.yOf(point.lowMm3), plot.yOf(point.highMm3)]
    context.fillStyle = palette.ink
    context.fillRect(x - 1.5, high, 3, low - high)
    for (const y of [low, high]) context.fillRect(x - 7, y - 1, 14, 2)
  }
  drawMark(page, x, plot.yOf(point.volumeMm3), kind, !point.isCurrent, point.isCurrent ? 6.5 : 5)
}

/** Percentiles of one side over age with the patient's points; volume ticks if `hasScale`. */
export function drawNomogram(
  page: Page,
  bands: NormBands,
  points: readonly NomogramPoint[],
  range: AxisRange,
  frame: { left: number; top: number; width: number; height: number },
  hasScale: boolean,
): void {
  const ages = { from: bands.points[0]!.age, to: bands.points.at(-1)!.age }
  const labelRoom = 50
  const plot = makePlot({ ...frame, width: frame.width - labelRoom }, ages, range)
  const kind = bands.side === 'right' ? 'disc' : 'square'
  page.context.fillStyle = palette.paper
  clipTo(page, plot, () => {
    drawBands(page, plot, bands)
    for (const point of points.toSorted((a, b) => Number(a.isCurrent) - Number(b.isCurrent))) {
      drawPoint(page, plot, point, kind)
    }
  })
  drawFrame(page, plot)
  const volumes = chooseTicks(range, 4)
  drawYTicks(
    page,
    plot,
    volumes.map((at) => ({ at, text: hasScale ? formatVolume(at) : '' })),
  )
  drawXTicks(
    page,
    plot,
    chooseTicks(ages, 5).map((at) => ({ at, text: String(at) })),
  )
  for (const index of [0, median, 6]) {
    const y = plot.yOf(bands.points.at(-1)!.volumesMm3[index]!)
    const text = String(bandPercentiles[index])
    drawLine(page, text, textStyles.tick, plot.left + plot.width + 5, y + 5, labelRoom)
  }
  drawLine(page, texts.sides[bands.side], textStyles.strong, frame.left, frame.top - 8)
  const unit = `${texts.table.unit}, ${texts.normal.axisAge}`
  const right = plot.left + plot.width
  drawLine(page, unit, textStyles.note, right, frame.top - 8, plot.width - 60, 'right')
}
