import { HippoError } from '../errors.ts'
import type { SelectionRules, SeriesChoice } from '../selection/series-choice.ts'
import type { SeriesFacts } from '../selection/series-facts.ts'

function nameHead({ seriesNumber, seriesDescription, seriesInstanceUid }: SeriesFacts): string {
  const number = seriesNumber === undefined ? seriesInstanceUid : `number ${seriesNumber}`
  return seriesDescription ? `${number} ("${seriesDescription}")` : number
}

/**
 * The chosen series if it is one that can be measured: a crop. Throws the choice's refusal, or
 * WHOLE_HEAD_UNSUPPORTED naming the whole head that would be taken.
 */
export function requireCrop(choice: SeriesChoice, rules: SelectionRules): SeriesFacts {
  const { chosen, kind, refusal } = choice
  if (chosen === undefined) {
    throw new HippoError(
      refusal?.code ?? 'NO_MEASURABLE_SERIES',
      refusal?.message ?? 'The study has no series that can be measured.',
    )
  }
  if (kind === 'crop') return chosen
  throw new HippoError(
    'WHOLE_HEAD_UNSUPPORTED',
    `No series of the study is described as "${rules.seriesDescription}". Its best whole head is series ${nameHead(chosen)}, but whole heads cannot be measured yet.`,
    { details: { seriesInstanceUid: chosen.seriesInstanceUid } },
  )
}
