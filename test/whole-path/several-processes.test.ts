import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { isLongRun, longTest } from '../support/long-test.ts'
import { type RunningPostgres, startPostgres, whyNoPostgres } from '../support/postgres.ts'
import { prepareService, type RunningService } from '../support/service.ts'
import type { Fate } from './passing-proxy.ts'
import { pollUntil } from './poll-until.ts'
import { instancesPerResult, isFinal, type JobView, type Product, startProduct } from './product.ts'
import { sampleFiles, whatIsMissing } from './sample-files.ts'

const missing = [whatIsMissing, whyNoPostgres() === undefined ? '' : 'postgresql']
  .filter(Boolean)
  .join(' and ')
const reason = missing === '' ? '' : ` (skipped: ${missing} not installed)`

const imagesOfStudy = /^\/dicom-web\/studies\//

describe.skipIf(missing !== '')(
  `two processes on one PostgreSQL${reason}`,
  { timeout: 120_000 },
  () => {
    let postgres: RunningPostgres
    let product: Product
    let other: RunningService

    beforeAll(async () => {
      postgres = await startPostgres()
      const environment = { DATABASE_URL: postgres.url, SWEEP_SECONDS: '1' }
      product = await startProduct({ environment })
      const { url } = product.archiveProxy
      const { user, password } = product.orthanc
      other = await prepareService({
        archive: { url, user, password },
        environment: { ...environment, HOOK_TOKEN: product.hookToken },
      })
      await other.start()
    })
    afterEach(() => {
      product.archiveProxy.reset()
      product.hookProxy.reset()
    })
    afterAll(async () => {
      await other?.stop()
      await product?.stop()
      await postgres?.stop()
    })

    /** Holds requests for images until released; `held` resolves when the first one came. */
    function hold() {
      const held = Promise.withResolvers<void>()
      const released = Promise.withResolvers<void>()
      product.archiveProxy.decide(async (request): Promise<Fate> => {
        if (imagesOfStudy.test(request.path)) {
          held.resolve()
          await released.promise
        }
        return 'pass'
      })
      return { held: held.promise, release: () => released.resolve() }
    }
    const isReady = async (service: RunningService) =>
      (await service.request('/health/ready').catch(() => undefined))?.ok
    /** Which of the two works on the only job that runs, by their logs. */
    const claims = (service: RunningService, jobId: string) =>
      service
        .readLog()
        .split('\n')
        .filter((line) => line.includes(jobId) && /Job claimed/.test(line)).length

    it('measure every study once, and each shows pages made by the other', async () => {
      const studies: string[] = []
      for (let index = 0; index < 4; index += 1) {
        studies.push(await product.upload(sampleFiles(`shared ${index}`)))
      }
      for (const studyId of studies) {
        const { id, state } = await product.waitForVerdict(studyId)
        expect(state).toBe('succeeded')
        expect(await product.reportsOf(studyId)).toHaveLength(instancesPerResult)
        const pages = await Promise.all(
          [product.service, other].map((service) =>
            service.request(`/api/v1/jobs/${id}/report.png`),
          ),
        )
        for (const page of pages) {
          expect(page.status).toBe(200)
          expect(page.headers.get('content-type')).toBe('image/png')
          expect((await page.arrayBuffer()).byteLength).toBeGreaterThan(10_000)
        }
      }
    })

    longTest('make one job of a flood of hooks for one study, whichever is told', async () => {
      const studyId = await product.upload(sampleFiles('flood of hooks'))
      await product.waitForVerdict(studyId)
      const [done] = await product.waitForRest(studyId)
      const { held, release } = hold()
      const busy = await Promise.all([0, 1].map((i) => product.upload(sampleFiles(`busy ${i}`))))
      await held
      const body = JSON.stringify({ orthancStudyId: studyId, studyInstanceUid: '1.2.3' })
      const answers = await Promise.all(
        Array.from({ length: 200 }, (_, index) =>
          (index % 2 ? other : product.service).request('/api/v1/stable-studies', {
            method: 'POST',
            headers: {
              'content-type': 'application/json',
              authorization: `Bearer ${product.hookToken}`,
            },
            body,
          }),
        ),
      )
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]))
      release()
      for (const id of busy) await product.waitForVerdict(id)
      const jobs = await product.waitForRest(studyId)
      const later = jobs.filter(({ id }) => id !== done?.id)
      // One that waited, and at most one behind it when it was taken while the hooks still came.
      expect(later.length).toBeGreaterThan(0)
      expect(later.length).toBeLessThanOrEqual(2)
      expect(later.every(({ state }) => state === 'unchanged')).toBe(true)
    })

    it('pass a job on when one stops: the other continues it immediately', async () => {
      const { held, release } = hold()
      const studyId = await product.upload(sampleFiles('handed over'))
      await held
      const { id } = await product.waitForJob(studyId, ({ state }) => state === 'running')
      const isOther = claims(other, id) > 0
      const [first, second] = isOther ? [other, product.service] : [product.service, other]
      await first.halt()
      release()
      const job = await pollUntil('the other to end it', async () => {
        const view = await second.json<JobView>(`/api/v1/jobs/${id}`)
        return isFinal(view) && view
      })
      // The attempt that was broken off by the stop does not count.
      expect(job).toMatchObject({ state: 'succeeded', attempts: 1 })
      expect(claims(second, id)).toBe(1)
      expect(await product.reportsOf(studyId)).toHaveLength(instancesPerResult)
      await first.start()
    })

    it('claim the job of one that was killed', async () => {
      const { held, release } = hold()
      const studyId = await product.upload(sampleFiles('killed'))
      await held
      const { id } = await product.waitForJob(studyId, ({ state }) => state === 'running')
      const isOther = claims(other, id) > 0
      const [first, second] = isOther ? [other, product.service] : [product.service, other]
      await first.kill()
      release()
      const job = await pollUntil('the other to end it', async () => {
        const view = await second.json<JobView>(`/api/v1/jobs/${id}`)
        return isFinal(view) && view
      })
      expect(job).toMatchObject({ state: 'succeeded', attempts: 2 })
      expect(await product.reportsOf(studyId)).toHaveLength(instancesPerResult)
      await first.start()
    })

    const absences = [
      ['is restarted', 0] as const,
      ['is away for longer than a lease', 4_000] as const,
    ]
    it.each(isLongRun ? absences : absences.slice(0, 1))(
      'lose nothing when PostgreSQL %s while they work',
      async (what, milliseconds) => {
        const { held, release } = hold()
        const working = await product.upload(sampleFiles(`working, ${what}`))
        await held
        await product.waitForJob(working, ({ state }) => state === 'running')
        await postgres.kill()
        const missed = await product.upload(sampleFiles(`missed, ${what}`))
        expect(await isReady(product.service)).toBe(false)
        const asked = await product.service.request('/api/v1/jobs')
        expect(asked.status).toBe(503)
        expect(await asked.json()).toMatchObject({ code: 'QUEUE_UNAVAILABLE' })
        await new Promise((resolve) => setTimeout(resolve, milliseconds))
        release()
        await postgres.start()
        for (const studyId of [working, missed]) {
          expect((await product.waitForVerdict(studyId)).state).toBe('succeeded')
          await product.waitForRest(studyId)
          expect(await product.reportsOf(studyId)).toHaveLength(instancesPerResult)
        }
        await pollUntil(
          'both to be ready',
          async () => (await isReady(product.service)) && (await isReady(other)),
        )
        expect(product.service.exitCode).toBeNull()
        expect(other.exitCode).toBeNull()
      },
    )

    longTest('wait for a PostgreSQL that starts after them', async () => {
      await other.halt()
      await postgres.halt()
      const starting = other.start()
      await pollUntil('a first try', async () => /cannot be reached yet/.test(other.readLog()))
      await postgres.start()
      await starting
      expect(await pollUntil('readiness', () => isReady(other))).toBe(true)
      expect(other.readLog()).not.toContain(new URL(postgres.url).password)
      expect(product.service.readLog()).not.toContain(new URL(postgres.url).password)
    })

    it('report a wrong account in DATABASE_URL immediately', async () => {
      await other.halt()
      const environment = { DATABASE_URL: postgres.url.replace(/:[^:@/]+@/, ':wrong-password@') }
      await expect(other.start(environment)).rejects.toThrow(/password authentication failed/)
      await other.start({ DATABASE_URL: postgres.url })
    })
  },
)
