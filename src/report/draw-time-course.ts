import type { ChangeOverTime, TimePoint } from '../measurement/change-over-time.ts'
import { formatDate } from './format-facts.ts'
import { formatVolume } from './format-figures.ts'
import { drawLine, type Page, textStyles } from './page.ts'
import { palette } from './palette.ts'
import {
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

interface Course {
  readonly side: 'left' | 'right' | 'unknown'
  readonly points: readonly {
    readonly at: number
    readonly mm3: number
    readonly isUsed: boolean
  }[]
}

function listCourses(timePoints: readonly TimePoint[]): Course[] {
  return (['right', 'left', 'unknown'] as const).flatMap((side) => {
    const points = timePoints.flatMap(({ yearsBefore, volumes, comparable }) => {
      const volume = volumes.find((one) => one.side === side)
      return volume === undefined
        ? []
        : [{ at: -yearsBefore, mm3: volume.totalMm3, isUsed: comparable }]
    })
    return points.length === 0 ? [] : [{ side, points }]
  })
}

/** The extrapolation of the first comparable volume at a constant rate. */
function drawExpected(page: Page, plot: Plot, { points }: Course, percentPerYear: number): void {
  const used = points.filter(({ isUsed }) => isUsed)
  const [first, last] = [used[0], used.at(-1)]
  if (first === undefined || last === undefined || first === last) return
  const { context } = page
  context.save()
  context.setLineDash([2, 4])
  context.lineWidth = 2
  context.strokeStyle = palette.bandMedian
  context.beginPath()
  context.moveTo(plot.xOf(first.at), plot.yOf(first.mm3))
  const mm3 = first.mm3 * (1 + (percentPerYear / 100) * (last.at - first.at))
  context.lineTo(plot.xOf(last.at), plot.yOf(mm3))
  context.stroke()
  context.restore()
}

function drawCourse(page: Page, plot: Plot, { side, points }: Course): void {
  const { context } = page
  context.save()
  context.strokeStyle = palette.ink
  context.lineWidth = 2
  context.setLineDash(side === 'left' ? [8, 4] : [])
  context.beginPath()
  for (const { at, mm3 } of points.filter(({ isUsed }) => isUsed)) {
    context.lineTo(plot.xOf(at), plot.yOf(mm3))
  }
  context.stroke()
  context.restore()
  for (const { at, mm3, isUsed } of points) {
    drawMark(page, plot.xOf(at), plot.yOf(mm3), side === 'left' ? 'square' : 'disc', !isUsed)
  }
}

/** A study's date, or the time before this study if dates are not drawn. */
export function nameStudy(studyDate: string, yearsBefore: number): string {
  if (studyDate !== '') return formatDate(studyDate).slice(0, 10)
  return yearsBefore === 0 ? 'now' : `\u2212${yearsBefore.toFixed(1)} y`
}

/** Dates of studies, without those that would overlap. */
function listDateTicks(plot: Plot, timePoints: readonly TimePoint[]) {
  const ticks: { at: number; text: string }[] = []
  let next = Number.POSITIVE_INFINITY
  for (const { yearsBefore, studyDate } of timePoints.toReversed()) {
    const x = plot.xOf(-yearsBefore)
    const fits = x < next - 84
    ticks.push({ at: -yearsBefore, text: fits ? nameStudy(studyDate, yearsBefore) : '' })
    if (fits) next = x
  }
  return ticks
}

/** Volumes of both sides over the studies of a patient. Returns the y below. */
export function drawTimeCourse(
  page: Page,
  { timePoints, published }: Pick<ChangeOverTime, 'timePoints' | 'published'>,
  left: number,
  top: number,
  width: number,
  height: number,
): number {
  const courses = listCourses(timePoints)
  const all = courses.flatMap(({ points }) => points.map(({ mm3 }) => mm3))
  const years = Math.max(0.5, ...timePoints.map(({ yearsBefore }) => yearsBefore))
  const step = 250
  const range = {
    from: Math.max(0, Math.floor((Math.min(...all) - 100) / step) * step),
    to: Math.ceil((Math.max(...all) + 100) / step) * step,
  }
  const plot = makePlot(
    { left: left + 56, top: top + 24, width: width - 56 - 70, height },
    { from: -years * 1.06, to: years * 0.06 },
    range,
  )
  const ageing = published[0]
  clipTo(page, plot, () => {
    for (const course of courses) {
      if (ageing !== undefined) drawExpected(page, plot, course, ageing.percentPerYear)
      drawCourse(page, plot, course)
    }
  })
  drawFrame(page, plot)
  drawYTicks(
    page,
    plot,
    chooseTicks(range, 3).map((at) => ({ at, text: formatVolume(at) })),
  )
  drawXTicks(page, plot, listDateTicks(plot, timePoints))
  const ends = courses.map(({ side, points }) => ({ side, y: plot.yOf(points.at(-1)!.mm3) }))
  const isTight = ends.length === 2 && Math.abs(ends[0]!.y - ends[1]!.y) < 18
  for (const { side, y } of ends) {
    const other = ends.find((one) => one.side !== side)
    const shift = isTight ? (y <= (other?.y ?? y) && side !== 'left' ? -9 : 9) : 0
    const name = side === 'unknown' ? '' : texts.sides[side]
    drawLine(page, name, textStyles.tick, plot.left + plot.width + 8, y + 5 + shift, 62)
  }
  drawLine(page, texts.table.unit, textStyles.note, plot.left, top + 16)
  return plot.top + height + 36
}
