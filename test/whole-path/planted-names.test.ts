import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { writePhantomSeries } from '../support/phantom-dicom.ts'
import { pollUntil } from './poll-until.ts'
import { type Product, startProduct } from './product.ts'
import { reason, sampleFiles, whatIsMissing } from './sample-files.ts'

// Short, because messages of JSON.parse show some ten characters of what they could not read.
const family = 'Zyxquo'
const given = 'Vlwmpa'
const birthDate = '19470313'
const patient = {
  PatientName: `${family}^${given}`,
  PatientBirthDate: birthDate,
  OtherPatientNames: `${family}^Other`,
  PatientBirthName: `${family}^Birth`,
  PatientMotherBirthName: `${family}^Mother`,
  PatientAddress: `1 ${family} Road`,
}

/** How names and dates would look in a text: whole, in parts, in base64, or as ISO 8601. */
const traces = [
  family,
  given,
  birthDate,
  '1947-03-13',
  // Of the whole name: the few characters of one half turn up in compressed pages by chance.
  ...[0, 1, 2].map((shift) =>
    Buffer.from(`${'x'.repeat(shift)}${family}^${given}`)
      .toString('base64')
      .slice(shift === 0 ? 0 : 4, -4),
  ),
].map((text) => text.toLowerCase())

const findTraces = (text: string) => traces.filter((trace) => text.toLowerCase().includes(trace))

/** Every file below a folder, as text. */
function readFolder(folder: string): { name: string; text: string }[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => ({
      name,
      text: readFileSync(join(parentPath, name), 'latin1'),
    }))
}

describe.skipIf(whatIsMissing !== '')(`a patient's name and birth date${reason}`, () => {
  let product: Product

  beforeAll(async () => {
    const environment = { SWEEP_SECONDS: '1', MAX_ATTEMPTS: '2', LOG_LEVEL: 'trace' }
    product = await startProduct({ environment })
  })
  afterEach(() => product.archiveProxy.reset())
  afterAll(() => product?.stop())

  /** Has Orthanc write the patient into a study that can be measured; returns the new study. */
  async function plant(files: readonly Uint8Array[]): Promise<string> {
    const source = await product.upload(files)
    const answer = await product.orthanc.request(`/studies/${source}/modify`, {
      method: 'POST',
      body: JSON.stringify({
        Replace: patient,
        Force: true,
        KeepSource: true,
      }),
    })
    const { ID } = (await answer.json()) as { ID: string }
    const tags = await product.orthanc.request(`/studies/${ID}`)
    expect(await tags.text()).toContain(family)
    return ID
  }
  const phantom = (seed: string, attributes: Record<string, unknown> = {}) =>
    writePhantomSeries({ seed, attributes: { ...patient, ...attributes } })

  it('are in the measured study, and on no page of the log', async () => {
    const studyId = await plant(sampleFiles('planted'))
    const job = await product.waitForVerdict(studyId)
    expect(job.state).toBe('succeeded')
    for (const path of ['/results', '/fhir', '']) {
      const answer = await product.service.request(`/api/v1/jobs/${job.id}${path}`)
      expect(findTraces(await answer.text()), path).toEqual([])
    }
    await product.readPage(job.id)
    await product.rerun(studyId, true)
  })

  it('are on studies that are rejected', async () => {
    const odd = { PixelData: new ArrayBuffer(500) }
    for (const [seed, more] of Object.entries({ rejected: {}, unreadable: odd })) {
      const studyId = await product.upload(phantom(seed, more))
      expect((await product.waitForVerdict(studyId)).state, seed).toBe('rejected')
    }
  })

  it.each([
    ['an error that repeats them', { status: 500, body: `{"Message":"${patient.PatientName}"}` }],
    ['something that is no JSON', { status: 200, body: `${patient.PatientName} {{` }],
    ['JSON that breaks off behind them', { status: 200, body: `[{"00100010":"${family}` }],
    ['JSON of another form', { status: 200, body: JSON.stringify(patient) }],
    ['a list of another form', { status: 200, body: JSON.stringify([patient, patient]) }],
  ])('are in error responses of the archive: %s', async (name, fate) => {
    product.archiveProxy.decide(({ path }) => (path.includes('instances') ? fate : 'pass'))
    const studyId = await product.upload(phantom(name))
    const job = await product.waitForVerdict(studyId)
    expect(['failed', 'rejected']).toContain(job.state)
    expect(findTraces(JSON.stringify(job))).toEqual([])
  })

  it('are in responses of the archive to the sweep and to a person', async () => {
    const before = product.service.readLog().length
    const fate = { status: 200, body: `${patient.PatientName} {{` }
    product.archiveProxy.decide(() => fate)
    const path = '/api/v1/studies/1.2.3/runs'
    const answer = await product.service.request(path, { method: 'POST' })
    expect(answer.status).toBe(502)
    expect(findTraces(await answer.text())).toEqual([])
    await pollUntil('the sweep to fail', async () =>
      product.service.readLog().slice(before).includes('The sweep failed'),
    )
  })

  it('are on a study whose analysis crashes', async () => {
    let kill = () => {}
    const killed = new Promise<void>((resolve) => {
      kill = resolve
    })
    let isFirst = true
    product.archiveProxy.decide(async ({ path }) => {
      if (isFirst && path.includes('instances')) {
        isFirst = false
        const pid = String(product.service.pid)
        const folder = `/proc/${pid}/task/${pid}/children`
        for (const child of readFileSync(folder, 'utf8').trim().split(' ')) {
          process.kill(Number(child), 'SIGSEGV')
        }
        kill()
      }
      return 'pass' as const
    })
    const studyId = await product.upload(phantom('crashing'))
    await killed
    const job = await product.waitForVerdict(studyId)
    expect(job.state).toBe('rejected')
    expect(product.service.readLog()).toContain('The analysis process ended; it will be restarted.')
  })

  it('are in misplaced input of a caller', async () => {
    const { service, hookToken } = product
    const name = encodeURIComponent(patient.PatientName)
    const asked: [string, RequestInit][] = [
      [`/api/v1/jobs?study=${name}`, {}],
      [`/api/v1/jobs/${name}`, {}],
      [`/${name}`, {}],
      [`/api/v1/studies/${name}/runs`, { method: 'POST' }],
      [`/api/v1/jobs/${name}/cancel?x=${name}`, { method: 'POST', headers: { referer: name } }],
    ]
    for (const [path, init] of asked) expect((await service.request(path, init)).ok).toBe(false)
    for (const body of [
      JSON.stringify({ orthancStudyId: family, studyInstanceUid: birthDate }),
      `{"a":"${patient.PatientName}`,
      patient.PatientName,
    ]) {
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${hookToken}` }
      const init = { method: 'POST', headers, body }
      expect((await service.request('/api/v1/stable-studies', init)).status).toBe(400)
    }
  })

  it('are then in no log, no audit trail, no queue, and nothing else that is stored', async () => {
    const { service } = product
    await pollUntil('quiet', async () => {
      const { jobs } = await service.json<{ jobs: { state: string }[] }>('/api/v1/jobs?limit=200')
      return jobs.every(({ state }) => state !== 'queued' && state !== 'running')
    })
    await service.halt()
    const log = service.readLog()
    expect(log).toContain('"level":50')
    const files = readFolder(service.dataFolder)
    expect(files.map(({ name }) => name)).toContain('queue.sqlite')
    expect(files.some(({ text }) => text.includes('"what":"readReport"'))).toBe(true)
    const lines = log.split('\n').filter((line) => findTraces(line).length > 0)
    expect(lines).toEqual([])
    const kept = files.filter(({ text }) => findTraces(text).length > 0)
    expect(kept.map(({ name }) => name)).toEqual([])
  })
})
