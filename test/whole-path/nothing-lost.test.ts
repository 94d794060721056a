import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { seededRandom } from '../../tools/seeded-random.ts'
import { type Product, startProduct } from './product.ts'
import { reason, sampleFiles, whatIsMissing } from './sample-files.ts'

describe.skipIf(whatIsMissing !== '')(`on a bad day nothing is lost or doubled${reason}`, () => {
  let product: Product
  let measured: string

  async function expectOneResult(studyId: string): Promise<void> {
    const jobs = await product.waitForRest(studyId)
    expect(jobs.filter(({ state }) => state === 'succeeded')).toHaveLength(1)
    expect(await product.reportsOf(studyId)).toHaveLength(1)
  }

  beforeAll(async () => {
    product = await startProduct({ environment: { SWEEP_SECONDS: '1', MAX_ATTEMPTS: '50' } })
  })
  afterEach(() => {
    product.archiveProxy.reset()
    product.hookProxy.reset()
  })
  afterAll(() => product?.stop())

  it('a service killed between upload and record finds its result already stored', async () => {
    const killed = Promise.withResolvers<void>()
    let kills = 0
    product.archiveProxy.onAnswer(async ({ method, path }) => {
      if (method !== 'POST' || path !== '/instances' || kills > 0) return
      kills += 1
      await product.service.kill()
      killed.resolve()
    })
    const studyId = await product.upload(sampleFiles('killed after upload'))
    await killed.promise
    const [report, ...more] = await product.reportsOf(studyId)
    expect(more).toEqual([])
    const revision = await product.orthanc.request(`/instances/${report}/attachments/dicom/md5`)
    await product.service.start()
    const job = await product.waitForVerdict(studyId)
    expect(job).toMatchObject({ state: 'succeeded', attempts: 2, runNumber: 0 })
    await expectOneResult(studyId)
    const after = await product.orthanc.request(`/instances/${report}/attachments/dicom/md5`)
    expect(await after.text()).toBe(await revision.text())
    measured = studyId
  })

  it('studies survive a service that is killed at random moments', async () => {
    const random = seededRandom(7)
    const studies = await Promise.all(
      [1, 2, 3].map((number) => product.upload(sampleFiles(`killed at random ${number}`))),
    )
    for (let round = 0; round < 3; round += 1) {
      await sleep(300 + random() * 1_500)
      await product.service.kill()
      await product.service.start()
    }
    for (const studyId of studies) {
      expect((await product.waitForVerdict(studyId)).state).toBe('succeeded')
      await expectOneResult(studyId)
    }
  })

  it('a study whose hook call was lost is found by the sweep', async () => {
    product.hookProxy.decide(() => 'cut')
    const studyId = await product.upload(sampleFiles('hook call lost'))
    const job = await product.waitForVerdict(studyId)
    expect(job).toMatchObject({ state: 'succeeded', trigger: 'sweep' })
    expect(await product.readTrace(studyId)).toMatch(/^(failed|pending)/)
    await expectOneResult(studyId)
  })

  it('a study that Orthanc forgot to announce because it restarted is found as well', async () => {
    const studyId = await product.upload(sampleFiles('orthanc restarted'))
    await product.orthanc.restart()
    expect((await product.waitForVerdict(studyId)).state).toBe('succeeded')
    await expectOneResult(studyId)
  })

  it('a queue that was deleted takes over the results in the archive', async () => {
    const [before] = await product.reportsOf(measured)
    const [job] = (await product.jobsOf(measured)).filter(({ state }) => state === 'succeeded')
    const known = (await product.readOutcome(job!.id)).result!
    await product.service.halt()
    for (const suffix of ['', '-wal', '-shm']) {
      rmSync(join(product.service.dataFolder, `queue.sqlite${suffix}`), { force: true })
    }
    await product.service.start()
    const again = await product.waitForVerdict(measured)
    expect(again).toMatchObject({ state: 'succeeded', trigger: 'sweep', runNumber: 0 })
    const { result } = await product.readOutcome(again.id)
    expect(result!.stored).toEqual(known.stored)
    expect(result!.analysedAt).toBe(known.analysedAt)
    expect(await product.reportsOf(measured)).toEqual([before])
  })
})
