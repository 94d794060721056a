import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeAcceptance } from '../../src/models/acceptance.ts'
import { readInstalledModel } from '../../src/models/installed-models.ts'
import type { ModelsView } from '../../src/models/model-service.ts'
import type { ComparisonTable } from '../../src/models/summarize-comparisons.ts'
import { software } from '../../src/software.ts'
import { shippedManifest } from '../../src/wiring/shipped-model.ts'
import { startCollector } from '../telemetry/collector.ts'
import { pollUntil } from './poll-until.ts'
import { type Product, startProduct } from './product.ts'
import { reason, sampleFiles, whatIsMissing } from './sample-files.ts'

const folder = mkdtempSync(join(tmpdir(), 'hippovolume-site-models-'))
const modelsFolder = join(folder, 'models')
const siteManifest = join(modelsFolder, 'site.json')
const command = join(import.meta.dirname, '../../bin/hippovolume.js')

/** The shipped model under a name of the site's: a comment at the end makes it another file that draws the same. */
function makeSiteModel(): void {
  mkdirSync(modelsFolder, { recursive: true })
  const { horn: _, ...manifest } = JSON.parse(readFileSync(shippedManifest, 'utf8'))
  const shipped = readFileSync(join(shippedManifest, '..', manifest.file))
  // Field 6 of ModelProto is its doc_string.
  const onnx = Buffer.concat([shipped, Buffer.from([0x32, 4]), Buffer.from('site')])
  const sha256 = createHash('sha256').update(onnx).digest('hex')
  writeFileSync(join(modelsFolder, 'site.onnx'), onnx)
  const site = { ...manifest, name: 'site-unet', version: '2.0.0', file: 'site.onnx', sha256 }
  writeFileSync(siteManifest, JSON.stringify(site))
}

async function acceptSiteModel(): Promise<void> {
  const model = await readInstalledModel(siteManifest, 'site')
  const { name, version, sha256 } = await readInstalledModel(shippedManifest, 'builtin')
  await writeAcceptance(siteManifest, {
    schemaVersion: 1,
    accepted: true,
    checkedAt: '2026-11-26T00:00:00.000Z',
    softwareVersion: software.version,
    model: { name: model.name, version: model.version, sha256: model.sha256 },
    manifestSha256: model.manifestSha256,
    shipped: { name, version, sha256 },
    casesSha256: 'a'.repeat(64),
    cases: 20,
    requirements: [],
    figures: {},
  })
}

describe.skipIf(whatIsMissing !== '')(`models over time${reason}`, () => {
  let product: Product
  let collector: Awaited<ReturnType<typeof startCollector>>

  beforeAll(async () => {
    makeSiteModel()
    collector = await startCollector()
    product = await startProduct({
      environment: { MODELS_DIR: modelsFolder, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url },
    })
  }, 90_000)
  afterAll(async () => {
    await product?.stop()
    await collector?.close()
    rmSync(folder, { recursive: true, force: true })
  }, 30_000)

  const post = (path: string, body: object) =>
    product.service.request(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  const view = () => product.service.json<ModelsView>('/api/v1/models')
  const modelOf = async (studyId: string) => {
    const { id } = await product.waitForVerdict(studyId)
    return (await product.readOutcome(id)).result?.model.name
  }
  const runCommand = async (...args: string[]) => {
    const { url, apiToken } = product.service
    const env = { ...process.env, API_TOKEN: apiToken }
    const answer = await promisify(execFile)(
      process.execPath,
      [command, 'models', ...args, '--url', url],
      { env },
    )
    return answer.stdout
  }

  it('a second model measures without publishing, and a table compares both', async () => {
    expect(await runCommand('shadow', 'site-unet@2.0.0')).toContain('shadow mode')
    const studyId = await product.upload(sampleFiles('shadowed'))
    const job = await product.waitForVerdict(studyId)
    const { result } = await product.readOutcome(job.id)
    expect(result?.model.name).toBe('hippovolume-unet3d')
    const table = await pollUntil('the comparison', async () => {
      const answer = await product.service.request('/api/v1/models/comparison')
      return answer.ok && ((await answer.json()) as ComparisonTable)
    })
    expect(table).toMatchObject({
      studies: 1,
      failed: [],
      active: { name: 'hippovolume-unet3d' },
      shadow: { name: 'site-unet', version: '2.0.0' },
    })
    expect(table.rows.map(({ part, meanDice }) => [part, meanDice])).toEqual([
      ['anterior', 1],
      ['posterior', 1],
      ['whole', 1],
    ])
    expect(table.rows[2]?.meanActiveMm3).toBeCloseTo(result?.volumes[0]?.totalMm3 ?? 0, 6)
    const stored = await product.reportsOf(studyId)
    expect(stored).toHaveLength(result?.stored.length ?? 0)
    expect(await runCommand('compare')).toMatch(/crop +\w+ +whole +1/)
  }, 240_000)

  it('an unchecked one is not activated', async () => {
    const answer = await post('/api/v1/models/active', { version: 'site-unet@2.0.0' })
    expect(answer.status).toBe(409)
    expect(await answer.json()).toMatchObject({ code: 'MODEL_NOT_ACCEPTED' })
    expect((await view()).active?.name).toBe('hippovolume-unet3d')
  })

  it('a switch during jobs loses none, and a rollback restores the previous model', async () => {
    await acceptSiteModel()
    const studies = await Promise.all(
      ['one', 'two', 'three'].map((seed) => product.upload(sampleFiles(seed))),
    )
    expect(await runCommand('use', '2.0.0')).toMatch(/site-unet 2.0.0 .*: measures/)
    for (const study of studies) {
      const { state, attempts } = await product.waitForVerdict(study)
      expect({ state, attempts }).toEqual({ state: 'succeeded', attempts: 1 })
    }
    expect(await modelOf(await product.upload(sampleFiles('after')))).toBe('site-unet')

    await product.service.kill()
    await product.service.start()
    expect((await view()).active?.name).toBe('site-unet')

    expect(await runCommand('rollback')).toMatch(/hippovolume-unet3d .*: measures/)
    expect(await modelOf(await product.upload(sampleFiles('back')))).toBe('hippovolume-unet3d')
  }, 300_000)

  it('one that cannot be loaded keeps the previous one active, with a coded error', async () => {
    const onnx = join(modelsFolder, 'site.onnx')
    const before = readFileSync(onnx)
    writeFileSync(onnx, 'altered')
    const answer = await post('/api/v1/models/active', { version: 'site-unet@2.0.0' })
    expect(answer.status).toBe(404)
    const { unusable } = await view()
    expect(unusable).toEqual([
      { path: siteManifest, error: expect.objectContaining({ code: 'MODEL_ALTERED' }) },
    ])
    writeFileSync(onnx, before)
    expect(await modelOf(await product.upload(sampleFiles('still')))).toBe('hippovolume-unet3d')
  }, 240_000)

  it('the trace of a job leads from its claim to what is stored', async () => {
    const studyId = await product.upload(sampleFiles('traced'))
    const { id } = await product.waitForVerdict(studyId)
    const traceId = id.replaceAll('-', '')
    // Each process sends its own spans, once a second: the last of the one may come before the last of the other.
    const lastOfEachProcess = ['job', 'analysis']
    const spans = await pollUntil('the trace', async () => {
      const found = collector.spans.filter((span) => span.traceId === traceId)
      return lastOfEachProcess.every((last) => found.some(({ name }) => name === last)) && found
    })
    const names = new Set(spans.map(({ name }) => name))
    for (const name of ['job', 'analysis', 'fetch', 'infer', 'report', 'store', 'verify']) {
      expect(names).toContain(name)
    }
    expect(names).toContain('archive.fetchSeries')
    const fetching = spans.find(({ name }) => name === 'fetch')
    expect(spans.find(({ name }) => name === 'archive.fetchSeries')?.parentSpanId).toBe(
      fetching?.spanId,
    )
    expect(collector.sent()).not.toMatch(/PatientName|\^/)
  }, 240_000)

  it('metrics show the active model, its findings and its memory', async () => {
    const metrics = await (await product.service.request('/metrics')).text()
    expect(metrics).toMatch(
      /hippovolume_info\{version="[^"]+",model="hippovolume-unet3d [^"]+"\} 1/,
    )
    expect(metrics).toMatch(
      /hippovolume_volume_mm3_count\{side="\w+",part="whole",model="hippovolume/,
    )
    expect(metrics).toMatch(/hippovolume_confidence_count\{side="\w+",model="hippovolume/)
    expect(metrics).toMatch(/hippovolume_analysis_resident_memory_bytes \d{8,}/)
    expect(metrics).toMatch(/hippovolume_disk_free_bytes \d+/)
    expect(metrics).toMatch(/hippovolume_ready\{check="archive"\} 1/)
  })
})
