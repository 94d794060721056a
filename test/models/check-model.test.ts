import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { builtinNorms } from '../../src/measurement/norms/builtin-norms.ts'
import type { Norms } from '../../src/measurement/norms/norms.ts'
import { requireAcceptance, writeAcceptance } from '../../src/models/acceptance.ts'
import { checkModel } from '../../src/models/check-model.ts'
import { readInstalledModel } from '../../src/models/installed-models.ts'
import { plainCalibration, plainNorms } from '../support/calibrated-norms.ts'
import { makeCases } from './make-cases.ts'
import { makeModel } from './make-model.ts'

const root = mkdtempSync(join(tmpdir(), 'hippovolume-check-'))
const cases = join(root, 'cases')
const shippedPath = makeModel(join(root, 'shipped'), { name: 'shipped' })

/** Norms that know these models. */
const calibratedFor = (...names: string[]): Norms => ({
  ...plainNorms,
  calibrations: names.map((model) => ({ ...plainCalibration, model, from: '0.0.0' })),
})

const check = (manifestPath: string, folder = cases) =>
  checkModel({
    manifestPath,
    shippedPath,
    folder,
    norms: calibratedFor('site', 'few', 'b', 'worse', 'copy', 'labels'),
    side: 'left',
    threads: 1,
    followedPersons: 2,
    softwareVersion: '1.2.3',
    clock: () => Date.UTC(2026, 10, 26),
    monotonicClock: () => performance.now(),
    onProgress: () => undefined,
  })
const failedIn = ({ requirements }: Awaited<ReturnType<typeof check>>) =>
  requirements.filter(({ met }) => !met).map(({ name }) => name)
// The models take a few milliseconds, so that a busy machine may slow either: not what these are about.
const besidesSpeed = (names: string[]) => names.filter((name) => name !== 'SPEED')

describe("the check of a site's own model", () => {
  beforeAll(() => makeCases(cases, 20))
  afterAll(() => rmSync(root, { recursive: true }))

  it('accepts one that segments like the shipped one', async () => {
    const path = makeModel(join(root, 'same'), { name: 'site', threshold: 0.55 })
    const record = await check(path)
    expect(besidesSpeed(failedIn(record))).toEqual([])
    expect(record).toMatchObject({
      cases: 20,
      model: { name: 'site' },
      shipped: { name: 'shipped' },
    })
    expect(record.figures).toMatchObject({
      persons: 20,
      dice: { candidate: { whole: 1 }, shipped: { whole: 1 } },
      diceBetweenModels: 1,
      volumeErrorPercent: { candidate: 0 },
    })
  })

  it('rejects one that misses half of a part, with the figures', async () => {
    const path = makeModel(join(root, 'worse'), { name: 'worse', threshold: 0.9 })
    const record = await check(path)
    expect(record.accepted).toBe(false)
    expect(besidesSpeed(failedIn(record))).toEqual([
      'DICE_ANTERIOR',
      'DICE_WHOLE',
      'WORST_CASE',
      'VOLUME',
      'ATROPHY_SLOPE',
    ])
    // Half of the anterior part: 2 x 500 / 1500; three quarters of the whole: 2 x 1500 / 3500.
    expect(record.figures).toMatchObject({
      dice: {
        candidate: { anterior: expect.closeTo(2 / 3), posterior: 1, whole: expect.closeTo(6 / 7) },
      },
      volumeErrorPercent: { candidate: -25 },
    })
  })

  it('rejects one that does not measure known loss, and keeps the figures', async () => {
    // It labels the whole crop, whatever is in it.
    const record = await check(makeModel(join(root, 'blind'), { name: 'blind', threshold: -3 }))
    expect(failedIn(record)).toContain('ATROPHY_SLOPE')
    expect(failedIn(record)).not.toContain('HORN_GROWTH')
    const { sentence } = record.requirements.find(({ name }) => name === 'ATROPHY_SLOPE')!
    expect(sentence).toMatch(
      /On 2 crops .* 0\.00 \(anchored\) and 0\.00 \(flow\); each simulator requires 0\.9 to 1\.1/,
    )
    expect(record.figures).toMatchObject({
      knownChange: {
        crops: 2,
        ratios: { anchored: [{ left: 0.8 }, { left: 0.6 }, { left: 0.4 }] },
      },
    })
  })

  it('rejects too few persons, however many crops they have', async () => {
    const folder = join(root, 'pairs')
    makeCases(folder, 20)
    const lines = Array.from(
      { length: 20 },
      (_, i) => `case${String(i).padStart(2, '0')},${i >> 1}`,
    )
    writeFileSync(join(folder, 'persons.csv'), lines.join('\n'))
    const record = await check(
      makeModel(join(root, 'few'), { name: 'few', threshold: 0.55 }),
      folder,
    )
    expect(besidesSpeed(failedIn(record))).toEqual(['CASES'])
    expect(record.requirements.find(({ name }) => name === 'CASES')?.sentence).toContain(
      '10 persons (20 crops)',
    )
  })

  it('counts unreadable crops, and rejects if too few are left', async () => {
    const folder = join(root, 'broken')
    makeCases(folder, 20)
    writeFileSync(join(folder, 'labels/case03.nii'), 'nothing')
    const record = await check(
      makeModel(join(root, 'broken-model'), { name: 'b', threshold: 0.55 }),
      folder,
    )
    expect(besidesSpeed(failedIn(record))).toEqual(['CASES'])
    expect(record.figures).toMatchObject({ leftOut: [{ case: 'case03' }] })
  })

  it('rejects a name with a calibration: its percentiles would be wrong', async () => {
    const made = {
      name: 'hippovolume-unet3d',
      version: builtinNorms.calibrations[0]!.from,
      threshold: 0.55,
    }
    expect(failedIn(await check(makeModel(join(root, 'named'), made)))).toContain('NAME')
  })

  it('rejects one without a calibration, and names the command', async () => {
    const path = makeModel(join(root, 'unknown'), { name: 'unknown', threshold: 0.55 })
    const record = await check(path)
    expect(besidesSpeed(failedIn(record))).toEqual(['CALIBRATION'])
    expect(record.requirements.find(({ name }) => name === 'CALIBRATION')?.sentence).toMatch(
      /hippovolume norms calibrate/,
    )
  })

  it('rejects the shipped file under another manifest: results could not be distinguished', async () => {
    expect(failedIn(await check(makeModel(join(root, 'copy'), { name: 'copy' })))).toContain('FILE')
  })

  it('refuses other labels', async () => {
    const labels = ['background', 'posterior', 'anterior'].map((name, value) => ({ name, value }))
    const path = makeModel(join(root, 'labels'), { name: 'labels', manifest: { labels } })
    expect(failedIn(await check(path))).toContain('LABELS')
  })

  it('reports with a code if it cannot run at all', async () => {
    await expect(check(join(root, 'none.json'))).rejects.toMatchObject({ code: 'MODEL_MISSING' })
    const path = makeModel(join(root, 'altered'), { name: 'altered' })
    writeFileSync(join(root, 'altered/altered.onnx'), 'other')
    await expect(check(path)).rejects.toMatchObject({ code: 'MODEL_ALTERED' })
    const fine = makeModel(join(root, 'fine'), { name: 'fine' })
    await expect(check(fine, root)).rejects.toMatchObject({ code: 'REQUEST_INVALID' })
  })
})

describe('the record of a check', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hippovolume-acceptance-'))
  const path = makeModel(folder, { name: 'site' })
  const sha256 = 'a'.repeat(64)
  afterAll(() => rmSync(folder, { recursive: true }))

  const shipped = { name: 'shipped', version: '1', sha256 }
  async function writeRecord(changes: object = {}) {
    const model = await readInstalledModel(path, 'site')
    const { name, version, manifestSha256 } = model
    return writeAcceptance(path, {
      schemaVersion: 1,
      accepted: true,
      checkedAt: '2026-11-26T00:00:00.000Z',
      softwareVersion: '1.2.3',
      model: { name, version, sha256: model.sha256 },
      manifestSha256,
      shipped,
      casesSha256: sha256,
      cases: 20,
      requirements: [{ name: 'CASES', met: false, sentence: 'Three persons were too few.' }],
      figures: {},
      ...changes,
    })
  }
  const ask = async (software = '1.2.9', against = shipped) =>
    requireAcceptance(await readInstalledModel(path, 'site'), against, software)

  it('is required', async () => {
    await expect(ask()).rejects.toMatchObject({
      code: 'MODEL_NOT_ACCEPTED',
      message: expect.stringContaining('hippovolume models check'),
    })
  })

  it('allows activation, also in a later patch version of the software', async () => {
    await writeRecord()
    await expect(ask()).resolves.toBeUndefined()
  })

  it('is invalid for another shipped model, another software version, or a changed model', async () => {
    await writeRecord()
    const other = { ...shipped, sha256: 'b'.repeat(64) }
    await expect(ask('1.2.9', other)).rejects.toThrow(/another shipped model/)
    await expect(ask('1.3.0')).rejects.toThrow(/another version/)
    makeModel(folder, { name: 'site', threshold: 0.7 })
    await expect(ask()).rejects.toThrow(/other files/)
    makeModel(folder, { name: 'site', manifest: { confidence: { kind: 'none' } } })
    await expect(ask()).rejects.toThrow(/other files/)
    makeModel(folder, { name: 'site' })
    await expect(ask()).resolves.toBeUndefined()
  })

  it('gives the reason of a rejection', async () => {
    await writeRecord({ accepted: false })
    await expect(ask()).rejects.toThrow(/failed\. Three persons were too few\./)
  })

  it('is rejected after an edit', async () => {
    const file = await writeRecord({ accepted: false })
    writeFileSync(file, readFileSync(file, 'utf8').replace('"accepted": false', '"accepted": true'))
    await expect(ask()).rejects.toThrow(/was changed after the check/)
  })
})
