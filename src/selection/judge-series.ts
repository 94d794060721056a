import { defaultSeriesRules } from './default-series-rules.ts'
import { fillSentence } from './fill-sentence.ts'
import { meetsCondition } from './meets-condition.ts'
import type { SelectionRules } from './series-choice.ts'
import type { SeriesFacts } from './series-facts.ts'
import type { SeriesRules } from './series-rules.ts'
import { readValues } from './series-values.ts'
import type { VerdictReason } from './verdict-reason.ts'

/** Why a series is not measured. */
export interface Objection {
  readonly reason: Exclude<VerdictReason, 'CHOSEN' | 'AMBIGUOUS' | 'HEAD_PREFERRED'>
  readonly sentence: string
}

/** Families of SOP classes that hold no images (PS3.4 B.5), by the beginning of their UID. */
const nonImageClasses: readonly (readonly [string, string])[] = [
  ['1.2.840.10008.5.1.4.1.1.88.', 'a structured report'],
  ['1.2.840.10008.5.1.4.1.1.66.', 'a segmentation or registration'],
  ['1.2.840.10008.5.1.4.1.1.11.', 'a presentation state'],
  ['1.2.840.10008.5.1.4.1.1.104.', 'a document'],
  ['1.2.840.10008.5.1.4.1.1.9.', 'a waveform'],
  ['1.2.840.10008.5.1.4.1.1.481.', 'a radiotherapy object'],
]
const nonImageModalities: Readonly<Record<string, string>> = {
  SR: 'a structured report',
  SEG: 'a segmentation',
  PR: 'a presentation state',
  KO: 'a list of key images',
  DOC: 'a document',
  REG: 'a registration',
  FID: 'a list of marks',
  ANN: 'annotations',
  RTSTRUCT: 'a radiotherapy object',
  RTPLAN: 'a radiotherapy object',
  RTDOSE: 'a radiotherapy object',
  RAW: 'raw data',
  MRS: 'spectroscopy',
}
const rawDataClass = '1.2.840.10008.5.1.4.1.1.66'
const spectroscopyClass = '1.2.840.10008.5.1.4.1.1.4.2'

function nameNonImage({ sopClassUid, modality }: SeriesFacts): string | undefined {
  if (sopClassUid === rawDataClass) return 'raw data'
  if (sopClassUid === spectroscopyClass) return 'spectroscopy'
  const family = nonImageClasses.find(([prefix]) => sopClassUid?.startsWith(prefix))
  if (family !== undefined) return family[1]
  return Object.hasOwn(nonImageModalities, modality ?? '')
    ? nonImageModalities[modality ?? '']
    : undefined
}

/** What no site's rules can change: our own results, what holds no images, and what is not MR. */
function judgeNature(facts: SeriesFacts): Objection | undefined {
  if (facts.isOwnResult) {
    return { reason: 'OWN_RESULT', sentence: 'It is a result of this software.' }
  }
  const kind = nameNonImage(facts)
  if (kind !== undefined) {
    return { reason: 'NOT_IMAGE', sentence: `It is ${kind} and holds no images to measure.` }
  }
  const { modality } = facts
  if (modality === 'MR') return undefined
  return {
    reason: 'NOT_MR',
    sentence: modality
      ? `Its modality is ${modality}; only MR is measured.`
      : 'It does not say that it is MR.',
  }
}

/** The rules in force with the limits that are settings of their own. */
export function rulesInForce(rules: SelectionRules): SeriesRules {
  const series = rules.series ?? defaultSeriesRules
  const limits = {
    ...series.limits,
    maximumSliceSpacing: rules.maximumSliceSpacing,
    minimumImages: rules.minimumInstances,
  }
  return { ...series, limits }
}

/** True for the agreed SeriesDescription, whatever its case and surrounding blanks. */
export function hasAgreedName(facts: SeriesFacts, rules: SelectionRules): boolean {
  const plain = (description: string) => description.trim().toLowerCase()
  return plain(facts.seriesDescription ?? '') === plain(rules.seriesDescription)
}

/**
 * The first thing that speaks against measuring a series; undefined if nothing does. A crop is by
 * nature computed from a whole head, so that the agreed name outweighs the rules for heads. Pure.
 */
export function judgeSeries(facts: SeriesFacts, rules: SelectionRules): Objection | undefined {
  const nature = judgeNature(facts)
  if (nature !== undefined) return nature
  const { limits, rules: all } = rulesInForce(rules)
  const isCrop = hasAgreedName(facts, rules)
  const values = readValues(facts)
  const objecting = all.find(
    ({ appliesTo, when }) =>
      (appliesTo === 'every' || !isCrop) && meetsCondition(when, values, limits),
  )
  if (objecting === undefined) return undefined
  const { reason, sentence } = objecting
  return { reason, sentence: fillSentence(sentence, values, limits) }
}
