import { setTimeout as sleep } from 'node:timers/promises'
import type { AnalysisOutcome } from '../../src/pipeline/outcome.ts'

/** A job as GET /api/v1/jobs shows it; only what the demo reads. */
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
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`)
  return (await answer.json()) as T
}

/**
 * Waits for the end of the study's first job that was made after `since`, and tells every change on
 * the way. Throws a sentence when there is no job, or no end of it, in time.
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
  const deadline = Date.now() + options.seconds * 1000
  let told = ''
  while (Date.now() < deadline) {
    const { jobs } = await readJson<{ jobs: JobAnswer[] }>(get, '/api/v1/jobs?limit=100')
    const job = jobs
      .filter((one) => one.studyInstanceUid === studyInstanceUid)
      .filter((one) => Date.parse(one.createdAt) >= options.since)
      .sort((a, b) => Date.parse(a.createdAt) - Date.parse(b.createdAt))[0]
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
      ? `The service heard of no study ${studyInstanceUid} within ${options.seconds} s.`
      : `The job was not done after ${options.seconds} s; the last news was: ${told}`,
  )
}

function describe(job: JobAnswer): string {
  const attempt = job.attempts > 1 ? `, attempt ${job.attempts}` : ''
  const reason = job.error === undefined ? '' : `: ${job.error.message}`
  return `job ${job.id} ${job.state}${attempt}${reason}`
}
