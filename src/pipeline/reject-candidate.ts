import type { HippoError } from '../errors.ts'
import { writeRefusal } from '../impression/write-impression.ts'
import type { QualityFinding } from '../measurement/quality-finding.ts'
import type { AnalysisOutcome, StoredResult } from '../outcome/outcome.ts'
import type { ComposedRejection } from './compose-rejection.ts'
import type { CandidatePreparation } from './prepare-candidate.ts'
import { storeResults } from './store-results.ts'
import type { StudyRun } from './study-run.ts'
import type { Turn } from './try-candidates.ts'

/**
 * Records why a study cannot be measured, and stores the page with the reason if a site wants it.
 */
export async function rejectCandidate(
  run: StudyRun,
  { prepare }: CandidatePreparation,
  turn: Turn,
  error: HippoError,
): Promise<void> {
  const { dependencies, core, job, context, step, studyFingerprint } = run
  const { facts, kind } = turn.candidate
  const { seriesInstanceUid } = facts
  const refusal = writeRefusal(dependencies.settings.language ?? 'en')
  let quality: readonly QualityFinding[] = []
  const recordRejection = (stored: readonly StoredResult[]) =>
    context.recordOutcome({
      verdicts: turn.verdicts,
      studyFingerprint,
      rejection: { seriesInstanceUid, kind, quality, stored, impression: refusal },
    } satisfies AnalysisOutcome)
  const listener = {
    onFindings(findings: readonly QualityFinding[]) {
      quality = findings
      recordRejection([])
    },
    async onPage({ instances, page }: ComposedRejection) {
      const { archive, keepReport } = dependencies
      recordRejection(await storeResults(archive, job, instances, step, context.signal))
      await keepReport(job.id, await page.toPng())
    },
  }
  const prepared = await prepare(turn)
  if (prepared.kind === 'make') await core.reject(prepared.study, error, listener, step)
}
