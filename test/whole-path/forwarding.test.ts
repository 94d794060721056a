import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  onTestFinished,
} from 'vitest'
import type { ForwardedResult } from '../../src/outcome/outcome.ts'
import { startFhirReceiver } from '../support/fhir-receiver.ts'
import { startMllpListener } from '../support/mllp-listener.ts'
import { type RunningOrthanc, startOrthanc } from '../support/orthanc.ts'
import { isStorescpInstalled, prepareStorescp, type RunningStorescp } from '../support/storescp.ts'
import { pollUntil } from './poll-until.ts'
import { type JobView, type Product, startProduct } from './product.ts'
import { reason, sampleFiles, whatIsMissing } from './sample-files.ts'

/** Sends everything it gets back to where it came from, as some archives are told to. */
const sendBack = `function OnStoredInstance(id, tags, metadata, origin)
  if origin['RequestOrigin'] ~= 'RestApi' then SendToModality(id, 'back') end
end`

const isMissing = whatIsMissing !== '' || !isStorescpInstalled()

describe.skipIf(isMissing)(`results go on to other archives${reason}`, () => {
  let product: Product
  let second: RunningOrthanc
  let scp: RunningStorescp

  const putTarget = (path: string, body: unknown) =>
    product.orthanc.request(path, { method: 'PUT', body: JSON.stringify(body) })
  const forwardedOf = async (jobId: string) =>
    (await product.readOutcome(jobId)).forwarded ?? ([] as readonly ForwardedResult[])
  const statesOf = async (jobId: string) =>
    (await forwardedOf(jobId)).map(({ kind, target, state }) => `${kind} ${target} ${state}`)

  async function measure(seed: string): Promise<{ studyId: string; job: JobView }> {
    const studyId = await product.upload(sampleFiles(seed))
    return { studyId, job: await product.waitForVerdict(studyId) }
  }
  const waitForStates = (jobId: string, ...states: string[]) =>
    pollUntil(
      `${states}`,
      async () => (await statesOf(jobId).catch(() => [])).join() === states.join(),
      { tell: () => product.service.readLog().slice(-3_000) },
    )
  const allSent = ['modality second sent', 'modality scp sent', 'peer second sent']
  /** UIDs of a job's results that storescp has received, out of how many there are. */
  async function atScp(jobId: string): Promise<[number, number]> {
    const { stored } = (await product.readOutcome(jobId)).result!
    const names = [...scp.files().keys()]
    const there = stored.filter(({ sopInstanceUid }) =>
      names.some((name) => name.endsWith(`.${sopInstanceUid}`)),
    )
    return [there.length, stored.length]
  }

  beforeAll(async () => {
    scp = await prepareStorescp()
    second = await startOrthanc({ configuration: { DicomCheckCalledAet: false } })
    product = await startProduct({
      orthanc: { configuration: { DicomCheckCalledAet: false, OverwriteInstances: true } },
      environment: {
        FORWARD_MODALITIES: 'second, scp',
        FORWARD_PEERS: 'second',
        FORWARD_MAX_ATTEMPTS: '1000',
      },
    })
    const { orthanc } = product
    await second.request('/modalities/back', {
      method: 'PUT',
      body: JSON.stringify([orthanc.aet, '127.0.0.1', orthanc.dicomPort]),
    })
    await second.request('/tools/execute-script', { method: 'POST', body: sendBack })
    await putTarget('/modalities/second', [second.aet, '127.0.0.1', second.dicomPort])
    await putTarget('/modalities/scp', ['STORESCP', '127.0.0.1', scp.port])
    await putTarget('/peers/second', [second.url, second.user, second.password])
  })
  beforeEach(() => scp.start())
  afterEach(() => product.archiveProxy.reset())
  afterAll(async () => {
    await Promise.all([product?.stop(), second?.stop(), scp?.stop()])
  })

  it('as the same files, once each, and are not treated as new', async () => {
    const arrivals = scp.countArrivals()
    const { studyId, job } = await measure('forwarded')
    await waitForStates(job.id, ...allSent)
    const { stored } = (await product.readOutcome(job.id)).result!
    expect(scp.countArrivals() - arrivals).toBe(stored.length)
    expect(await atScp(job.id)).toEqual([stored.length, stored.length])
    for (const { orthancInstanceId } of stored) {
      const [there, here] = await Promise.all(
        [second, product.orthanc].map(async (archive) => {
          const answer = await archive.request(`/instances/${orthancInstanceId}/simplified-tags`)
          return answer.json()
        }),
      )
      expect(there).toEqual(here)
    }
    // The second archive has sent them back here, where they replaced themselves.
    await pollUntil('the way back', async () => {
      const [first] = stored
      const path = `/instances/${first!.orthancInstanceId}/metadata/RemoteAET`
      return (await product.orthanc.request(path)).ok
    })
    await product.waitForRest(studyId)
    const jobs = await product.jobsOf(studyId)
    expect(jobs.filter(({ state }) => state === 'succeeded')).toHaveLength(1)
    expect(await product.reportsOf(studyId)).toHaveLength(stored.length)
    expect(scp.countArrivals() - arrivals).toBe(stored.length)
  })

  it('later, where one target is down; the job has succeeded and the others have them', async () => {
    await scp.kill()
    const { job } = await measure('one target down')
    expect(job).toMatchObject({ state: 'succeeded', attempts: 1 })
    await waitForStates(job.id, 'modality second sent', 'modality scp pending', 'peer second sent')
    const pending = await pollUntil('a failed attempt', async () =>
      (await forwardedOf(job.id)).find(({ error }) => error),
    )
    expect(pending.error).toMatchObject({
      code: 'FORWARD_FAILED',
      stage: 'forward',
      retryable: true,
      message: expect.stringMatching(/scp did not accept the result.*(refused|in progress)/i),
    })
    const metrics = await (await product.service.request('/metrics')).text()
    expect(metrics).toMatch(/hippovolume_forwards_pending 1/)
    expect(metrics).toMatch(/hippovolume_forwards_total\{target="second",kind="peer",state="sent"/)
    await scp.start('--refuse')
    await new Promise((resolve) => setTimeout(resolve, 500))
    const arrivals = scp.countArrivals()
    await scp.start()
    await waitForStates(job.id, ...allSent)
    const [there, all] = await atScp(job.id)
    expect(there).toBe(all)
    expect(scp.countArrivals() - arrivals).toBe(all)
    expect((await forwardedOf(job.id)).every(({ error }) => error === undefined)).toBe(true)
  })

  it('completely, after a target that died in the middle is back', async () => {
    await scp.start('--sleep-during', '1')
    const arrivals = scp.countArrivals()
    const { job } = await measure('dies in the middle')
    await pollUntil('an instance on its way', async () => scp.countArrivals() > arrivals)
    await scp.start()
    await waitForStates(job.id, ...allSent)
    const [there, all] = await atScp(job.id)
    expect(there).toBe(all)
  })

  it('once, when the service dies between storing and forwarding', async () => {
    const killed = Promise.withResolvers<void>()
    product.archiveProxy.decide(async ({ method, path }) => {
      if (method !== 'POST' || !path.endsWith('/store')) return 'pass'
      await product.service.kill()
      killed.resolve()
      return 'cut'
    })
    const arrivals = scp.countArrivals()
    const studyId = await product.upload(sampleFiles('killed before sending on'))
    await killed.promise
    product.archiveProxy.reset()
    await product.service.start()
    const job = await product.waitForVerdict(studyId)
    expect(job).toMatchObject({ state: 'succeeded', attempts: 1 })
    await waitForStates(job.id, ...allSent)
    const [there, all] = await atScp(job.id)
    expect([there, scp.countArrivals() - arrivals]).toEqual([all, all])
    expect(await product.reportsOf(studyId)).toHaveLength(all)
  })

  it('once, when the service dies while Orthanc sends', async () => {
    await scp.start('--sleep-after', '2')
    const arrivals = scp.countArrivals()
    const { job } = await measure('killed while sending')
    await pollUntil('a transfer on record', async () =>
      (await forwardedOf(job.id)).find(({ target, underway }) => target === 'scp' && underway),
    )
    await product.service.kill()
    await product.service.start()
    await waitForStates(job.id, ...allSent)
    const [there, all] = await atScp(job.id)
    expect([there, scp.countArrivals() - arrivals]).toEqual([all, all])
  })

  it('on request, to a target that was unknown to the archive until then', async () => {
    await product.orthanc.request('/modalities/scp', { method: 'DELETE' })
    const { studyId, job } = await measure('unknown target')
    await waitForStates(job.id, 'modality second sent', 'modality scp failed', 'peer second sent')
    const failed = (await forwardedOf(job.id)).find(({ state }) => state === 'failed')
    expect(failed?.error).toMatchObject({
      code: 'FORWARD_TARGET_UNKNOWN',
      retryable: false,
      message: expect.stringContaining('no modality named scp'),
    })
    expect(await product.service.json(`/api/v1/jobs/${job.id}`)).toMatchObject({
      state: 'succeeded',
    })
    await putTarget('/modalities/scp', ['STORESCP', '127.0.0.1', scp.port])
    await product.waitForRest(studyId)
    const arrivals = scp.countArrivals()
    const again = await product.rerun(studyId)
    expect(again.state).toBe('unchanged')
    await waitForStates(job.id, ...allSent)
    expect(await statesOf(again.id)).toEqual(allSent)
    const [there, all] = await atScp(job.id)
    expect([there, scp.countArrivals() - arrivals]).toEqual([all, all])
  })

  it('as messages to a FHIR server and an HL7 receiver: one each, though the service is killed in between', async () => {
    const [fhir, hl7] = await Promise.all([startFhirReceiver(), startMllpListener()])
    onTestFinished(async () => {
      await Promise.all([fhir.stop(), hl7.stop()])
    })
    await product.service.kill()
    const changes = { FORWARD_MODALITIES: '', FORWARD_PEERS: '', SITE_TIME_ZONE: 'Europe/Berlin' }
    await product.service.start({ ...changes, FHIR_ENDPOINT: fhir.url, HL7_ENDPOINT: hl7.url })
    const killed = Promise.withResolvers<void>()
    // Both have the message by then, and nobody hears the HL7 receiver's answer.
    hl7.reply(async () => {
      hl7.reply(() => ({ code: 'AA' }))
      await pollUntil('the transaction', async () => fhir.countTransactions() > 0)
      await product.service.kill()
      killed.resolve()
      return { code: 'AA' }
    })
    const studyId = await product.upload(sampleFiles('told and killed'))
    await killed.promise
    await product.service.start()
    const job = await product.waitForVerdict(studyId)
    await waitForStates(
      job.id,
      `fhir ${new URL(fhir.url).host} sent`,
      `hl7 ${new URL(hl7.url).host} sent`,
    )
    expect([hl7.countArrivals(), hl7.filed.size]).toEqual([2, 1])
    expect(fhir.listResources('DiagnosticReport')).toHaveLength(1)
    const { result } = await product.readOutcome(job.id)
    const [whole] = fhir.listResources('Observation')
    expect(whole!.valueQuantity).toMatchObject({
      value: Number(result!.volumes[0]!.totalMm3.toFixed(1)),
    })
    expect(whole!.effectiveDateTime).toMatch(/T\d\d:\d\d:\d\d\+0[12]:00$/)
  })
})
