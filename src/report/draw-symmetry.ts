import type { Asymmetry } from '../measurement/asymmetry.ts'
import { drawQuestion } from './draw-question.ts'
import { formatPercent } from './format-figures.ts'
import { judgeQuality } from './judge-quality.ts'
import { drawLine, drawParagraph, type Page, textStyles } from './page.ts'
import { palette } from './palette.ts'
import type { ReportInput } from './report-input.ts'
import { texts } from './texts.ts'

const scaleEnd = 30
const ticks = [-20, -10, 0, 10, 20]
const barHeight = 20

/** The answer to question 2. */
export function answerSymmetry(input: ReportInput): string {
  const { asymmetry } = input
  const { symmetric } = texts
  if (judgeQuality(input).verdict === 'rejected') return symmetric.withheld
  if (asymmetry === undefined) return symmetric.oneSide
  const { indexPercent, isUsual, reference } = asymmetry
  const smaller = indexPercent < 0 ? 'left' : 'right'
  const size = formatPercent(Math.abs(indexPercent))
  const said = Math.abs(indexPercent) < 0.05 ? symmetric.equal : symmetric.smaller(smaller, size)
  if (isUsual === undefined || reference === undefined) return said
  const usual = isUsual ? symmetric.usual : symmetric.unusual(reference.limits[0]!.method)
  return `${said.replace(/\.$/, '')}, ${usual}.`
}

/**
 * A scale from left smaller to right smaller with the usual range shaded, and the patient's mark.
 */
function drawScale(
  page: Page,
  { indexPercent, expectedPercent, reference }: Asymmetry,
  left: number,
  top: number,
  width: number,
): number {
  const { context } = page
  const xOf = (percent: number) =>
    left + ((Math.min(Math.max(percent, -scaleEnd), scaleEnd) + scaleEnd) / (2 * scaleEnd)) * width
  const bar = top + 26
  context.fillStyle = palette.paper
  context.fillRect(left, bar, width, barHeight)
  const limits = (reference?.limits ?? []).toSorted((one, other) => other.percent - one.percent)
  for (const [index, { percent }] of limits.entries()) {
    const isInner = index === limits.length - 1
    context.fillStyle = isInner ? palette.bandInner : palette.bandOuter
    context.fillRect(xOf(-percent), bar, xOf(percent) - xOf(-percent), barHeight)
  }
  context.strokeStyle = palette.muted
  context.lineWidth = 1
  context.strokeRect(left + 0.5, bar + 0.5, width - 1, barHeight - 1)
  for (const tick of ticks) {
    context.fillStyle = palette.muted
    context.fillRect(Math.round(xOf(tick)), bar + barHeight, 1, 5)
    const label = tick === 0 ? '0' : formatPercent(tick, 0)
    drawLine(page, label, textStyles.tick, xOf(tick), bar + barHeight + 24, 80, 'center')
  }
  if (expectedPercent !== undefined) {
    context.fillStyle = palette.ink
    for (let y = bar; y < bar + barHeight; y += 6) {
      context.fillRect(Math.round(xOf(expectedPercent)), y, 1, 3)
    }
  }
  const x = xOf(indexPercent)
  context.beginPath()
  context.moveTo(x, bar + barHeight - 3)
  context.lineTo(x - 9, bar - 8)
  context.lineTo(x + 9, bar - 8)
  context.closePath()
  context.fillStyle = palette.ink
  context.fill()
  context.strokeStyle = palette.paper
  context.lineWidth = 1.5
  context.stroke()
  drawLine(page, texts.symmetric.leftSmaller, textStyles.note, left, top + 12, 200)
  drawLine(
    page,
    texts.symmetric.rightSmaller,
    textStyles.note,
    left + width,
    top + 12,
    200,
    'right',
  )
  return bar + barHeight + 38
}

/** Question 2: the difference between the sides, on a scale. Returns the y below. */
export function drawSymmetry(
  page: Page,
  input: ReportInput,
  left: number,
  top: number,
  width: number,
): number {
  const { asymmetry } = input
  const y = drawQuestion(page, texts.questions.symmetric, answerSymmetry(input), top, left, width)
  if (asymmetry === undefined || judgeQuality(input).verdict === 'rejected') return y
  return drawScale(page, asymmetry, left, y + 8, width)
}

/** Details of question 2: the index, its parts, and the usual range. Returns the y below. */
export function drawSymmetryNotes(
  page: Page,
  input: ReportInput,
  left: number,
  top: number,
  width: number,
): number {
  const { asymmetry } = input
  if (asymmetry === undefined || judgeQuality(input).verdict === 'rejected') return top
  const { symmetric } = texts
  const { indexPercent, anteriorPercent, posteriorPercent, reference, expectedPercent } = asymmetry
  const index = `${symmetric.index}: ${formatPercent(indexPercent)}.`
  const parts = symmetric.parts(formatPercent(anteriorPercent), formatPercent(posteriorPercent))
  const y = drawParagraph(page, `${index} ${parts}`, textStyles.note, left, top, width, 3)
  if (reference === undefined) return y
  const limits = reference.limits.map(({ method, percent }) => `\u00b1${percent} % by ${method}`)
  const expected = expectedPercent === undefined ? undefined : formatPercent(expectedPercent)
  const note = symmetric.limits(limits.join(', '), expected)
  return drawParagraph(page, note, textStyles.note, left, y, width, 4)
}
