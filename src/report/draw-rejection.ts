import type { QualityFinding } from '../measurement/quality-finding.ts'
import { encodePng } from './encode-png.ts'
import { formatMoment } from './format-facts.ts'
import {
  contentWidth,
  createPage,
  drawLine,
  drawParagraph,
  drawRule,
  leadingOf,
  type Page,
  pageMargin,
  pageWidth,
  textStyles,
} from './page.ts'
import { palette } from './palette.ts'
import { readRgb } from './read-rgb.ts'
import type { ReportImage } from './report-input.ts'

/** The content of the page about a series that could not be measured, without results. */
export interface RejectionPage {
  /** Texts are undefined if the study does not state them. */
  readonly study: {
    readonly accessionNumber: string | undefined
    /** DICOM DA, shown as YYYY-MM-DD. */
    readonly studyDate: string | undefined
    readonly studyDescription: string | undefined
    /** Only if a setting requests them. */
    readonly patientName: string | undefined
    readonly patientId: string | undefined
  }
  readonly series: {
    readonly number: number | undefined
    readonly description: string | undefined
    readonly instanceCount: number
    /** Why it was selected. */
    readonly sentence: string
  }
  /** Why it was not measured. */
  readonly sentence: string
  /** Findings of the quality gates before that. */
  readonly quality: readonly QualityFinding[]
  readonly model: { readonly name: string; readonly version: string }
  readonly software: { readonly name: string; readonly version: string }
  /** Start of the analysis. */
  readonly analysedAt: Date
  /** IANA name of the zone it is shown in; UTC without one. */
  readonly timeZone?: string | undefined
}

const height = 940
const column = 210

function drawHead(page: Page, { software }: RejectionPage): number {
  const right = pageWidth - pageMargin
  drawLine(page, software.name, textStyles.product, right, 40, contentWidth / 2, 'right')
  drawLine(page, 'Hippocampus not measured', textStyles.title, right, 72, contentWidth / 2, 'right')
  page.context.fillStyle = palette.banner
  page.context.fillRect(pageMargin, 90, contentWidth, 42)
  const banner = 'RESEARCH USE ONLY \u2013 not for diagnosis'
  drawLine(page, banner, textStyles.banner, pageWidth / 2, 119, contentWidth, 'center')
  return 132
}

/** Rows of names and values; returns the y below. */
function drawFacts(
  page: Page,
  facts: readonly (readonly [string, string | undefined])[],
  top: number,
): number {
  let y = top
  for (const [name, value] of facts) {
    if (!value) continue
    drawLine(page, name, textStyles.label, pageMargin, y, column - 10)
    const left = pageMargin + column
    y = drawParagraph(page, value, textStyles.notice, left, y, contentWidth - column, 3)
  }
  return y
}

/** The verdict in a prominent box; returns the y below. */
function drawAnswer(page: Page, sentence: string, top: number): number {
  const inset = 24
  const lines = 6
  const boxHeight = 66 + lines * leadingOf(textStyles.fact)
  page.context.fillStyle = palette.warning
  page.context.fillRect(pageMargin, top, contentWidth, boxHeight)
  page.context.fillStyle = palette.warningEdge
  page.context.fillRect(pageMargin, top, 6, boxHeight)
  drawLine(page, 'Why no volumes are given', textStyles.heading, pageMargin + inset, top + 38)
  const width = contentWidth - 2 * inset
  drawParagraph(page, sentence, textStyles.fact, pageMargin + inset, top + 76, width, lines)
  return top + boxHeight
}

/**
 * The page about a selected series that could not be measured: which one, why, and the consequence.
 * The same input gives the same bytes.
 */
export function renderRejection(input: RejectionPage): ReportImage {
  const page = createPage(pageWidth, height)
  const { study, series, model, software } = input
  const date = study.studyDate?.replace(/^(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3')
  const name = [series.number, series.description].filter((part) => part !== undefined).join(' ')
  let y = drawHead(page, input)
  y = drawFacts(
    page,
    [
      ['Patient', [study.patientName, study.patientId].filter(Boolean).join(', ')],
      ['Study', [date, study.studyDescription].filter(Boolean).join(', ')],
      ['Accession number', study.accessionNumber],
      ['Series', `${name || 'unnamed'} (${series.instanceCount} images)`],
      ['Chosen because', series.sentence],
    ],
    y + 44,
  )
  y = drawAnswer(page, input.sentence, y + 10)
  const passed = input.quality
    .filter(({ verdict }) => verdict !== 'rejected')
    .map(({ sentence }) => sentence)
  if (passed.length > 0) {
    drawLine(page, 'Findings so far', textStyles.heading, pageMargin, y + 42)
    drawParagraph(page, passed.join(' '), textStyles.notice, pageMargin, y + 74, contentWidth, 6)
  }
  const foot = height - 64
  drawRule(page, foot)
  const time = formatMoment(input.analysedAt, input.timeZone)
  const made = `${software.name} ${software.version}, model ${model.name} ${model.version}, ${time}. No numbers are given because they could not be trusted.`
  drawLine(page, made, textStyles.small, pageMargin, foot + 26)
  const rgb = readRgb(page.context.canvas)
  return { width: pageWidth, height, rgb, toPng: () => encodePng(rgb, pageWidth, height) }
}
