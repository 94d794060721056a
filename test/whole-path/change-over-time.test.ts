import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ChangeOverTime } from '../../src/measurement/change-over-time.ts'
import { missingValidators, validateInstance } from '../../tools/check-results/run-validators.ts'
import { isOrthancInstalled } from '../support/orthanc.ts'
import {
  countVoxels,
  type MadeUpStudy,
  studyUidOf,
  writeMadeUpStudy,
} from '../support/shrinking-patient.ts'
import { type JobView, type Product, startProduct } from './product.ts'

const models = join(import.meta.dirname, '../inference/fixtures')
const reason = isOrthancInstalled() ? '' : ' (skipped: orthanc and orthanc-dicomweb not installed)'

describe.skipIf(reason !== '')(`change over time${reason}`, () => {
  let product: Product
  let folder: string

  /** The model of the tests under a version of its own: the same network, another file. */
  function writeModel(version: string): string {
    // Field 6 of an ONNX model is a text that describes it.
    const note = Buffer.from([0x32, version.length, ...Buffer.from(version)])
    const content = Buffer.concat([readFileSync(join(models, 'threshold.onnx')), note])
    const manifest = JSON.parse(readFileSync(join(models, 'threshold.json'), 'utf8'))
    const file = `threshold-${version}.onnx`
    const sha256 = createHash('sha256').update(content).digest('hex')
    writeFileSync(join(folder, file), content)
    const path = join(folder, `threshold-${version}.json`)
    writeFileSync(path, JSON.stringify({ ...manifest, version, file, sha256 }))
    return path
  }
  async function measure(study: MadeUpStudy): Promise<JobView & { studyId: string }> {
    const studyId = await product.upload(writeMadeUpStudy(study))
    const job = await product.waitForVerdict(studyId)
    expect(job.state, JSON.stringify(job.error)).toBe('succeeded')
    return { ...job, studyId }
  }
  async function historyOf(job: JobView): Promise<ChangeOverTime> {
    return (await product.readOutcome(job.id)).result!.history!
  }

  const waitForRenewal = (studyId: string) =>
    product.waitForJob(
      studyId,
      ({ trigger, state }) => trigger === 'history' && state === 'succeeded',
    )
  const countResults = async (studyId: string) =>
    (await product.waitForRest(studyId)).filter(({ state }) => state === 'succeeded').length

  /** Studies that are there before the service is, so that nobody has measured them. */
  const unmeasured = [
    { patientId: 'UNMEASURED-1', date: '20220601', left: 1 },
    { patientId: 'UNMEASURED-1', date: '20230601', left: 0.96 },
  ]

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hippovolume-history-'))
    product = await startProduct({
      environment: { SWEEP_SECONDS: '0', MODEL_MANIFEST: writeModel('0.0.1') },
      start: false,
    })
    for (const study of unmeasured) await product.upload(writeMadeUpStudy(study))
    await new Promise((resolve) => setTimeout(resolve, 2_500)) // their hook calls find nobody
    await product.service.start()
  })
  afterAll(async () => {
    await product?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  describe('of four yearly studies', () => {
    const shares = [1, 0.97, 0.94, 0.91]
    const dates = ['20230601', '20240601', '20250601', '20260601']
    const jobs: (JobView & { studyId: string })[] = []

    beforeAll(async () => {
      for (const [index, date] of dates.entries()) {
        jobs.push(await measure({ patientId: 'FOUR-YEARS', date, left: shares[index]! }))
      }
    })

    it('measures each to the voxel', async () => {
      const { timePoints } = await historyOf(jobs.at(-1)!)
      expect(timePoints.map(({ volumes }) => volumes[0]?.totalMm3)).toEqual(shares.map(countVoxels))
      expect(timePoints.map(({ studyDate }) => studyDate)).toEqual(dates)
      expect(timePoints.every(({ comparable }) => comparable)).toBe(true)
      expect(timePoints.map(({ age }) => age)).toEqual(['065Y', '066Y', '067Y', '068Y'])
    })

    it('recovers the known change per year within half a percentage point', async () => {
      const { rates, sentence } = await historyOf(jobs.at(-1)!)
      expect(rates.map(({ side }) => side)).toEqual(['left'])
      const [{ percentPerYear, lower, upper, timePoints, years }] = rates as never as [
        ChangeOverTime['rates'][number],
      ]
      const counts = shares.map(countVoxels)
      const known = ((counts[3]! - counts[0]!) / counts[0]! / 3) * 100
      expect(Math.abs(percentPerYear - known)).toBeLessThan(0.5)
      expect(Math.abs(percentPerYear + 3)).toBeLessThan(0.5)
      expect(lower).toBeLessThan(percentPerYear)
      expect(upper).toBeGreaterThan(percentPerYear)
      expect(timePoints).toBe(4)
      expect(years).toBeCloseTo(3, 2)
      expect(sentence).toMatch(/^Over 3\.0 years \(4 studies\) [^:]+: left −3\.\d % a year\.$/)
    })

    it('reports nothing earlier for the first, and two studies for the second', async () => {
      const first = await historyOf(jobs[0]!)
      expect(first.timePoints).toHaveLength(1)
      expect(first.sentence).toMatch(/^No earlier study/)
      const second = await historyOf(jobs[1]!)
      expect(second.timePoints).toHaveLength(2)
      expect(second.rates[0]?.timePoints).toBe(2)
    })

    it('never uses later studies', async () => {
      const again = await product.rerun(jobs[1]!.studyId, true)
      expect((await historyOf(again)).timePoints.map(({ studyDate }) => studyDate)).toEqual(
        dates.slice(0, 2),
      )
    })

    it('writes the comparison into the structured report, which validators accept', async () => {
      const { result } = await product.readOutcome(jobs.at(-1)!.id)
      const { orthancInstanceId } = result!.stored.find(({ role }) => role === 'measurements')!
      const answer = await product.orthanc.request(`/instances/${orthancInstanceId}/file`)
      const bytes = new Uint8Array(await answer.arrayBuffer())
      const text = Buffer.from(bytes).toString('utf8')
      expect(text).toContain(result!.history!.sentence)
      expect(text).toContain(result!.history!.details)
      if (missingValidators.length > 0) return
      const path = join(folder, 'report.dcm')
      writeFileSync(path, bytes)
      expect(validateInstance(path, true)).toEqual([])
    })
  })

  describe('of a patient ID that two people may share', () => {
    const patientId = 'SHARED-ID'
    const studies: readonly (MadeUpStudy & { readonly expected?: string })[] = [
      { patientId, date: '20200601' },
      {
        patientId,
        date: '20210601',
        attributes: { PatientBirthDate: '19770102' },
        expected: 'IDENTITY_CONTRADICTED',
      },
      {
        patientId,
        date: '20220601',
        attributes: { PatientSex: 'M' },
        expected: 'IDENTITY_CONTRADICTED',
      },
      {
        patientId,
        date: '20230601',
        attributes: { PatientBirthDate: '' },
        expected: 'IDENTITY_UNCERTAIN',
      },
      {
        patientId,
        date: '20240601',
        attributes: { IssuerOfPatientID: 'Other hospital' },
        expected: 'IDENTITY_UNCERTAIN',
      },
    ]
    let change: ChangeOverTime
    let outcome: string

    beforeAll(async () => {
      for (const study of studies) await measure(study)
      const job = await measure({ patientId, date: '20250601', left: 0.9 })
      change = await historyOf(job)
      outcome = JSON.stringify(await product.readOutcome(job.id))
    })

    it('uses only the study whose birth date, sex and issuer agree', () => {
      expect(change.timePoints.map(({ studyDate }) => studyDate)).toEqual(['20200601', '20250601'])
      expect(
        change.unused.map(({ studyInstanceUid, reason }) => [studyInstanceUid, reason]),
      ).toEqual(studies.slice(1).map((study) => [studyUidOf(study), study.expected]))
      expect(change.rates[0]?.timePoints).toBe(2)
    })

    it('says so in sentences without names and birth dates, in outcome and log', () => {
      for (const { sentence } of change.unused) expect(sentence).toMatch(/\.$/)
      for (const text of [outcome, product.service.readLog()]) {
        expect(text).not.toMatch(/19580304|19770102|1958-03-04|Phantom\^|Other hospital/)
      }
    })
  })

  it('does not search for studies of a placeholder ID', async () => {
    await measure({ patientId: 'ANONYMOUS', date: '20240601' })
    const change = await historyOf(await measure({ patientId: 'ANONYMOUS', date: '20250601' }))
    expect(change.timePoints).toHaveLength(1)
    expect(change.sentence).toMatch(/No search for earlier studies was made.*patient ID/)
  })

  it('shows a study of another scanner, and excludes it from the rate', async () => {
    const patientId = 'TWO-SCANNERS'
    await measure({ patientId, date: '20230601' })
    await measure({ patientId, date: '20240601', attributes: { ManufacturerModelName: 'Other' } })
    const change = await historyOf(await measure({ patientId, date: '20250601', left: 0.96 }))
    expect(change.timePoints.map(({ comparable }) => comparable)).toEqual([true, false, true])
    expect(change.timePoints[1]?.sentence).toBe('It was made on another model of scanner.')
    expect(change.rates[0]?.timePoints).toBe(2)
  })

  it('requests the measurement of earlier studies, which request nothing in turn', async () => {
    const patientId = 'UNMEASURED-1'
    const { studyId, ...job } = await measure({ patientId, date: '20240601', left: 0.92 })
    const before = await historyOf(job)
    expect(before.unused.map(({ reason }) => reason)).toEqual(['MEASURING', 'MEASURING'])
    expect(before.rates).toEqual([])

    for (const study of unmeasured) {
      const found = await product.orthanc.request('/tools/lookup', {
        method: 'POST',
        body: studyUidOf(study),
      })
      const [{ ID }] = (await found.json()) as [{ ID: string }]
      await product.waitForJob(ID, ({ state }) => state === 'succeeded')
      const jobs = await product.waitForRest(ID)
      expect(jobs.filter(({ trigger }) => trigger === 'history')).toHaveLength(1)
    }
    const after = await historyOf(await waitForRenewal(studyId))
    expect(await countResults(studyId)).toBe(2)
    expect(after.timePoints).toHaveLength(3)
    expect(after.rates[0]?.percentPerYear).toBeCloseTo(-4, 0)
  })

  it('renews a page once when an earlier study arrives after it, but not a deleted one', async () => {
    const patientId = 'PREFETCHED'
    const later = await measure({ patientId, date: '20250601', left: 0.96 })
    expect((await historyOf(later)).timePoints).toHaveLength(1)
    await measure({ patientId, date: '20230601' })
    const renewed = await waitForRenewal(later.studyId)
    expect((await historyOf(renewed)).timePoints.map(({ studyDate }) => studyDate)).toEqual([
      '20230601',
      '20250601',
    ])
    const { result } = await product.readOutcome(renewed.id)
    expect(result!.replaces?.jobId).toBe(later.id)

    // The same study once more brings nothing new.
    const again = await product.upload(writeMadeUpStudy({ patientId, date: '20230601' }))
    await product.rerun(again, false)
    expect(await countResults(later.studyId)).toBe(2)

    const page = result!.stored.find(({ role }) => role === 'report')!
    await product.orthanc.request(`/instances/${page.orthancInstanceId}`, { method: 'DELETE' })
    const oldest = await measure({ patientId, date: '20210601' })
    await product.waitForRest(oldest.studyId)
    expect(await countResults(later.studyId)).toBe(2)
    const jobs = await product.jobsOf(later.studyId)
    expect(jobs[0]).toMatchObject({ trigger: 'history', state: 'unchanged' })
  })

  it('marks results of another model version, and requests a new measurement', async () => {
    const patientId = 'TWO-MODELS'
    const earlier = await measure({ patientId, date: '20230601' })
    await product.service.halt()
    await product.service.start({ MODEL_MANIFEST: writeModel('0.0.2') })
    const { studyId, ...job } = await measure({ patientId, date: '20240601', left: 0.96 })
    const marked = await historyOf(job)
    expect(marked.timePoints.map(({ comparable }) => comparable)).toEqual([false, true])
    expect(marked.timePoints[0]?.model.version).toBe('0.0.1')
    expect(marked.timePoints[0]?.sentence).toMatch(
      /another version of the model \(0\.0\.1\)\. It is being measured again now/,
    )
    expect(marked.rates).toEqual([])

    await waitForRenewal(earlier.studyId)
    const after = await historyOf(await waitForRenewal(studyId))
    expect(after.timePoints.map(({ model }) => model.version)).toEqual(['0.0.2', '0.0.2'])
    const lost = (100 * (countVoxels(1) - countVoxels(0.96))) / countVoxels(1)
    expect(after.rates[0]?.percentPerYear).toBeCloseTo(-lost * (365.25 / 366), 9)
  })
})
