import { randomBytes } from 'node:crypto'
import type { ErrorRecord } from '../../src/errors.ts'
import type { AnalysisOutcome } from '../../src/outcome/outcome.ts'
import type { JobState } from '../../src/queue/job.ts'
import { wholeResult } from '../../tools/worst-day/whole-results.ts'
import {
  findFreePort,
  type OrthancOptions,
  type RunningOrthanc,
  startOrthanc,
} from '../support/orthanc.ts'
import { prepareService, type RunningService } from '../support/service.ts'
import { type PassingProxy, startPassingProxy } from './passing-proxy.ts'
import { pollUntil } from './poll-until.ts'

/** A job as the API shows it, as far as the tests look. */
export interface JobView {
  readonly id: string
  readonly state: JobState
  readonly trigger: string
  readonly force: boolean
  readonly runNumber: number
  readonly attempts: number
  readonly superseded: boolean
  readonly error?: ErrorRecord
  readonly links: Readonly<Record<string, string>>
}

/** Orthanc with the hook, the service, and a proxy on the way in each direction. */
export interface Product {
  readonly orthanc: RunningOrthanc
  readonly service: RunningService
  readonly hookToken: string
  /** Between the service and Orthanc. */
  readonly archiveProxy: PassingProxy
  /** Between Orthanc's hook and the service. */
  readonly hookProxy: PassingProxy
  /** Uploads files of one study; returns its Orthanc id. */
  upload(files: readonly Uint8Array[]): Promise<string>
  /** Jobs of a study, newest first. */
  jobsOf(studyId: string): Promise<readonly JobView[]>
  /** The newest job of a study that fits, once there is one. */
  waitForJob(studyId: string, isMeant: (job: JobView) => boolean, what?: string): Promise<JobView>
  /** The first final job of a study that did not end 'unchanged'. */
  waitForVerdict(studyId: string): Promise<JobView>
  /** Waits until a study has no job that waits or runs, and answers all of them. */
  waitForRest(studyId: string): Promise<readonly JobView[]>
  /** Asks for a re-run as a person would and waits for its end. */
  rerun(studyId: string, force?: boolean): Promise<JobView>
  readOutcome(jobId: string): Promise<AnalysisOutcome>
  readPage(jobId: string): Promise<Buffer>
  /** Orthanc ids of the instances this product stored in a study. */
  reportsOf(studyId: string): Promise<readonly string[]>
  readTrace(studyId: string): Promise<string>
  stop(): Promise<void>
}

/** Instances of one result: segmentation, structured report, pages. */
export const instancesPerResult = Object.values(wholeResult).reduce((sum, count) => sum + count)

export const isFinal = ({ state }: JobView) => state !== 'queued' && state !== 'running'

async function uploadAll(orthanc: RunningOrthanc, files: readonly Uint8Array[]): Promise<string> {
  const [first, ...others] = files
  const { studyId } = await orthanc.upload(first!)
  for (let start = 0; start < others.length; start += 8) {
    await Promise.all(others.slice(start, start + 8).map((file) => orthanc.upload(file)))
  }
  return studyId
}

/** Starts the whole product with fresh folders; `start: false` leaves the service to be started. */
export async function startProduct(
  options: { orthanc?: OrthancOptions; environment?: Record<string, string>; start?: boolean } = {},
): Promise<Product> {
  const hookToken = randomBytes(16).toString('hex')
  const port = await findFreePort()
  const hookProxy = await startPassingProxy(`http://127.0.0.1:${port}`)
  const orthanc = await startOrthanc({
    hookUrl: hookProxy.url,
    hookToken,
    ...options.orthanc,
    // A busy machine must not make the hook give up; that it does is tested with the hook.
    configuration: { HttpTimeout: 20, ...options.orthanc?.configuration },
  })
  const archiveProxy = await startPassingProxy(orthanc.url)
  const service = await prepareService({
    archive: { url: archiveProxy.url, user: orthanc.user, password: orthanc.password },
    port,
    environment: { HOOK_TOKEN: hookToken, ...options.environment },
  })

  const tell = () => service.readLog().slice(-3_000)
  const jobsOf: Product['jobsOf'] = async (studyId) => {
    const path = `/api/v1/jobs?limit=200&study=${studyId}`
    return (await service.json<{ jobs: JobView[] }>(path)).jobs
  }
  const waitForJob: Product['waitForJob'] = (studyId, isMeant, what = 'a job') =>
    pollUntil(what, async () => (await jobsOf(studyId).catch(() => []))?.find(isMeant), { tell })
  async function stop(): Promise<void> {
    await service.stop()
    await orthanc.stop()
    await Promise.all([archiveProxy.stop(), hookProxy.stop()])
  }

  if (options.start !== false) {
    await service.start().catch(async (error) => {
      await stop()
      throw error
    })
  }
  return {
    orthanc,
    service,
    hookToken,
    archiveProxy,
    hookProxy,
    upload: (files) => uploadAll(orthanc, files),
    jobsOf,
    waitForJob,
    waitForVerdict: (studyId) =>
      waitForJob(studyId, (job) => isFinal(job) && job.state !== 'unchanged', 'a verdict'),
    waitForRest: (studyId) =>
      pollUntil(
        'the study to come to rest',
        async () => {
          const jobs = await jobsOf(studyId)
          return jobs.length > 0 && jobs.every(isFinal) && jobs
        },
        { tell },
      ),
    async rerun(studyId, force = false) {
      const { id } = await service.json<JobView>(`/api/v1/studies/${studyId}/runs`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ force }),
      })
      return waitForJob(studyId, (job) => job.id === id && isFinal(job), 'the re-run')
    },
    async readOutcome(jobId) {
      const path = `/api/v1/jobs/${jobId}/results`
      return (await service.json<{ outcome: AnalysisOutcome }>(path)).outcome
    },
    async readPage(jobId) {
      const answer = await service.request(`/api/v1/jobs/${jobId}/report.png`)
      if (!answer.ok) throw new Error(`No page: ${answer.status} ${await answer.text()}`)
      return Buffer.from(await answer.arrayBuffer())
    },
    async reportsOf(studyId) {
      const answer = await orthanc.request(`/studies/${studyId}/series?expand`)
      const series = (await answer.json()) as {
        MainDicomTags: Record<string, string>
        Instances: string[]
      }[]
      return series
        .filter(({ MainDicomTags }) => MainDicomTags.Manufacturer === 'HippoVolume')
        .flatMap(({ Instances }) => Instances)
    },
    async readTrace(studyId) {
      const answer = await orthanc.request(`/studies/${studyId}/metadata/HippoHook`)
      return answer.ok ? answer.text() : ''
    },
    stop,
  }
}
