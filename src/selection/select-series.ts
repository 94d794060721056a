import { hasAgreedName, type Judgement, judgeSeries } from './judge-series.ts'
import { listAdvantages, type RankedHead, rankHeads } from './rank-heads.ts'
import type { Candidate, SelectionRules, SeriesChoice, SeriesVerdict } from './series-choice.ts'
import type { SeriesFacts } from './series-facts.ts'
import { countImages, readValues } from './series-values.ts'
import type { VerdictReason } from './verdict-reason.ts'

interface Judged extends Judgement {
  readonly facts: SeriesFacts
}

/** Minimum number of single-image series that count as one split series. */
const tornApart = 10

function verdict(facts: SeriesFacts, reason: VerdictReason, sentence: string): SeriesVerdict {
  const { seriesInstanceUid, seriesNumber, seriesDescription, modality, instances } = facts
  return {
    seriesInstanceUid,
    seriesNumber,
    seriesDescription,
    modality,
    instanceCount: instances.length,
    chosen: reason === 'CHOSEN',
    reason,
    sentence,
  }
}

const nameSeries = ({ seriesNumber, seriesInstanceUid }: SeriesFacts) =>
  seriesNumber === undefined ? seriesInstanceUid : `number ${seriesNumber}`

function refuse(message: string): SeriesChoice['refusal'] {
  return {
    code: 'NO_MEASURABLE_SERIES',
    message: `The study has no series that can be measured: ${message}`,
  }
}

/** Why none is selected, for a study without a whole head, too. */
function explainNone(judged: readonly Judged[], { seriesDescription }: SelectionRules): string {
  const candidates = judged.filter(({ facts }) => !facts.isOwnResult).length
  const single = judged.filter(({ facts }) => !facts.isOwnResult && countImages(facts) === 1)
  if (single.length >= tornApart && single.length * 2 > candidates) {
    return `${single.length} of its images each have their own SeriesInstanceUID, as some anonymization programs write; the images of one acquisition must share one.`
  }
  if (candidates === 0) return 'it contains no source images.'
  return candidates === 1
    ? `its only series is neither described as "${seriesDescription}" nor a whole head to measure.`
    : `none of its ${candidates} series is described as "${seriesDescription}" or is a whole head to measure.`
}

/** The choice among series with the agreed name, if there are any: exactly one must be suitable. */
function chooseCrop(judged: readonly Judged[], rules: SelectionRules): SeriesChoice {
  const agreed = `"${rules.seriesDescription}"`
  const named = judged.filter(({ facts }) => hasAgreedName(facts, rules) && !facts.isOwnResult)
  const suitable = named.flatMap(({ facts, objection }) => (objection ? [] : [facts]))
  const chosen = suitable.length === 1 ? suitable[0] : undefined
  const verdicts = judged.map(({ facts, objection }) => {
    if (objection !== undefined) return verdict(facts, objection.reason, objection.sentence)
    if (!hasAgreedName(facts, rules)) {
      return verdict(
        facts,
        'NAME_NOT_AGREED',
        `Its description is not the agreed ${agreed}, which another series of the study has.`,
      )
    }
    return facts === chosen
      ? verdict(
          facts,
          'CHOSEN',
          `It is the only usable series with the agreed description ${agreed} (${countImages(facts)} MR images).`,
        )
      : verdict(
          facts,
          'AMBIGUOUS',
          `It is one of ${suitable.length} series with the agreed description ${agreed}.`,
        )
  })
  if (chosen !== undefined) {
    const { warnings } = judged.find(({ facts }) => facts === chosen)!
    const candidates: Candidate[] = [{ facts: chosen, kind: 'crop', warnings }]
    return { verdicts, candidates, chosen, kind: 'crop', refusal: undefined }
  }
  const refusal: SeriesChoice['refusal'] =
    suitable.length > 1
      ? {
          code: 'AMBIGUOUS_SERIES',
          message: `The study has ${suitable.length} series described as ${agreed} (${suitable.map(nameSeries).join(', ')}), and nothing indicates which one to measure. Keep one of them.`,
        }
      : refuse(
          named
            .map(
              ({ facts, objection }) =>
                `${agreed} (${nameSeries(facts)}) is not usable: ${objection?.sentence}`,
            )
            .join(' '),
        )
  return { verdicts, candidates: [], chosen: undefined, kind: undefined, refusal }
}

function praise(best: RankedHead, others: readonly RankedHead[]): string {
  const { images, voxelSizes } = readValues(best.facts)
  const sizes = `${images} images, voxels of ${voxelSizes} mm`
  const [next] = others
  if (next === undefined) return `It is the only T1-weighted whole head (${sizes}).`
  const advantages = listAdvantages(best, next)
  const why =
    advantages.length > 0
      ? advantages.slice(0, 2).join(' and ')
      : `of equally good ones, such as series ${nameSeries(next.facts)}, the latest is used`
  return `It is the best of ${others.length + 1} T1-weighted whole heads (${sizes}): ${why}.`
}

function passOver(best: RankedHead, head: RankedHead, { doubtSentence }: Judgement): string {
  if (head.doubt > best.doubt) {
    return `Series ${nameSeries(best.facts)} is preferred, which has no such doubt: ${doubtSentence}`
  }
  const advantages = listAdvantages(best, head)
  return advantages.length > 0
    ? `Series ${nameSeries(best.facts)} is preferred: ${advantages.slice(0, 2).join(' and ')}.`
    : `Series ${nameSeries(best.facts)} is equally good but later and therefore preferred.`
}

/** The choice in a study without the agreed name: the best whole head. */
function chooseHead(judged: readonly Judged[], rules: SelectionRules): SeriesChoice {
  const suitable = judged.filter(({ objection }) => objection === undefined)
  const ranked = rankHeads(suitable, rules)
  const [best, ...others] = ranked
  const verdicts = judged.map((one) => {
    const { facts, objection, warnings } = one
    if (objection !== undefined) return verdict(facts, objection.reason, objection.sentence)
    if (facts === best?.facts) {
      const told = [praise(best, others), ...warnings.map(({ sentence }) => sentence)]
      return verdict(facts, 'CHOSEN', told.join(' '))
    }
    const head = others.find((other) => other.facts === facts)
    return verdict(facts, 'NOT_BEST', best && head ? passOver(best, head, one) : '')
  })
  const candidates = ranked.map(({ facts }): Candidate => {
    const { warnings } = suitable.find((one) => one.facts === facts)!
    return { facts, kind: 'head', warnings }
  })
  return best === undefined
    ? {
        verdicts,
        candidates,
        chosen: undefined,
        kind: undefined,
        refusal: refuse(explainNone(judged, rules)),
      }
    : { verdicts, candidates, chosen: best.facts, kind: 'head', refusal: undefined }
}

/**
 * The whole head of a study that also has series with the agreed name, and the verdicts on those.
 */
function chooseHeadBeside(judged: readonly Judged[], rules: SelectionRules): SeriesChoice {
  const isNamed = ({ facts }: Judged) => hasAgreedName(facts, rules) && !facts.isOwnResult
  const head = chooseHead(
    judged.filter((one) => !isNamed(one)),
    rules,
  )
  const rest = [...head.verdicts]
  const verdicts = judged.map((one) => {
    if (!isNamed(one)) return rest.shift()!
    const { facts, objection } = one
    return objection === undefined
      ? verdict(facts, 'HEAD_PREFERRED', 'It is a crop; a whole head of the study is preferred.')
      : verdict(facts, objection.reason, objection.sentence)
  })
  return { ...head, verdicts }
}

/**
 * Chooses the series to measure: the one with the agreed SeriesDescription and without objections,
 * or, in a study without that name, the best T1-weighted whole head; if the rules prefer heads, the
 * best head of any study that has one. Every series gets a verdict and a sentence; without a choice
 * there is a refusal (NO_MEASURABLE_SERIES or AMBIGUOUS_SERIES). The order of the series has no
 * influence. Pure; never throws.
 */
export function selectSeries(series: readonly SeriesFacts[], rules: SelectionRules): SeriesChoice {
  const judged = series.map((facts) => ({ facts, ...judgeSeries(facts, rules) }))
  const hasCrop = series.some((facts) => hasAgreedName(facts, rules) && !facts.isOwnResult)
  if (!hasCrop) return chooseHead(judged, rules)
  const head = rules.preferred === 'head' ? chooseHeadBeside(judged, rules) : undefined
  return head?.chosen === undefined ? chooseCrop(judged, rules) : head
}
