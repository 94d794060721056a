import type { FastifyReply, FastifyRequest } from 'fastify'
import type { JobService } from '../queue/job-service.ts'
import { orthancIdPattern, uidPattern } from './schemas.ts'

/** The subject of a request, by validated identifiers. */
export interface Subject {
  readonly jobId?: string
  readonly orthancStudyId?: string
  readonly studyInstanceUid?: string
}

const orthancId = new RegExp(`^${orthancIdPattern}$`)
const uid = new RegExp(`^${uidPattern}$`)
const jobOfLocation = /^\/api\/v1\/jobs\/([\w-]{1,64})$/

function readStudy(...candidates: readonly unknown[]): Subject {
  const texts = candidates.filter((one): one is string => typeof one === 'string')
  const orthancStudyId = texts.find((text) => orthancId.test(text))
  const studyInstanceUid = texts.find((text) => text.length <= 64 && uid.test(text))
  return {
    ...(orthancStudyId === undefined ? {} : { orthancStudyId }),
    ...(studyInstanceUid === undefined ? {} : { studyInstanceUid }),
  }
}

/** The job that an address or an answer's Location names, and the study in address or body. */
export async function findSubject(
  request: FastifyRequest,
  reply: FastifyReply | undefined,
  jobs: Pick<JobService, 'find'>,
): Promise<Subject> {
  const { id } = (request.params ?? {}) as { id?: string }
  const body = (request.body ?? {}) as Record<string, unknown>
  const made = jobOfLocation.exec(String(reply?.getHeader('location')))?.[1]
  const isJob = request.routeOptions.url?.startsWith('/api/v1/jobs/:id') === true
  const jobId = made ?? (isJob ? id : undefined)
  const job = jobId === undefined ? undefined : await jobs.find(jobId)
  if (job === undefined) return readStudy(id, body.orthancStudyId, body.studyInstanceUid)
  const { orthancStudyId, studyInstanceUid } = job
  return { jobId: job.id, orthancStudyId, studyInstanceUid }
}
