import type { Archive } from '../archive/archive.ts'
import type { DescribedStudy } from '../archive/describe-studies.ts'
import type { JobService } from '../queue/job-service.ts'
import type { JobStore } from '../queue/job-store.ts'
import { matchesDescription, type StudyQuery } from './study-query.ts'

export type DescribingArchive = Pick<Archive, 'resolveStudies' | 'listSeriesDescriptions'>

/** The studies of a listed UID that match a query; none if it vanished or does not match. */
export async function findMatches(
  archive: DescribingArchive,
  query: StudyQuery,
  studyInstanceUid: string,
  signal?: AbortSignal,
): Promise<readonly DescribedStudy[]> {
  const matches: DescribedStudy[] = []
  for (const study of await archive.resolveStudies([studyInstanceUid], { signal })) {
    const { patientId = '', orthancStudyId } = study
    // Orthanc keeps a study of the same UID for each patient ID.
    if (query.patientIds && !query.patientIds.includes(patientId)) continue
    const isMeant =
      matchesDescription(query.descriptions, [study.studyDescription]) ||
      matchesDescription(
        query.descriptions,
        await archive.listSeriesDescriptions(orthancStudyId, { signal }),
      )
    if (isMeant) matches.push(study)
  }
  return matches
}

export type BackfillJobs = Pick<JobService, 'enqueue' | 'list'> & Pick<JobStore, 'currentResults'>

/**
 * Stores a job for a study unless it needs none: it has a current result or a queued or running
 * job, or it is still growing and Orthanc will report it. A job that this backfill stored before an
 * interruption is not stored twice.
 */
export async function enqueueStudy(
  jobs: BackfillJobs,
  backfillId: string,
  { orthancStudyId, studyInstanceUid, isStable }: DescribedStudy,
): Promise<{ kind: 'enqueued'; jobId: string } | { kind: 'passedOver' }> {
  const page = { orthancStudyId, limit: 1, offset: 0 }
  const findOwn = async () => (await jobs.list({ ...page, batch: backfillId })).jobs[0]
  const own = await findOwn()
  if (own !== undefined) return { kind: 'enqueued', jobId: own.id }
  const needsNone =
    !isStable ||
    (await jobs.currentResults(orthancStudyId)).length > 0 ||
    (await jobs.list({ ...page, states: ['queued', 'running'] })).total > 0
  if (needsNone) {
    // Another process driving this backfill may have stored it since the first check.
    const late = await findOwn()
    return late === undefined ? { kind: 'passedOver' } : { kind: 'enqueued', jobId: late.id }
  }
  const { job } = await jobs.enqueue({
    orthancStudyId,
    studyInstanceUid,
    trigger: 'backfill',
    force: false,
    batch: backfillId,
  })
  return job.batch === backfillId ? { kind: 'enqueued', jobId: job.id } : { kind: 'passedOver' }
}
