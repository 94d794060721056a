import type { Archive } from '../archive/archive.ts'
import { parsePart10 } from '../dicom/part10.ts'
import { readStudyIdentity, type StudyIdentity } from '../dicom/study-identity.ts'
import { outcomeOf } from '../outcome/outcome.ts'
import type { Job } from '../queue/job.ts'

/**
 * Whose result a job holds, read from the structured report in the archive, because jobs keep no patient
 * IDs or names. Undefined where the archive no longer holds it; throws as the archive does.
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
  return file && readStudyIdentity(parsePart10(file))
}
