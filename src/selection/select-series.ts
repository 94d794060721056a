import { countImages, hasAgreedName, judgeSeries, type Objection } from './judge-series.ts'
import type { SelectionRules, SeriesChoice, SeriesVerdict, VerdictReason } from './series-choice.ts'
import type { SeriesFacts } from './series-facts.ts'

interface Judged {
  readonly facts: SeriesFacts
  readonly objection: Objection | undefined
}

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

function refuse(
  judged: readonly Judged[],
  suitable: readonly SeriesFacts[],
  rules: SelectionRules,
): SeriesChoice['refusal'] {
  const agreed = `"${rules.seriesDescription}"`
  if (suitable.length > 1) {
    return {
      code: 'AMBIGUOUS_SERIES',
      message: `The study has ${suitable.length} series described as ${agreed} (${suitable.map(nameSeries).join(', ')}), and nothing tells which one to measure. Keep one of them.`,
    }
  }
  const named = judged.filter(({ facts }) => hasAgreedName(facts, rules) && !facts.isOwnResult)
  const candidates = judged.filter(({ facts }) => !facts.isOwnResult).length
  const why =
    named.length > 0
      ? named
          .map(
            ({ facts, objection }) =>
              `${agreed} (${nameSeries(facts)}) is not usable: ${objection?.sentence}`,
          )
          .join(' ')
      : candidates === 0
        ? 'it holds no source images.'
        : candidates === 1
          ? `its only series is not described as ${agreed}.`
          : `none of its ${candidates} series is described as ${agreed}.`
  return {
    code: 'NO_MEASURABLE_SERIES',
    message: `The study has no series that can be measured: ${why}`,
  }
}

/**
 * Chooses the series to measure: the one with the agreed SeriesDescription that nothing else speaks
 * against. Every series gets a verdict and a sentence; without exactly one such series there is a
 * refusal (NO_MEASURABLE_SERIES or AMBIGUOUS_SERIES) instead of a choice. Pure; never throws.
 */
export function selectSeries(series: readonly SeriesFacts[], rules: SelectionRules): SeriesChoice {
  const judged = series.map((facts) => ({ facts, objection: judgeSeries(facts, rules) }))
  const suitable = judged.filter((j) => j.objection === undefined).map((j) => j.facts)
  const chosen = suitable.length === 1 ? suitable[0] : undefined
  const verdicts = judged.map(({ facts, objection }) => {
    if (objection !== undefined) return verdict(facts, objection.reason, objection.sentence)
    if (facts === chosen) {
      return verdict(
        facts,
        'CHOSEN',
        `It is the only usable series with the agreed description "${rules.seriesDescription}" (${countImages(facts)} MR images).`,
      )
    }
    return verdict(
      facts,
      'AMBIGUOUS',
      `It is one of ${suitable.length} series with the agreed description "${rules.seriesDescription}".`,
    )
  })
  return {
    verdicts,
    chosen,
    refusal: chosen === undefined ? refuse(judged, suitable, rules) : undefined,
  }
}
