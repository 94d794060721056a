import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { pollUntil } from './poll-until.ts'
import { instancesPerResult, type Product, startProduct } from './product.ts'
import { reason, sampleFiles, whatIsMissing } from './sample-files.ts'
import { fillDisk, mountDisk, noDisk, relieveDisk, unmountDisk } from './small-disk.ts'

describe.skipIf(whatIsMissing !== '')(`trouble with the archive and with disks${reason}`, () => {
  let product: Product
  let serviceDisk: string | undefined
  let archiveDisk: string | undefined

  beforeAll(async () => {
    serviceDisk = mountDisk('size=4m')
    archiveDisk = mountDisk('size=128m')
    product = await startProduct({
      start: false,
      environment: {
        SWEEP_SECONDS: '1',
        MAX_ATTEMPTS: '100',
        // Here the disk is to be full, not nearly full.
        MIN_FREE_DISK_MB: '0',
        ...(serviceDisk === undefined ? {} : { DATA_DIR: join(serviceDisk, 'data') }),
      },
      orthanc:
        archiveDisk === undefined ? {} : { configuration: { StorageDirectory: archiveDisk } },
    })
  })
  afterEach(() => {
    product.archiveProxy.reset()
    relieveDisk(serviceDisk)
    relieveDisk(archiveDisk)
  })
  afterAll(async () => {
    await product?.stop()
    unmountDisk(serviceDisk)
    unmountDisk(archiveDisk)
  })

  it('with a wrong password the service starts, is not ready, and keeps its jobs', async () => {
    await product.service.start({ ORTHANC_PASSWORD: 'wrong' })
    const ready = await product.service.request('/health/ready')
    expect(ready.status).toBe(503)
    const { checks, ...problem } = (await ready.json()) as {
      code: string
      detail: string
      checks: { name: string; ok: boolean }[]
    }
    expect(problem.code).toBe('ARCHIVE_UNAUTHORIZED')
    expect(problem.detail).toMatch(/Check ORTHANC_USER and ORTHANC_PASSWORD/)
    expect(checks.filter(({ ok }) => !ok).map(({ name }) => name)).toEqual(['archive'])

    const studyId = await product.upload(sampleFiles('wrong password'))
    const waiting = await product.waitForJob(
      studyId,
      ({ state, error }) => state === 'queued' && error !== undefined,
      'an attempt that failed',
    )
    // An outage spends none.
    expect(waiting.attempts).toBe(0)
    expect(waiting.error).toMatchObject({ code: 'ARCHIVE_UNAUTHORIZED', retryable: true })
    await product.service.halt()
    await product.service.start({ ORTHANC_PASSWORD: product.orthanc.password })
    expect((await product.service.request('/health/ready')).status).toBe(200)
    expect((await product.waitForVerdict(studyId)).state).toBe('succeeded')
  })

  /** Uploads a study; a disk fills up between the arrival of its images and our upload. */
  async function fillBeforeStore(disk: string, seed: string): Promise<string> {
    let isFull = false
    product.archiveProxy.decide(({ method, path }) => {
      if (method === 'POST' && path === '/instances' && !isFull) {
        fillDisk(disk)
        isFull = true
      }
      return 'pass'
    })
    return product.upload(sampleFiles(seed))
  }

  it('jobs wait while the disk of the archive is full', async ({ skip }) => {
    skip(archiveDisk === undefined, noDisk)
    const studyId = await fillBeforeStore(archiveDisk!, 'archive full')
    const waiting = await product.waitForJob(
      studyId,
      ({ state, error }) => state === 'queued' && error !== undefined,
      'a failed store',
    )
    expect(waiting.error).toMatchObject({ code: 'ARCHIVE_FULL', stage: 'store', retryable: true })
    relieveDisk(archiveDisk)
    expect((await product.waitForVerdict(studyId)).state).toBe('succeeded')
    expect(await product.reportsOf(studyId)).toHaveLength(instancesPerResult)
  })

  it('a disk of the service that fills up during a job affects neither job nor API', async ({
    skip,
  }) => {
    skip(serviceDisk === undefined, noDisk)
    const before = product.service.readLog().length
    const studyId = await fillBeforeStore(serviceDisk!, 'service full during job')
    await pollUntil('the full disk to be noticed', async () =>
      product.service.readLog().slice(before).includes('DISK_FULL'),
    )
    const states = (await product.jobsOf(studyId)).map(({ state }) => state)
    // On a busy machine the upload takes so long that Orthanc announces the study twice.
    expect(states.filter((state) => state !== 'queued')).toEqual(['running'])
    relieveDisk(serviceDisk)
    const job = await product.waitForVerdict(studyId)
    expect(job.state).toBe('succeeded')
    expect((await product.readPage(job.id)).length).toBeGreaterThan(10_000)
    expect(await product.reportsOf(studyId)).toHaveLength(instancesPerResult)
  })

  it("a full disk of the service is reported to Orthanc's hook, and the study is analysed later", async ({
    skip,
  }) => {
    skip(serviceDisk === undefined, noDisk)
    fillDisk(serviceDisk!)
    const studyId = await product.upload(sampleFiles('service full'))
    await pollUntil('the hook to fail', async () =>
      (await product.readTrace(studyId)).startsWith('failed the service refused'),
    )
    const answer = await product.service.request('/api/v1/stable-studies', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${product.hookToken}`,
      },
      body: JSON.stringify({ orthancStudyId: studyId, studyInstanceUid: '1.2.3' }),
    })
    expect(answer.status).toBe(503)
    expect(await answer.json()).toMatchObject({ code: 'DISK_FULL', retryable: true })
    expect(await product.jobsOf(studyId)).toEqual([])
    relieveDisk(serviceDisk)
    const job = await product.waitForVerdict(studyId)
    expect(job).toMatchObject({ state: 'succeeded', trigger: 'sweep' })
    expect(await product.reportsOf(studyId)).toHaveLength(instancesPerResult)
  })
})
