import { footerTop } from './draw-header.ts'
import { contentWidth, drawLine, drawRule, type Page, pageMargin, textStyles } from './page.ts'
import { texts } from './texts.ts'

const gap = 36

/** Top of the signature lines, pixels from the top of the page. */
export const signatureTop = footerTop - 74

/** Two empty lines for signatures: who checked the outlines, and the reader. */
export function drawSignature(page: Page): void {
  const width = (contentWidth - gap) / 2
  const { checkedBy, reader } = texts.signature
  for (const [index, what] of [checkedBy, reader].entries()) {
    const left = pageMargin + index * (width + gap)
    drawRule(page, signatureTop + 38, left, width)
    drawLine(page, what, textStyles.label, left, signatureTop + 60, width)
  }
}
