import { setTimeout as sleep } from 'node:timers/promises'
import type { ChangeOverTime } from '../../src/measurement/change-over-time.ts'
import type { HippocampusVolumes } from '../../src/measurement/hippocampus-volumes.ts'
import type { AnalysisOutcome } from '../../src/outcome/outcome.ts'
import type { RunningOrthanc } from '../../test/support/orthanc.ts'
import type { RunningService } from '../../test/support/service.ts'

export interface Measured {
  readonly jobId: string
  readonly volumes: readonly HippocampusVolumes[]
  readonly history: ChangeOverTime
  /** From the end of the upload to the result. */
  readonly milliseconds: number
}

interface JobAnswer {
  readonly id: string
  readonly state: string
  readonly error?: { readonly message: string }
}

const patience = 1_800_000

/**
 * Sends a study to the archive and waits for the result of the service, triggered by the archive's
 * hook.
 */
export async function measureStudy(
  orthanc: RunningOrthanc,
  service: RunningService,
  files: readonly Uint8Array[],
): Promise<Measured> {
  let studyId = ''
  for (const file of files) studyId = (await orthanc.upload(file)).studyId
  const start = Date.now()
  while (Date.now() - start < patience) {
    const { jobs } = await service.json<{ jobs: JobAnswer[] }>(`/api/v1/jobs?study=${studyId}`)
    const failed = jobs.find(({ state }) => state === 'failed' || state === 'rejected')
    if (failed) throw new Error(`A study was not measured: ${failed.error?.message}`)
    const done = jobs.find(({ state }) => state === 'succeeded')
    if (done) {
      const milliseconds = Date.now() - start
      const path = `/api/v1/jobs/${done.id}/results`
      const { outcome } = await service.json<{ outcome: AnalysisOutcome }>(path)
      const { volumes, history } = outcome.result!
      return { jobId: done.id, volumes, history: history!, milliseconds }
    }
    await sleep(250)
  }
  throw new Error('A study had no result after half an hour.')
}
