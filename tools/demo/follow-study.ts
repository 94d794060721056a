import { setTimeout as sleep } from 'node:timers/promises'
import type { AnalysisOutcome } from '../../src/outcome/outcome.ts'

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

/** Orthanc tells nobody of images that it already has: so long is waited for a job before that is believed. */
const newsWithin = 15_000

/**
 * Waits for the end of the study's first job that was made after `since`, and tells every change on
 * the way; of a study that was there before and is not new, its last job. Throws a sentence when there
 * is no job, or no end of it, in time.
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
      ? `The service heard of no study ${studyInstanceUid} within ${options.seconds} s.`
      : `The job was not done after ${options.seconds} s; the last news was: ${told}`,
  )
}

function describe(job: JobAnswer): string {
  const attempt = job.attempts > 1 ? `, attempt ${job.attempts}` : ''
  const reason = job.error === undefined ? '' : `: ${job.error.message}`
  return `job ${job.id} ${job.state}${attempt}${reason}`
}
