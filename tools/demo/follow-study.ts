import { setTimeout as sleep } from 'node:timers/promises'
import type { AnalysisOutcome } from '../../src/outcome/outcome.ts'

/** A job as shown by GET /api/v1/jobs; only the members that the demo reads. */
export interface JobAnswer {
  readonly id: string
  readonly state: string
  readonly studyInstanceUid: string
  readonly orthancStudyId: string
  readonly createdAt: string
  readonly analysisStartedAt?: string
  readonly finishedAt?: string
  readonly attempts: number
  readonly error?: { readonly code: string; readonly message: string }
  readonly timings: readonly { readonly stage: string; readonly milliseconds: number }[]
}

export interface FollowedStudy {
  readonly job: JobAnswer
  readonly outcome: AnalysisOutcome | undefined
}

type Get = (path: string) => Promise<Response>

const finalStates = ['succeeded', 'unchanged', 'rejected', 'failed', 'cancelled']

async function readJson<T>(get: Get, path: string): Promise<T> {
  const answer = await get(path)
  if (!answer.ok) throw new Error(`${path} returned ${answer.status}: ${await answer.text()}`)
  return (await answer.json()) as T
}

/**
 * Orthanc does not report images that it already has: wait this long for a job before assuming
 * that.
 */
const newsWithin = 15_000

/**
 * Waits for the end of the study's first job created after `since`, and reports every change; for
 * an unchanged existing study, its last job. Throws a sentence if there is no job, or no end of it,
 * in time.
 */
export async function followStudy(options: {
  readonly get: Get
  readonly studyInstanceUid: string
  /** Epoch milliseconds. */
  readonly since: number
  readonly seconds: number
  readonly say: (line: string) => void
}): Promise<FollowedStudy> {
  const { get, studyInstanceUid, say } = options
  const startedAt = Date.now()
  const deadline = startedAt + options.seconds * 1000
  let told = ''
  while (Date.now() < deadline) {
    const { jobs } = await readJson<{ jobs: JobAnswer[] }>(get, '/api/v1/jobs?limit=100')
    const ofStudy = jobs
      .filter((one) => one.studyInstanceUid === studyInstanceUid)
      .sort((a, b) => Date.parse(a.createdAt) - Date.parse(b.createdAt))
    const isOld = Date.now() - startedAt > newsWithin
    const job =
      ofStudy.find((one) => Date.parse(one.createdAt) >= options.since) ??
      (isOld ? ofStudy.at(-1) : undefined)
    const news = job === undefined ? '' : describe(job)
    if (news !== told) say(news)
    told = news
    if (job !== undefined && finalStates.includes(job.state)) {
      const answer = await get(`/api/v1/jobs/${job.id}/results`)
      const results = answer.ok
        ? ((await answer.json()) as { outcome: AnalysisOutcome })
        : undefined
      return { job, outcome: results?.outcome }
    }
    await sleep(100)
  }
  throw new Error(
    told === ''
      ? `The service received no study ${studyInstanceUid} within ${options.seconds} s.`
      : `The job was not finished after ${options.seconds} s; its last state was: ${told}`,
  )
}

function describe(job: JobAnswer): string {
  const attempt = job.attempts > 1 ? `, attempt ${job.attempts}` : ''
  const reason = job.error === undefined ? '' : `: ${job.error.message}`
  return `job ${job.id} ${job.state}${attempt}${reason}`
}
