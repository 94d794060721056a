import type { Archive } from '../archive/archive.ts'
import type { Job } from '../queue/job.ts'
import type { StoredResult } from './outcome.ts'
import type { TimeStep } from './time-steps.ts'

/** One encoded instance on its way into the archive. */
export interface ResultInstance {
  readonly role: StoredResult['role']
  readonly sopClassUid: string
  readonly sopInstanceUid: string
  readonly seriesInstanceUid: string
  readonly bytes: Uint8Array
}

/**
 * Uploads results in the given order and reads each back; one that is already stored counts as uploaded.
 * Asks first whether the study is still there: an upload into a deleted study would bring it back with
 * nothing but our results in it (STUDY_NOT_FOUND).
 */
export async function storeResults(
  archive: Archive,
  job: Pick<Job, 'orthancStudyId'>,
  instances: readonly ResultInstance[],
  step: TimeStep,
  signal: AbortSignal,
): Promise<StoredResult[]> {
  const stored = await step('store', async () => {
    await archive.findStudy(job.orthancStudyId, { signal })
    const stored = []
    for (const instance of instances) {
      const { orthancInstanceId } = await archive.storeInstance(instance.bytes, { signal })
      stored.push({ instance, orthancInstanceId })
    }
    return stored
  })
  await step('verify', async () => {
    for (const { instance, orthancInstanceId } of stored) {
      await archive.verifyInstance(orthancInstanceId, instance.bytes, { signal })
    }
  })
  return stored.map(({ instance, orthancInstanceId }) => ({
    role: instance.role,
    sopClassUid: instance.sopClassUid,
    sopInstanceUid: instance.sopInstanceUid,
    seriesInstanceUid: instance.seriesInstanceUid,
    orthancInstanceId,
  }))
}
