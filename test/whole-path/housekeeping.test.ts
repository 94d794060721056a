import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCommand } from '../commands/run-command.ts'
import { pollUntil } from './poll-until.ts'
import { instancesPerResult, type Product, startProduct } from './product.ts'
import { reason, sampleFiles, whatIsMissing } from './sample-files.ts'

describe.skipIf(whatIsMissing !== '')(`a service that is kept in order${reason}`, () => {
  let product: Product
  let measured: string

  beforeAll(async () => {
    product = await startProduct({ environment: { SWEEP_SECONDS: '1', MIN_FREE_DISK_MB: '0' } })
  })
  afterAll(() => product?.stop())

  it('shows a page from the archive once its own copy is gone, and reports if neither exists', async () => {
    measured = await product.upload(sampleFiles('a page'))
    const job = await product.waitForVerdict(measured)
    const page = await product.readPage(job.id)
    rmSync(join(product.service.dataFolder, 'reports', `${job.id}.png`))
    const fetched = await product.readPage(job.id)
    const size = (png: Buffer) => png.subarray(16, 24).toString('hex')
    expect(size(fetched)).toBe(size(page))
    const { stored } = (await product.readOutcome(job.id)).result!
    for (const { orthancInstanceId } of stored) {
      await product.orthanc.request(`/instances/${orthancInstanceId}`, { method: 'DELETE' })
    }
    const gone = await product.service.request(`/api/v1/jobs/${job.id}/report.png`)
    expect(gone.status).toBe(404)
    expect(await gone.json()).toMatchObject({ code: 'NOT_FOUND' })
  }, 300_000)

  it('is backed up while running, and continues from the backup', async () => {
    const { dataFolder } = product.service
    const folder = join(dataFolder, '..', 'backup')
    const run = (...words: string[]) => runCommand(...words, '--data', dataFolder)
    const before = await product.upload(sampleFiles('before the backup'))
    await product.waitForVerdict(before)
    const made = await run('backup', folder)
    expect(made).toMatchObject({ exitCode: 0 })
    expect(readdirSync(folder)).toContain('backup.json')

    const after = await product.upload(sampleFiles('after the backup'))
    const lost = await product.waitForVerdict(after)
    const refused = await run('restore', folder)
    expect(refused.exitCode).toBe(1)
    expect(refused.stderr).toContain('Stop every service')
    expect((await product.jobsOf(after)).map(({ id }) => id)).toContain(lost.id)

    await product.service.halt()
    expect(await run('restore', folder)).toMatchObject({ exitCode: 0 })
    await product.service.start()
    expect((await product.jobsOf(before)).some(({ state }) => state === 'succeeded')).toBe(true)
    // The sweep finds what the backup does not know, and its results where they are.
    const found = await product.waitForVerdict(after)
    expect(found.id).not.toBe(lost.id)
    expect(found).toMatchObject({ state: 'succeeded', runNumber: 0 })
    expect(await product.reportsOf(after)).toHaveLength(instancesPerResult)
  }, 300_000)

  it('starts no job while its disk is nearly full, accepts notifications, and catches up later', async () => {
    await product.service.halt()
    await product.service.start({ MIN_FREE_DISK_MB: String(2 ** 30) })
    const ready = await pollUntil('the model to be loaded', async () => {
      const answer = await product.service.request('/health/ready')
      const body = (await answer.json()) as { checks: { name: string; ok: boolean }[] }
      return body.checks.find(({ name }) => name === 'model')?.ok && { status: answer.status, body }
    })
    expect(ready.status).toBe(503)
    expect(ready.body).toMatchObject({ code: 'DISK_LOW', retryable: true })
    const studyId = await product.upload(sampleFiles('little room'))
    const job = await product.waitForJob(studyId, () => true, 'the announced study')
    expect(await pollUntil('the trace of the hook', () => product.readTrace(studyId))).toMatch(
      /^sent /,
    )
    await new Promise((resolve) => setTimeout(resolve, 3_000))
    expect(await product.jobsOf(studyId)).toMatchObject([
      { id: job.id, state: 'queued', attempts: 0 },
    ])
    await product.service.halt()
    await product.service.start({ MIN_FREE_DISK_MB: '0' })
    expect((await product.waitForVerdict(studyId)).state).toBe('succeeded')
    expect(await product.reportsOf(studyId)).toHaveLength(instancesPerResult)
  }, 300_000)
})
