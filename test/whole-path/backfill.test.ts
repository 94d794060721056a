import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { seededRandom } from '../../tools/seeded-random.ts'
import { readCsv } from '../research/read-csv.ts'
import { isLongRun } from '../support/long-test.ts'
import type { Fate } from './passing-proxy.ts'
import { pollUntil } from './poll-until.ts'
import { instancesPerResult, type Product, startProduct } from './product.ts'
import { reason, sampleFiles, whatIsMissing } from './sample-files.ts'

interface BackfillView {
  readonly id: string
  readonly state: string
  readonly found: number
  readonly ended: number
  readonly enqueued: number
  readonly total?: number
}

const post = (body?: object) => ({
  method: 'POST',
  ...(body && {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }),
})

describe.skipIf(whatIsMissing !== '')(`the past of an archive${reason}`, () => {
  let product: Product
  const past: string[] = []

  beforeAll(async () => {
    product = await startProduct({
      environment: {
        SWEEP_SECONDS: '0',
        MAX_ATTEMPTS: '50',
        BACKFILL_AHEAD: '3',
        PSEUDONYM_SECRET: 'a secret of the site',
      },
    })
    // These studies were there before the service was: nobody announces them.
    product.hookProxy.decide(() => 'cut')
    for (let number = 0; number < 4; number++) {
      past.push(await product.upload(sampleFiles(`past ${number}`)))
    }
    await waitForStable(past)
  }, 300_000)
  afterEach(() => product.archiveProxy.reset())
  afterAll(() => product?.stop())

  /** A study that is still growing is passed over by a backfill. */
  const waitForStable = (studies: readonly string[]) =>
    pollUntil('the studies to be stable', async () => {
      const states = await Promise.all(
        studies.map(async (id) => (await product.orthanc.request(`/studies/${id}`)).json()),
      )
      return states.every((study) => (study as { IsStable: boolean }).IsStable)
    })
  const start = (body: object) =>
    product.service.json<BackfillView>('/api/v1/backfills', post(body))
  const find = (id: string) => product.service.json<BackfillView>(`/api/v1/backfills/${id}`)

  it('is analysed once, whatever happens to service and archive', async () => {
    expect((await product.rerun(past[0]!)).state).toBe('succeeded')
    const random = seededRandom(11)
    const { id } = await start({ query: {}, ratePerMinute: 600 })
    // Slow, half, broken, or not there at all, one request in six.
    product.archiveProxy.decide(async (): Promise<Fate> => {
      const chance = random()
      if (chance < 0.05) return { status: 500, body: '{"OrthancStatus": 1}' }
      if (chance < 0.1) return { status: 200, body: '[{"0020000D": {"Value": ["1.2' }
      if (chance < 0.13) return 'cut'
      if (chance < 0.17) await sleep(400)
      return 'pass'
    })
    for (let round = 0; round < (isLongRun ? 3 : 1); round++) {
      await sleep(700 + random() * 1_500)
      await (round === 1 ? product.service.halt() : product.service.kill())
      await product.service.start()
    }
    await product.orthanc.restart()
    product.archiveProxy.reset()
    const finished = await pollUntil(
      'the backfill to finish',
      async () => {
        const backfill = await find(id).catch(() => undefined)
        return backfill?.state === 'finished' && backfill
      },
      { seconds: 150, tell: () => product.service.readLog().slice(-3_000) },
    )
    expect(finished).toMatchObject({ found: 4, total: 4, ended: 4, enqueued: 3 })
    for (const studyId of past) {
      const jobs = await product.jobsOf(studyId)
      expect(jobs.map(({ state }) => state)).toEqual(['succeeded'])
      expect(await product.reportsOf(studyId)).toHaveLength(instancesPerResult)
    }
    expect((await product.jobsOf(past[0]!))[0]?.trigger).toBe('request')
    expect((await product.jobsOf(past[3]!))[0]?.trigger).toBe('backfill')
  }, 300_000)

  it('needs nothing the second time', async () => {
    const { id } = await start({ query: {}, ratePerMinute: 600 })
    const finished = await pollUntil('the backfill to finish', async () => {
      const backfill = await find(id)
      return backfill.state === 'finished' && backfill
    })
    expect(finished).toMatchObject({ found: 4, ended: 4, enqueued: 0 })
  }, 300_000)

  it('gives a table for research', async () => {
    const answer = await product.service.request('/api/v1/results.csv')
    const rows = readCsv(await answer.text())
    expect(rows).toHaveLength(past.length)
    for (const row of rows) {
      expect(row).toMatchObject({ state: 'succeeded', kind: 'crop' })
      expect(row.patient_id).not.toBe('')
      expect(row.study_date).toMatch(/^\d{4}-\d\d-\d\d$/)
      const total = Number(row.left_total_mm3 || row.right_total_mm3 || row.unknown_total_mm3)
      expect(total).toBeGreaterThan(500)
    }
    const codes = await product.service.request(
      '/api/v1/results.csv',
      post({ query: {}, pseudonymous: true }),
    )
    const coded = readCsv(await codes.text())
    expect(coded).toHaveLength(past.length)
    expect(coded[0]?.patient_id).toMatch(/^[0-9a-f]{20}$/)
  })

  it('waits behind what is new', async () => {
    const images = /^\/dicom-web\/studies\/[^?]/
    const released = Promise.withResolvers<void>()
    const held = Promise.withResolvers<void>()
    product.archiveProxy.decide(async ({ path }): Promise<Fate> => {
      if (images.test(path)) {
        held.resolve()
        await released.promise
      }
      return 'pass'
    })
    const older = await Promise.all([1, 2].map((n) => product.upload(sampleFiles(`older ${n}`))))
    await waitForStable(older)
    await start({ query: {}, ratePerMinute: 6000 })
    await held.promise
    await pollUntil('the second to wait', async () => {
      const jobs = await Promise.all(older.map((study) => product.jobsOf(study)))
      return jobs.flat().length === 2
    })
    product.hookProxy.reset()
    const fresh = await product.upload(sampleFiles('new study'))
    await product.waitForJob(fresh, ({ state }) => state === 'queued')
    released.resolve()
    await product.waitForVerdict(fresh)
    const states = await Promise.all(
      older.map(async (study) => (await product.jobsOf(study))[0]!.state),
    )
    expect(states.toSorted()).not.toEqual(['succeeded', 'succeeded'])
    for (const study of older) expect((await product.waitForVerdict(study)).state).toBe('succeeded')
    product.hookProxy.decide(() => 'cut')
  }, 300_000)

  it('a service that is stopped in the middle of a job returns it unchanged', async () => {
    const images = /^\/dicom-web\/studies\/[^?]/
    const held = Promise.withResolvers<void>()
    product.archiveProxy.decide(async ({ path }): Promise<Fate> => {
      if (!images.test(path)) return 'pass'
      held.resolve()
      await sleep(60_000, undefined, { ref: false })
      return 'cut'
    })
    product.hookProxy.reset()
    const studyId = await product.upload(sampleFiles('handed back'))
    await held.promise
    await product.service.halt()
    expect(product.service.exitCode).toBe(0)
    const log = product.service.readLog().split('\n')
    const line = log.findLast((text) => text.includes('Job interrupted.'))!
    expect(JSON.parse(line)).toMatchObject({ kind: 'release' })
    product.archiveProxy.reset()
    const start = Date.now()
    await product.service.start()
    const job = await product.waitForVerdict(studyId)
    expect(job).toMatchObject({ state: 'succeeded', attempts: 1 })
    expect(Date.now() - start).toBeLessThan(40_000)
  }, 300_000)
})
