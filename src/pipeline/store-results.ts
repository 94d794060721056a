import type { Archive } from '../archive/archive.ts'
import { parsePart10 } from '../dicom/part10.ts'
import { readString } from '../dicom/read-attributes.ts'
import { HippoError } from '../errors.ts'
import type { StoredResult } from '../outcome/outcome.ts'
import type { Job } from '../queue/job.ts'
import { ownManufacturer } from '../selection/own-result.ts'
import type { TimeStep } from '../telemetry/time-steps.ts'
import { hasCompressedPixels, isSameResult } from './same-result.ts'

/** One encoded instance to store. */
export interface ResultInstance {
  readonly role: StoredResult['role']
  readonly sopClassUid: string
  readonly sopInstanceUid: string
  readonly seriesInstanceUid: string
  readonly bytes: Uint8Array
}

/**
 * Whether an existing instance is our own earlier copy under the same UID. The UID implies the same
 * images, model, software and settings; differences are allowed in what a page says about the rest
 * of the study, which may have grown between two attempts, and in what page and report say about a
 * predecessor whose record was lost. A segmentation contains neither: a different one has other
 * voxels than those just measured and must not accompany their numbers.
 */
async function isEarlierCopy(
  archive: Archive,
  orthancInstanceId: string,
  { role, sopInstanceUid }: ResultInstance,
  signal: AbortSignal,
): Promise<boolean> {
  if (role === 'segmentation') return false
  const bytes = await archive.readInstance(orthancInstanceId, { signal, stage: 'verify' })
  if (bytes === undefined) return false
  const archived = parsePart10(bytes)
  return (
    archived.sopInstanceUid === sopInstanceUid &&
    readString(archived.dataset, 'Manufacturer') === ownManufacturer
  )
}

/**
 * Whether the archive has the same result in another encoding or with other attributes: an archive
 * that transcodes, or rewrites attributes by its own rules, never returns the same bytes.
 */
async function isKeptOtherwise(
  archive: Archive,
  orthancInstanceId: string,
  { bytes }: ResultInstance,
  signal: AbortSignal,
): Promise<boolean> {
  const options = { signal, stage: 'verify' } as const
  const kept = await archive.readInstance(orthancInstanceId, options)
  if (kept === undefined) return false
  const sent = parsePart10(bytes)
  const stored = parsePart10(kept)
  if (!hasCompressedPixels(stored)) return isSameResult(sent, stored)
  const unpacked = await archive.readUnpacked(orthancInstanceId, options)
  return unpacked !== undefined && isSameResult(sent, parsePart10(unpacked))
}

/**
 * Uploads results in the given order and reads each back; already stored instances count as
 * uploaded, so that an interrupted upload is completed and not repeated. First checks that the
 * study still exists: an upload into a deleted study would recreate it with only our results
 * (STUDY_NOT_FOUND).
 */
export async function storeResults(
  archive: Archive,
  job: Pick<Job, 'orthancStudyId'>,
  instances: readonly ResultInstance[],
  step: TimeStep,
  signal: AbortSignal,
): Promise<StoredResult[]> {
  const stored = await step('store', async () => {
    await archive.findStudy(job.orthancStudyId, { signal, stage: 'store' })
    const stored = []
    for (const instance of instances) {
      const answer = await archive.storeInstance(instance.bytes, { signal })
      stored.push({ instance, ...answer })
    }
    return stored
  })
  await step('verify', async () => {
    const verify = async ({ instance, orthancInstanceId, alreadyStored }: (typeof stored)[0]) => {
      try {
        await archive.verifyInstance(orthancInstanceId, instance.bytes, { signal })
      } catch (error) {
        const differs = error instanceof HippoError && error.code === 'VERIFY_MISMATCH'
        if (!differs) throw error
        const isSame = await isKeptOtherwise(archive, orthancInstanceId, instance, signal).catch(
          (thrown: unknown) => {
            signal.throwIfAborted()
            if (thrown instanceof HippoError && thrown.retryable) throw thrown
            return false // an unreadable instance counts as different
          },
        )
        if (isSame) return
        if (!alreadyStored) throw error
        if (!(await isEarlierCopy(archive, orthancInstanceId, instance, signal))) throw error
      }
    }
    const readings = stored.map(verify)
    // Let every read-back settle before rethrowing.
    await Promise.allSettled(readings)
    await Promise.all(readings)
  })
  return stored.map(({ instance, orthancInstanceId }) => ({
    role: instance.role,
    sopClassUid: instance.sopClassUid,
    sopInstanceUid: instance.sopInstanceUid,
    seriesInstanceUid: instance.seriesInstanceUid,
    orthancInstanceId,
  }))
}
