import type { Archive } from '../archive/archive.ts'
import type { StudyIdentity } from '../dicom/study-identity.ts'
import { outcomeOf } from '../outcome/outcome.ts'
import type { Job } from '../queue/job.ts'

/**
 * The patient of a job's result, read from the structured report in the archive, because jobs store
 * no patient IDs or names. Undefined if the archive no longer has it; throws like the archive.
 */
export async function readIdentity(
  archive: Pick<Archive, 'readInstance'>,
  job: Job,
  signal?: AbortSignal,
): Promise<StudyIdentity | undefined> {
  const stored = outcomeOf(job)?.result?.stored ?? []
  const document = stored.find(({ role }) => role === 'measurements')
  if (document === undefined) return undefined
  const file = await archive.readInstance(document.orthancInstanceId, { signal })
  if (file === undefined) return undefined
  // Only when it is needed: what reads DICOM takes much of the memory of this process.
  const { parsePart10 } = await import('../dicom/part10.ts')
  const { readStudyIdentity } = await import('../dicom/study-identity.ts')
  return readStudyIdentity(parsePart10(file))
}
