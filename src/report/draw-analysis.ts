import { formatUtc } from './format-facts.ts'
import { countLines, drawLine, drawParagraph, leadingOf, type Page, textStyles } from './page.ts'
import type { ReportInput } from './report-input.ts'

const labelWidth = 130
const firstBaseline = 50
const checksumLength = 12

/** What the page says about the analysis: label and value. */
function analysisFacts(input: ReportInput): [label: string, value: string][] {
  const { model, software, predecessor } = input
  const facts: [string, string][] = [
    ['Model', `${model.name} ${model.version}`],
    ['Checksum', `sha256 ${model.sha256.slice(0, checksumLength)}\u2026`],
    [
      'Accuracy',
      model.diceWhole === undefined
        ? 'not stated'
        : `Dice ${model.diceWhole.toFixed(3)} (whole hippocampus, test cases)`,
    ],
    ['Software', `${software.name} ${software.version}`],
    ['Analysed', formatUtc(input.analysedAt)],
  ]
  if (predecessor) {
    const { sourceInstanceCount: count } = predecessor
    const images = `${count} ${count === 1 ? 'image' : 'images'}`
    const when = formatUtc(predecessor.analysedAt)
    facts.push(['Replaces', `the result of ${when}, made from ${images}`])
  }
  return facts
}

const factGap = 4

/** Height that drawAnalysis takes, pixels. */
export function measureAnalysis(page: Page, input: ReportInput, width: number): number {
  const lines = analysisFacts(input).map(([, value]) =>
    countLines(page, value, textStyles.body, width - labelWidth, 2),
  )
  const text = lines.reduce((sum, count) => sum + count, 0) * leadingOf(textStyles.body)
  return firstBaseline + text + (lines.length - 1) * factGap - leadingOf(textStyles.body)
}

/** Model, software and time of the analysis. Gives the y below. */
export function drawAnalysis(
  page: Page,
  input: ReportInput,
  left: number,
  top: number,
  width: number,
): number {
  drawLine(page, 'Analysis', textStyles.heading, left, top + 22, width)
  let y = top + firstBaseline
  for (const [label, value] of analysisFacts(input)) {
    drawLine(page, label, textStyles.quiet, left, y, labelWidth)
    const valueLeft = left + labelWidth
    y = drawParagraph(page, value, textStyles.body, valueLeft, y, width - labelWidth, 2)
    y += factGap
  }
  return y
}
