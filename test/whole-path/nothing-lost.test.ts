import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { seededRandom } from '../../tools/seeded-random.ts'
import { isLongRun } from '../support/long-test.ts'
import { instancesPerResult, type Product, startProduct } from './product.ts'
import { reason, sampleFiles, whatIsMissing } from './sample-files.ts'

describe.skipIf(whatIsMissing !== '')(`on a bad day nothing is lost or doubled${reason}`, () => {
  let product: Product
  let measured: string

  async function expectOneResult(studyId: string): Promise<void> {
    const jobs = await product.waitForRest(studyId)
    expect(jobs.filter(({ state }) => state === 'succeeded')).toHaveLength(1)
    expect(await product.reportsOf(studyId)).toHaveLength(instancesPerResult)
  }

  beforeAll(async () => {
    product = await startProduct({ environment: { SWEEP_SECONDS: '1', MAX_ATTEMPTS: '50' } })
  })
  afterEach(() => {
    product.archiveProxy.reset()
    product.hookProxy.reset()
  })
  afterAll(() => product?.stop())

  const moments = [
    [1, 'segmentation and structured report'],
    [3, 'page and details'],
    [5, 'the last page and the record'],
    [2, 'structured report and page'],
    [4, 'details and slices'],
  ] as const
  it.each(isLongRun ? moments : moments.slice(0, 3))(
    'a service killed after upload %i, between %s, completes its result and repeats nothing',
    async (uploads) => {
      const killed = Promise.withResolvers<void>()
      let answered = 0
      product.archiveProxy.onAnswer(async ({ method, path }) => {
        if (method !== 'POST' || path !== '/instances') return
        answered += 1
        if (answered !== uploads) return
        await product.service.kill()
        killed.resolve()
      })
      const studyId = await product.upload(sampleFiles(`killed after upload ${uploads}`))
      await killed.promise
      const before = await product.reportsOf(studyId)
      expect(before).toHaveLength(uploads)
      const describeStored = (id: string) =>
        Promise.all(
          ['attachments/dicom/md5', 'metadata/ReceptionDate', 'metadata/Origin'].map(async (part) =>
            (await product.orthanc.request(`/instances/${id}/${part}`)).text(),
          ),
        )
      const known = await Promise.all(before.map(describeStored))
      await product.service.start()
      const job = await product.waitForVerdict(studyId)
      expect(job).toMatchObject({ state: 'succeeded', attempts: 2, runNumber: 0 })
      await expectOneResult(studyId)
      expect(await Promise.all(before.map(describeStored))).toEqual(known)
      const { stored } = (await product.readOutcome(job.id)).result!
      expect(stored.map(({ orthancInstanceId }) => orthancInstanceId)).toEqual(
        expect.arrayContaining([...before]),
      )
      measured = studyId
    },
  )

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
    const before = await product.reportsOf(measured)
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
    expect((await product.reportsOf(measured)).toSorted()).toEqual(before.toSorted())
  })
})
