import { defaultSeriesRules } from './default-series-rules.ts'
import { fillSentence } from './fill-sentence.ts'
import { meetsCondition } from './meets-condition.ts'
import type { SelectionRules, SeriesWarning } from './series-choice.ts'
import type { SeriesFacts } from './series-facts.ts'
import type { SeriesRule, SeriesRules } from './series-rules.ts'
import { readValues } from './series-values.ts'
import type { VerdictReason } from './verdict-reason.ts'

/** Why a series is not measured. */
export interface Objection {
  readonly reason: Exclude<VerdictReason, 'CHOSEN' | 'AMBIGUOUS' | 'HEAD_PREFERRED'>
  readonly sentence: string
}

/** Objections to a series: a rejection, or doubts. */
export interface Judgement {
  readonly objection: Objection | undefined
  /** Sum of its doubts; 0 without doubts. */
  readonly doubt: number
  /** The sentence of the first doubt, for the verdicts on other series. */
  readonly doubtSentence: string | undefined
  readonly warnings: readonly SeriesWarning[]
}

/** SOP class families without images (PS3.4 B.5), by the prefix of their UID. */
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
  FID: 'a list of annotations',
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

const mrClass = /^1\.2\.840\.10008\.5\.1\.4\.1\.1\.4(\.[134])?$/

/** An MR object with the times of an MR sequence, even if its Modality is wrong. */
const isMrByItsClass = ({ sopClassUid, repetitionTime, echoTime }: SeriesFacts) =>
  mrClass.test(sopClassUid ?? '') && repetitionTime !== undefined && echoTime !== undefined

/** Fixed rules: our own results, objects without images, and modalities other than MR. */
function judgeNature(facts: SeriesFacts): Objection | undefined {
  if (facts.isOwnResult) {
    return { reason: 'OWN_RESULT', sentence: 'It is a result of this software.' }
  }
  const kind = nameNonImage(facts)
  if (kind !== undefined) {
    return { reason: 'NOT_IMAGE', sentence: `It is ${kind} and contains no images to measure.` }
  }
  const { modality } = facts
  if (modality === 'MR' || isMrByItsClass(facts)) return undefined
  return {
    reason: 'NOT_MR',
    sentence: modality
      ? `Its modality is ${modality}; only MR is measured.`
      : 'It does not state that it is MR.',
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
  return { ...series, limits, rules: series.rules.map((rule) => admitContrast(rule, rules)) }
}

/** Doubt of a contrast agent if a site allows such heads. */
const contrastDoubt = 0.5

function admitContrast(rule: SeriesRule, { contrastEnhanced }: SelectionRules): SeriesRule {
  if (contrastEnhanced !== 'measure' || rule.reason !== 'CONTRAST_AGENT') return rule
  const warning = `${rule.sentence} The model was trained on images without one.`
  return rule.doubt === undefined ? { ...rule, doubt: contrastDoubt, warning } : rule
}

/** Whether it is the agreed SeriesDescription, ignoring case and surrounding blanks. */
export function hasAgreedName(facts: SeriesFacts, rules: SelectionRules): boolean {
  const plain = (description: string) => description.trim().toLowerCase()
  return plain(facts.seriesDescription ?? '') === plain(rules.seriesDescription)
}

const refused = (objection: Objection): Judgement => ({
  objection,
  doubt: 0,
  doubtSentence: undefined,
  warnings: [],
})

/**
 * Objections to measuring a series: the first rule that rejects it, or doubts that add up to more
 * than `maximumDoubt`, or doubts with which it may be measured if nothing is better. A crop is
 * always computed from a whole head, so the agreed name overrides the rules for heads. Pure.
 */
export function judgeSeries(facts: SeriesFacts, rules: SelectionRules): Judgement {
  const nature = judgeNature(facts)
  if (nature !== undefined) return refused(nature)
  const inForce = rulesInForce(rules)
  const { limits } = inForce
  const isCrop = hasAgreedName(facts, rules)
  const values = readValues(facts)
  const objecting = inForce.rules.filter(
    ({ appliesTo, when }) =>
      (appliesTo === 'every' || !isCrop) && meetsCondition(when, values, inForce),
  )
  const tell = (sentence: string) => fillSentence(sentence, values, limits)
  const doubts = objecting.filter(({ doubt }) => doubt !== undefined)
  const doubt = doubts.reduce((sum, one) => sum + one.doubt!, 0)
  const refusing =
    objecting.find((one) => one.doubt === undefined) ??
    (doubt > (limits.maximumDoubt ?? 1) + 1e-9 ? doubts[0] : undefined)
  if (refusing !== undefined) {
    return refused({ reason: refusing.reason, sentence: tell(refusing.sentence) })
  }
  const [first] = doubts
  return {
    objection: undefined,
    doubt,
    doubtSentence: first && tell(first.sentence),
    warnings: doubts.flatMap(({ id, reason, warning }) =>
      warning === undefined ? [] : [{ rule: id, reason, sentence: tell(warning) }],
    ),
  }
}

/** Whether the shipped rules detect a contrast agent, regardless of a site's rules. */
export function saysContrastAgent(facts: SeriesFacts): boolean {
  const values = readValues(facts)
  return defaultSeriesRules.rules.some(
    ({ reason, doubt, when }) =>
      reason === 'CONTRAST_AGENT' &&
      doubt === undefined &&
      meetsCondition(when, values, defaultSeriesRules),
  )
}
