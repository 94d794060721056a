import { describeCalibration } from '../measurement/norms/describe-calibration.ts'
import { formatMoment } from './format-facts.ts'
import { judgeQuality } from './judge-quality.ts'
import { countLines, drawLine, drawParagraph, leadingOf, type Page, textStyles } from './page.ts'
import type { ReportInput } from './report-input.ts'
import { texts } from './texts.ts'

const labelWidth = 112
const checksumLength = 12
const linesEach = 5
const style = textStyles.note

/** A series by its number and description, as in lists of series. */
export function nameSeries(number: number | undefined, description: string | undefined): string {
  const text = description?.trim() ? description.trim() : texts.sources.noDescription
  return number === undefined ? text : `${number} \u00b7 ${text}`
}

/** The page's sources: label and value. */
function listSources(input: ReportInput): readonly (readonly [label: string, value: string])[] {
  const { model, software, predecessor } = input
  const isShown = judgeQuality(input).verdict !== 'rejected'
  const norms = isShown ? input.norms : undefined
  const asymmetry = isShown ? input.asymmetry : undefined
  const { sources } = texts
  const { accuracy } = model
  const dice =
    accuracy === undefined || !Number.isFinite(accuracy.diceWhole)
      ? []
      : [sources.dice(accuracy.diceWhole.toFixed(2), accuracy.of)]
  const name = `${model.name} ${model.version}, sha256 ${model.sha256.slice(0, checksumLength)}\u2026`
  return [
    ...(norms?.compared
      ? [
          [
            sources.norms,
            `${norms.source.name} (${norms.source.short}), ${norms.source.method}: ${norms.source.population}.`,
          ] as const,
          ['', describeCalibration(norms.calibration, norms.source)] as const,
        ]
      : []),
    ...(asymmetry?.reference
      ? [
          [
            sources.asymmetry,
            `${asymmetry.reference.short}: ${asymmetry.reference.population}.`,
          ] as const,
        ]
      : []),
    [sources.model, [name, ...dice].join('; ')],
    [
      sources.software,
      `${software.name} ${software.version}, ${formatMoment(input.analysedAt, input.timeZone)}`,
    ],
    ...(predecessor
      ? [
          [
            sources.replaces,
            sources.replaced(
              formatMoment(predecessor.analysedAt, input.timeZone),
              sources.images(predecessor.sourceInstanceCount),
            ),
          ] as const,
        ]
      : []),
  ]
}

/** Height that drawSources takes, pixels. */
export function measureSources(page: Page, input: ReportInput, width: number): number {
  const lines = listSources(input).map(([, value]) =>
    countLines(page, value, style, width - labelWidth, linesEach),
  )
  return 40 + lines.reduce((sum, count) => sum + count, 0) * leadingOf(style)
}

/** Norms, model, software and time in small type, as much as fits above `bottom`. */
export function drawSources(
  page: Page,
  input: ReportInput,
  left: number,
  top: number,
  width: number,
  bottom: number,
): void {
  drawLine(page, texts.sources.heading, textStyles.strong, left, top + 16, width)
  let y = top + 40
  for (const [label, value] of listSources(input)) {
    const lines = Math.min(linesEach, Math.floor((bottom - y) / leadingOf(style)) + 1)
    if (lines < 1) return
    drawLine(page, label, style, left, y, labelWidth)
    y = drawParagraph(page, value, style, left + labelWidth, y, width - labelWidth, lines)
  }
}
