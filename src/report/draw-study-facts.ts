import { formatAge, formatDate, formatPersonName, formatSex, formatText } from './format-facts.ts'
import { contentWidth, drawLine, drawRule, type Page, pageMargin, textStyles } from './page.ts'
import type { ReportInput } from './report-input.ts'

interface Fact {
  readonly label: string
  readonly value: string
  /** Part of the content's width. */
  readonly share: number
}

function drawFacts(page: Page, facts: readonly Fact[], top: number): number {
  let left = pageMargin
  for (const { label, value, share } of facts) {
    const width = share * contentWidth
    drawLine(page, label, textStyles.label, left, top + 20, width - 20)
    drawLine(page, value, textStyles.fact, left, top + 46, width - 20)
    left += width
  }
  return top + 58
}

/** The study's facts in one row, with the patient's name and id in a row above if they are to be drawn. */
export function drawStudyFacts(page: Page, { study }: ReportInput, top: number): number {
  let bottom = top + 8
  if (study.patientName !== undefined || study.patientId !== undefined) {
    const identity = [
      { label: 'Patient name', value: formatPersonName(study.patientName), share: 0.62 },
      { label: 'Patient ID', value: formatText(study.patientId), share: 0.38 },
    ]
    bottom = drawFacts(page, identity, bottom)
  }
  const facts = [
    { label: 'Accession number', value: formatText(study.accessionNumber), share: 0.22 },
    { label: 'Study date', value: formatDate(study.studyDate), share: 0.16 },
    { label: 'Age', value: formatAge(study.patientAge), share: 0.13 },
    { label: 'Sex', value: formatSex(study.patientSex), share: 0.11 },
    { label: 'Study', value: formatText(study.studyDescription), share: 0.38 },
  ]
  bottom = drawFacts(page, facts, bottom) + 8
  drawRule(page, bottom)
  return bottom
}
