import type { Job } from '../queue/job.ts'
import type { SeriesFacts } from '../selection/series-facts.ts'
import { decideResult, type ResultDecision } from './decide-result.ts'
import { parseWithinBudget, requireListed } from './read-listed.ts'
import type { ChosenStudy } from './study-core.ts'
import type { StudyRun } from './study-run.ts'
import type { Turn } from './try-candidates.ts'

type Decided<Kind> = Extract<ResultDecision, { readonly kind: Kind }>

/** A candidate with its files and the result to make of it, or the result that is still current. */
export type PreparedCandidate =
  | Decided<'unchanged'>
  | ({ readonly kind: 'make'; readonly study: ChosenStudy } & Pick<
      Decided<'make'>,
      'replaces' | 'restores'
    >)

export interface CandidatePreparation {
  /** Fetches a candidate and decides whether a result is needed. */
  prepare(turn: Turn): Promise<PreparedCandidate>
  /** Frees the files that were fetched last. */
  release(): void
}

/** Prepares the candidates of a study; keeps the files of the series fetched last. */
export function createPreparation(
  run: StudyRun,
  succeededJobs: readonly Job[],
): CandidatePreparation {
  const { dependencies, core, job, context, step, series, patientId, recentJobs } = run
  const { archive, settings } = dependencies
  const { signal } = context
  const { studyInstanceUid } = job
  let fetched: { readonly of: SeriesFacts; readonly files: Uint8Array[] } | undefined

  async function fetchSeries(facts: SeriesFacts): Promise<Uint8Array[]> {
    // The page about a study that cannot be measured usually describes the series fetched last.
    if (fetched?.of === facts) return fetched.files
    const { seriesInstanceUid, instances } = facts
    const listed = { studyInstanceUid, seriesInstanceUid, instances }
    const limits = { maximumBytes: settings.maximumSeriesBytes, signal }
    const files = await step('fetch', () => archive.fetchSeries(listed, limits))
    requireListed(parseWithinBudget(files), { studyInstanceUid, series: facts, patientId })
    fetched = { of: facts, files }
    return files
  }

  return {
    async prepare(turn) {
      const { facts } = turn.candidate
      const files = await fetchSeries(facts)
      const { basis, decoded } = await core.identify(studyInstanceUid, facts, files, step, signal)
      const state = { series, succeededJobs, recentJobs }
      const decision = await decideResult(job, basis, state, archive, signal)
      if (decision.kind === 'unchanged') return decision
      const { identity, replaces, restores } = decision
      if (!restores && identity.runNumber > 0) await context.assignRunNumber(identity.runNumber)
      return { kind: 'make', study: { identity, series, turn, files, decoded }, replaces, restores }
    },
    release() {
      fetched = undefined
    },
  }
}
