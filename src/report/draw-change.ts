import type { RateOfChange } from '../measurement/change-over-time.ts'
import { drawLongitudinal } from './draw-longitudinal.ts'
import { drawQuestion } from './draw-question.ts'
import { drawTimeCourse, nameStudy } from './draw-time-course.ts'
import { formatDate } from './format-facts.ts'
import { formatPercent, formatSigned } from './format-figures.ts'
import { judgeQuality } from './judge-quality.ts'
import { drawLine, drawParagraph, leadingOf, type Page, textStyles } from './page.ts'
import type { ReportInput } from './report-input.ts'
import { texts } from './texts.ts'

const plotHeight = 118

function describeRate({ side, percentPerYear, lower, upper }: RateOfChange): string {
  const name = side === 'both' ? texts.changed.both : texts.sides[side]
  const rate = formatPercent(percentPerYear)
  return `${name} ${rate} ${texts.changed.perYear} (${formatSigned(lower)} to ${formatSigned(upper)})`
}

/** Question 3: the comparison with earlier studies. Returns the y below. */
export function drawChange(
  page: Page,
  input: ReportInput,
  left: number,
  top: number,
  width: number,
): number {
  const { history } = input
  const { changed, questions } = texts
  const isWithheld = judgeQuality(input).verdict === 'rejected'
  const isFollowed = (history?.longitudinal?.sides.length ?? 0) > 0
  const said = isFollowed ? history?.longitudinal?.sentence : history?.sentence
  const answer = isWithheld ? texts.symmetric.withheld : (said ?? changed.none)
  let y = drawQuestion(page, questions.changed, answer, top, left, width)
  if (history === undefined || isWithheld || history.timePoints.length < 2) return y
  y = drawTimeCourse(page, history, left, y, width, plotHeight)
  const { longitudinal } = history
  if (longitudinal !== undefined) {
    y = drawLongitudinal(page, longitudinal, left, y + 10, width)
  }
  const rates = history.rates.map(describeRate)
  if (rates.length > 0) {
    const line = `${rates.join('; ')}; ${changed.interval}.`
    y = isFollowed
      ? drawParagraph(
          page,
          `${changed.longitudinal.alone} ${line}`,
          textStyles.note,
          left,
          y,
          width,
          3,
        )
      : drawParagraph(page, line, textStyles.noteStrong, left, y + 12, width, 2)
  }
  const odd = history.timePoints.filter(({ comparable }) => !comparable)
  const ageing = history.published[0]
  const notes = [
    ...(ageing && history.rates.length > 0
      ? [changed.expected(ageing.group, formatPercent(ageing.percentPerYear, 2), ageing.source)]
      : []),
    ...(odd.length > 0 ? [changed.hollow] : []),
  ]
  if (notes.length > 0) {
    y = drawParagraph(page, notes.join(' '), textStyles.note, left, y, width, 2)
  }
  for (const { studyDate, sentence, ...study } of odd.slice(0, 2)) {
    const years = 'yearsBefore' in study ? study.yearsBefore : 0
    const name = studyDate === '' ? nameStudy('', years) : formatDate(studyDate)
    const text = `${name}: ${sentence ?? changed.notComparable}`
    drawLine(page, text, textStyles.note, left, y, width)
    y += leadingOf(textStyles.note)
  }
  return y
}
