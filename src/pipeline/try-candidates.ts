import { type HippoError, toHippoError } from '../errors.ts'
import type { Candidate, SeriesChoice, SeriesVerdict } from '../selection/series-choice.ts'
import { isSeriesRejection } from './compose-rejection.ts'
import { requireSeries } from './require-series.ts'

/** One candidate's turn. */
export interface Turn {
  readonly candidate: Candidate
  /** Current verdicts on all series. */
  readonly verdicts: readonly SeriesVerdict[]
  /** Sentences on the candidates before it that could not be measured. */
  readonly passedOver: readonly string[]
}

/** Each takes as long as a study. */
const mostTurns = 3

const nameSeries = ({ facts }: Candidate) =>
  facts.seriesNumber === undefined ? facts.seriesInstanceUid : `number ${facts.seriesNumber}`

function markFailed(
  verdicts: readonly SeriesVerdict[],
  failed: Candidate,
  error: HippoError,
  next: Candidate | undefined,
): readonly SeriesVerdict[] {
  return verdicts.map((verdict) => {
    if (verdict.seriesInstanceUid === failed.facts.seriesInstanceUid) {
      const sentence = `It comes first but cannot be measured. ${error.message}`
      return { ...verdict, chosen: false, reason: 'NOT_MEASURABLE', sentence }
    }
    if (verdict.seriesInstanceUid !== next?.facts.seriesInstanceUid) return verdict
    const sentence = `It is the next best after series ${nameSeries(failed)}, which cannot be measured.`
    return { ...verdict, chosen: true, reason: 'CHOSEN', sentence }
  })
}

/**
 * Tries candidates, the best first, until one can be measured; if all fail, it throws the first
 * one's error after calling `onRejected` with that candidate and the verdicts on all. Errors
 * unrelated to the images (an archive that is down, an abort) end it immediately. Throws like
 * requireSeries and `attempt`.
 */
export async function tryCandidates<Result>(
  choice: SeriesChoice,
  attempt: (turn: Turn) => Promise<Result>,
  onRejected: (turn: Turn, error: HippoError) => Promise<void>,
  signal: AbortSignal,
): Promise<Result> {
  requireSeries(choice)
  const candidates = choice.candidates.slice(0, mostTurns)
  let { verdicts } = choice
  const failures: { readonly candidate: Candidate; readonly error: HippoError }[] = []
  for (const [index, candidate] of candidates.entries()) {
    const passedOver = failures.map(
      (failure) =>
        `Series ${nameSeries(failure.candidate)} comes before this one but cannot be measured: ${failure.error.message}`,
    )
    try {
      return await attempt({ candidate, verdicts, passedOver })
    } catch (thrown) {
      const error = toHippoError(thrown, 'measure')
      if (signal.aborted || !isSeriesRejection(error)) throw thrown
      failures.push({ candidate, error })
      const next = candidates[index + 1]
      if (candidates.length > 1) verdicts = markFailed(verdicts, candidate, error, next)
    }
  }
  const { candidate, error } = failures[0]!
  await onRejected({ candidate, verdicts, passedOver: [] }, error)
  throw error
}
