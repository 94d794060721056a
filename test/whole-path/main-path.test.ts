import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { createCanvas, loadImage } from 'canvas'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AnalysisOutcome, StoredResult } from '../../src/outcome/outcome.ts'
import { summarize } from '../../src/outcome/summarize.ts'
import { missingValidators, validateInstance } from '../../tools/check-results/run-validators.ts'
import { listStudies } from '../../tools/demo/send-study.ts'
import { writeSampleStudy } from '../../tools/sample-study/write-sample-study.ts'
import { readVoxels } from '../results/read-voxels.ts'
import { testModel } from '../support/service.ts'
import { pollUntil } from './poll-until.ts'
import { instancesPerResult, type JobView, type Product, startProduct } from './product.ts'
import { cropOnly, reason, smallSeries, whatIsMissing } from './sample-files.ts'

const run = promisify(execFile)
const repository = join(import.meta.dirname, '../..')
const shared = process.env.HIPPO_SHARED_DATA ?? resolve(repository, '../shared/data')
const sharedStudies = join(shared, 'studies')
const sharedReason = existsSync(sharedStudies)
  ? ''
  : ' (skipped: the optional folder shared/data is absent)'
const roles = ['segmentation', 'measurements', 'report', 'details', 'montage'] as const
const secondaryCapture = '1.2.840.10008.5.1.4.1.1.7'

describe.skipIf(whatIsMissing !== '')(`a study that a scanner sends${reason}`, () => {
  let product: Product
  let folder: string
  let studyId: string
  let job: JobView
  let outcome: AnalysisOutcome

  async function send(studyFolder: string): Promise<void> {
    const { aet, dicomPort } = product.orthanc
    const address = ['-aec', aet, '127.0.0.1', String(dicomPort)]
    await run('storescu', [...address, '+sd', '+r', studyFolder], {
      env: { ...process.env, TCP_NODELAY: '1' },
    })
  }
  async function findStudy(studyInstanceUid: string): Promise<string> {
    const body = studyInstanceUid
    const found = await product.orthanc.request('/tools/lookup', { method: 'POST', body })
    return ((await found.json()) as { ID: string }[])[0]!.ID
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hippovolume-main-path-'))
    // Without the sweep: the hook alone must do.
    product = await startProduct({ environment: { SWEEP_SECONDS: '0', REPORT_PDF: 'true' } })
    const study = writeSampleStudy(join(folder, 'study'), 'main path', smallSeries())
    await send(join(folder, 'study'))
    studyId = await findStudy(study.studyInstanceUid)
    job = await product.waitForVerdict(studyId)
    outcome = await product.readOutcome(job.id)
  })

  async function readTags(orthancInstanceId: string): Promise<Record<string, string>> {
    const answer = await product.orthanc.request(`/instances/${orthancInstanceId}/simplified-tags`)
    return (await answer.json()) as Record<string, string>
  }
  async function download({ orthancInstanceId }: StoredResult): Promise<Uint8Array> {
    const answer = await product.orthanc.request(`/instances/${orthancInstanceId}/file`)
    return new Uint8Array(await answer.arrayBuffer())
  }

  afterAll(async () => {
    await product?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  it('is measured because of the hook, at the first attempt', () => {
    expect(job).toMatchObject({
      state: 'succeeded',
      trigger: 'hook',
      attempts: 1,
      runNumber: 0,
      superseded: false,
    })
  })

  it('gets its label in an Orthanc that has labels, and no second job for it', async () => {
    const system = await (await product.orthanc.request('/system')).json()
    if (!(system as { HasLabels?: boolean }).HasLabels) return
    const labels = await pollUntil('labels', async () => {
      const answer = await product.orthanc.request(`/studies/${studyId}/labels`)
      const found = (await answer.json()) as string[]
      return found.length > 0 ? found : undefined
    })
    const more = [
      ...(outcome.result!.verdict === 'warning' ? ['hippovolume-review'] : []),
      ...(summarize(outcome.result!).isAlarm ? ['hippovolume-small'] : []),
    ]
    expect(labels).toEqual(['hippovolume-measured', ...more])
    expect(await product.jobsOf(studyId)).toHaveLength(1)
  })

  it('gets volumes a left hippocampus can have', () => {
    const [volumes, ...more] = outcome.result!.volumes
    expect(more).toEqual([])
    expect(volumes!.side).toBe('left')
    expect(volumes!.totalMm3).toBeGreaterThan(2_500)
    expect(volumes!.totalMm3).toBeLessThan(6_000)
    expect(volumes!.anteriorMm3).toBeGreaterThan(800)
    expect(volumes!.posteriorMm3).toBeGreaterThan(800)
    expect(volumes!.anteriorMm3 + volumes!.posteriorMm3).toBeCloseTo(volumes!.totalMm3, 6)
    expect(outcome.result!.warnings).toEqual([])
    expect(outcome.result!.sourceInstanceCount).toBe(46)
  })

  it('gets a verdict and a sentence for every series', () => {
    expect(outcome.verdicts.map(({ seriesNumber, reason }) => [seriesNumber, reason])).toEqual([
      [1, 'LOCALIZER'],
      [3, 'THICK_SLICES'],
      [5, 'CHOSEN'],
    ])
    for (const { sentence } of outcome.verdicts) expect(sentence).toMatch(/^It.+\.$/)
  })

  it('gets its result exactly once: segmentation, structured report, page and PDF', async () => {
    const { stored } = outcome.result!
    expect(stored.map(({ role }) => role)).toEqual([...roles, 'document'])
    const ids = stored.map(({ orthancInstanceId }) => orthancInstanceId)
    expect((await product.reportsOf(studyId)).toSorted()).toEqual(ids.toSorted())
    const sources = outcome.verdicts.map(({ seriesInstanceUid }) => seriesInstanceUid)
    for (const { orthancInstanceId, ...instance } of stored) {
      const tags = await readTags(orthancInstanceId)
      expect(tags.SOPClassUID).toBe(instance.sopClassUid)
      expect(tags.SOPInstanceUID).toBe(instance.sopInstanceUid)
      expect(tags.SeriesInstanceUID).toBe(instance.seriesInstanceUid)
      expect(sources).not.toContain(tags.SeriesInstanceUID)
      expect(tags.PatientID).toBe('SAMPLE-COLIN27')
    }
    const page = await readTags(ids[2]!)
    expect(page.SOPClassUID).toBe(secondaryCapture)
    expect(page.BurnedInAnnotation).toBe('YES')
  })

  it('has in its segmentation the voxels that its volumes were counted from', async () => {
    const [volumes] = outcome.result!.volumes
    const voxels = readVoxels(await download(outcome.result!.stored[0]!))
    // The sample's voxels are a cubic millimetre each.
    expect(voxels.get(1)).toHaveLength(volumes!.anteriorMm3)
    expect(voxels.get(2)).toHaveLength(volumes!.posteriorMm3)
  })

  it('states in its structured report the volumes of the API', async () => {
    const [volumes] = outcome.result!.volumes
    const file = join(folder, 'measurements.dcm')
    writeFileSync(file, await download(outcome.result!.stored[1]!))
    const { stdout } = await run('dsrdump', ['+Pc', file])
    const said = [...stdout.matchAll(/NUM:\(118565006,SCT,"Volume"\)="([\d.]+)" \(mm3/g)]
    expect(said.map(([, number]) => Number(number))).toEqual([
      volumes!.anteriorMm3,
      volumes!.posteriorMm3,
      volumes!.totalMm3,
    ])
    expect(stdout).toContain('(7771000,SCT,"Left")')
  })

  it('shows in DICOM exactly the page of the API', async () => {
    const page = await loadImage(await product.readPage(job.id))
    const context = createCanvas(page.width, page.height).getContext('2d')
    context.drawImage(page, 0, 0)
    const { data } = context.getImageData(0, 0, page.width, page.height)
    const expected = Buffer.alloc(page.width * page.height * 3)
    for (let to = 0, from = 0; to < expected.length; to += 3, from += 4) {
      expected.set(data.subarray(from, from + 3), to)
    }
    const { orthancInstanceId } = outcome.result!.stored[2]!
    const answer = await product.orthanc.request(`/instances/${orthancInstanceId}/frames/0/raw`)
    const pixels = Buffer.from(await answer.arrayBuffer()).subarray(0, expected.length)
    expect(Buffer.compare(pixels, expected)).toBe(0)
    expect(new Set(pixels.subarray(0, pixels.length / 4)).size).toBeGreaterThan(50)
  })

  it.skipIf(missingValidators.length > 0)('gets a result that the validators accept', async () => {
    for (const instance of outcome.result!.stored) {
      const file = join(folder, `${instance.role}.dcm`)
      writeFileSync(file, await download(instance))
      expect(validateInstance(file, instance.role === 'measurements')).toEqual([])
    }
  })

  it('is not reported again after our own upload', async () => {
    await pollUntil('the study to be stable again', async () => {
      const answer = await product.orthanc.request(`/studies/${studyId}`)
      return ((await answer.json()) as { IsStable: boolean }).IsStable
    })
    expect(await product.readTrace(studyId)).toBe(`sent ${job.id}`)
    expect(await product.waitForRest(studyId)).toHaveLength(1)
  })

  it('is checked again when its hook is called once more, without a new result', async () => {
    const answer = await product.orthanc.request(`/studies/${studyId}`)
    const { MainDicomTags } = (await answer.json()) as { MainDicomTags: Record<string, string> }
    await product.service.request('/api/v1/stable-studies', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${product.hookToken}`,
      },
      body: JSON.stringify({
        orthancStudyId: studyId,
        studyInstanceUid: MainDicomTags.StudyInstanceUID,
        lastUpdate: '20260101T000000',
      }),
    })
    const second = await product.waitForJob(studyId, ({ state }) => state === 'unchanged')
    expect(second.trigger).toBe('hook')
    expect((await product.readOutcome(second.id)).sameAsJobId).toBe(job.id)
    expect(await product.readPage(second.id)).toEqual(await product.readPage(job.id))
    expect(await product.waitForRest(studyId)).toHaveLength(2)
    expect(await product.reportsOf(studyId)).toHaveLength(roles.length + 1)
  })

  it('can be rejected, which is marked for every instance, without a new measurement', async () => {
    const answer = await product.service.request(`/api/v1/jobs/${job.id}/answer`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        answer: 'rejected',
        reason: 'The patient moved.',
        reader: 'Muster^Erika',
      }),
    })
    expect(answer.status).toBe(200)
    const catalogue = await product.orthanc.request(`/studies/${studyId}/series?expand`)
    const series = (await catalogue.json()) as {
      MainDicomTags: Record<string, string>
      Instances: string[]
    }[]
    const notes = series.filter(({ MainDicomTags }) => MainDicomTags.Modality === 'KO')
    expect(notes).toHaveLength(1)
    const tags = await readTags(notes[0]!.Instances[0]!)
    expect(JSON.stringify(tags)).toContain('Rejected for Quality Reasons')
    for (const { sopInstanceUid } of outcome.result!.stored) {
      expect(JSON.stringify(tags)).toContain(sopInstanceUid)
    }
    expect(await product.waitForRest(studyId)).toHaveLength(2)
    await product.orthanc.request(`/instances/${notes[0]!.Instances[0]}`, { method: 'DELETE' })
  })

  it('gets the same volumes from the command line', async () => {
    const [input, output] = [join(folder, 'study'), join(folder, 'results')]
    const cli = [join(repository, 'src/cli.ts'), 'analyze', input, '-o', output, '--json']
    const { stdout } = await run(process.execPath, [...cli, '--model', testModel])
    const [study] = JSON.parse(stdout).studies
    expect(study.volumes).toEqual(outcome.result!.volumes)
    expect(study.verdicts).toEqual(outcome.verdicts)
    expect(JSON.parse(readFileSync(join(output, 'results.json'), 'utf8'))).toEqual(study)
  })
  it('does not block another concurrent study', async () => {
    const both = ['one', 'other'].map((name) => {
      const path = join(folder, name)
      return { path, ...writeSampleStudy(path, `at once ${name}`, cropOnly()) }
    })
    await Promise.all(both.map(({ path }) => send(path)))
    for (const { studyInstanceUid } of both) {
      const id = await findStudy(studyInstanceUid)
      const measured = await product.waitForVerdict(id)
      expect(measured.state).toBe('succeeded')
      const { result } = await product.readOutcome(measured.id)
      expect(result!.volumes).toEqual(outcome.result!.volumes)
      expect(await product.reportsOf(id)).toHaveLength(instancesPerResult + 1)
    }
  })

  it.skipIf(!existsSync(sharedStudies)).each([
    ['Study1', 32],
    ['Study2', 35],
  ])(`may come from a hospital: %s${sharedReason}`, async (name, slices) => {
    const files = join(sharedStudies, name)
    await send(files)
    const [studyInstanceUid] = listStudies(files)
    const id = await findStudy(studyInstanceUid!)
    const measured = await product.waitForVerdict(id)
    expect(measured.error).toBeUndefined()
    const { result, verdicts } = await product.readOutcome(measured.id)
    const chosen = verdicts.filter((verdict) => verdict.chosen)
    expect(chosen.map(({ instanceCount }) => instanceCount)).toEqual([slices])
    for (const verdict of verdicts) {
      if (!verdict.chosen) expect(verdict.sentence).toMatch(/hippocampus needs 2 mm or less/)
    }
    expect(verdicts).toHaveLength(readdirSync(files).length)
    expect(result!.volumes[0]!.totalMm3).toBeGreaterThan(1_500)
    expect(result!.volumes[0]!.totalMm3).toBeLessThan(6_000)
    expect(result!.warnings.join()).toMatch(/does not state which side/)
    expect(await product.reportsOf(id)).toHaveLength(instancesPerResult + 1)
  })
})
