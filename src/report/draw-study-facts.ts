import { formatAge, formatDate, formatPersonName, formatSex, formatText } from './format-facts.ts'
import { contentWidth, drawLine, drawRule, type Page, pageMargin, textStyles } from './page.ts'
import type { ReportInput } from './report-input.ts'
import { texts } from './texts.ts'

const labels = texts.facts

interface Fact {
  readonly label: string
  readonly value: string
  /** Share of the content's width. */
  readonly share: number
}

function drawFacts(page: Page, facts: readonly Fact[], top: number): number {
  let left = pageMargin
  for (const { label, value, share } of facts) {
    const width = share * contentWidth
    drawLine(page, label, textStyles.label, left, top + 22, width - 20)
    drawLine(page, value, textStyles.fact, left, top + 54, width - 20)
    left += width
  }
  return top + 64
}

/** The study's facts in one row, with the patient's name and id in a row above if they are to be drawn. */
export function drawStudyFacts(page: Page, { study }: ReportInput, top: number): number {
  let bottom = top + 8
  if (study.patientName !== undefined || study.patientId !== undefined) {
    const identity = [
      { label: labels.patientName, value: formatPersonName(study.patientName), share: 0.62 },
      { label: labels.patientId, value: formatText(study.patientId), share: 0.38 },
    ]
    bottom = drawFacts(page, identity, bottom)
  }
  const facts = [
    { label: labels.accessionNumber, value: formatText(study.accessionNumber), share: 0.29 },
    { label: labels.studyDate, value: formatDate(study.studyDate), share: 0.17 },
    { label: labels.age, value: formatAge(study.patientAge), share: 0.13 },
    { label: labels.sex, value: formatSex(study.patientSex), share: 0.12 },
    { label: labels.study, value: formatText(study.studyDescription), share: 0.29 },
  ]
  bottom = drawFacts(page, facts, bottom) + 8
  drawRule(page, bottom)
  return bottom
}
