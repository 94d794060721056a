import {
  contentWidth,
  countLines,
  drawLine,
  drawParagraph,
  drawRule,
  leadingOf,
  type Page,
  pageMargin,
  textStyles,
} from './page.ts'

const answerGap = 16
const besideAtMost = 2
const belowAtMost = 4

/**
 * A question of the reader and its answer as a sentence, in a column of the page. Returns the y
 * below.
 */
export function drawQuestion(
  page: Page,
  question: string,
  answer: string,
  top: number,
  left = pageMargin,
  width = contentWidth,
): number {
  drawRule(page, top, left, width)
  const baseline = top + 34
  const asked = drawLine(page, question, textStyles.question, left, baseline, width)
  const room = width - asked - answerGap
  const isBeside =
    countLines(page, answer, textStyles.answer, room, besideAtMost + 1) <= besideAtMost
  if (isBeside) {
    const end = drawParagraph(
      page,
      answer,
      textStyles.answer,
      left + asked + answerGap,
      baseline,
      room,
      besideAtMost,
    )
    return Math.max(end, baseline + leadingOf(textStyles.answer)) - 8
  }
  const below = baseline + leadingOf(textStyles.question)
  return drawParagraph(page, answer, textStyles.answer, left, below, width, belowAtMost) - 8
}
