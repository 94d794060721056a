import { drawObjections } from './draw-objections.ts'
import { drawQuestion } from './draw-question.ts'
import { judgeQuality } from './judge-quality.ts'
import type { Page } from './page.ts'
import type { ReportInput } from './report-input.ts'
import { texts } from './texts.ts'

/** Question 4: the verdict and every objection in plain words. Returns the y below. */
export function drawTrust(page: Page, input: ReportInput, top: number): number {
  const { verdict, objections, passed } = judgeQuality(input)
  const { trust, questions } = texts
  const answer =
    verdict === 'rejected'
      ? trust.rejected
      : verdict === 'warning'
        ? trust.warning(objections.length)
        : trust.measured(passed)
  const y = drawQuestion(page, questions.trust, answer, top)
  return drawObjections(page, objections, y + 6) + 6
}
