import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { toHippoError } from '../../src/errors.ts'
import { createSegmenter, type Segmenter } from '../../src/inference/segmenter.ts'
import { createLocalizer, type Localizer } from '../../src/localization/localizer.ts'
import { builtinNorms } from '../../src/measurement/norms/builtin-norms.ts'
import { analyzeFiles, type FileAnalysis } from '../../src/offline/analyze-files.ts'
import { catalogueFiles } from '../../src/offline/catalogue-files.ts'
import { resolveManifest } from '../../src/wiring/shipped-model.ts'
import { testModel } from '../support/service.ts'

const repository = join(import.meta.dirname, '../..')
const shared = process.env.HIPPO_SHARED_DATA ?? resolve(repository, '../shared/data')
const heads = join(shared, 'heads/dicom')
const reason = existsSync(heads) ? '' : ' (skipped: the optional folder shared/data is absent)'
const minutes = (count: number) => count * 60_000

describe.skipIf(reason !== '')(`whole heads of real scanners${reason}`, () => {
  let segmenter: Segmenter
  let localizer: Localizer
  beforeAll(async () => {
    localizer = await createLocalizer()
    segmenter = await createSegmenter({ manifestPath: resolveManifest(testModel), threads: 2 })
  }, minutes(2))
  afterAll(() => Promise.all([segmenter?.close(), localizer?.close()]))

  /** The whole job on a folder, and the pages it made on the way. */
  async function analyze(name: string) {
    const entries = readdirSync(join(heads, name), { recursive: true, withFileTypes: true })
    const paths = entries.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name))
    const readFile = async (path: string) => new Uint8Array(readFileSync(path))
    const { studies } = await catalogueFiles(paths, readFile, () => {})
    const pages: string[] = []
    const analysis: Promise<FileAnalysis> = analyzeFiles(
      studies[0]!,
      {
        tools: { segmenter, localizer },
        rules: { seriesDescription: 'HippoCrop', maximumSliceSpacing: 2, minimumInstances: 10 },
        norms: builtinNorms,
        drawIdentity: false,
        reportPdf: false,
        reportRejected: true,
        software: { name: 'HippoVolume', version: '0' },
        readFile,
        analysedAt: new Date('2026-01-02T10:15:00Z'),
        monotonicClock: () => 0,
      },
      {
        onVerdicts: () => {},
        onRejection: async ({ instances }) => {
          pages.push(...instances.map(({ role }) => role))
        },
      },
      new AbortController().signal,
    )
    const settled = await analysis.then(
      (value) => ({ value, error: undefined }),
      (error: unknown) => ({ value: undefined, error: toHippoError(error, 'measure') }),
    )
    return { ...settled, pages }
  }

  it('a sagittal MPRAGE of 1 mm is measured within 8 % of another tool', {
    timeout: minutes(5),
  }, async () => {
    const { value } = await analyze('philips_adni_mprage')
    const { volumes, intracranialVolume, verdict, kind } = value!.measured
    expect(kind).toBe('head')
    expect(verdict).toBe('measured')
    const [left, right] = volumes.map(({ totalMm3 }) => totalMm3)
    // HippoDeep (MIT): 4034 and 3932 mm3, intracranial 1500 cm3.
    expect(Math.abs(left! / 4034 - 1)).toBeLessThan(0.08)
    expect(Math.abs(right! / 3932 - 1)).toBeLessThan(0.08)
    const { mm3, standardErrorMm3 } = intracranialVolume!
    expect(Math.abs(mm3 - 1_500_000)).toBeLessThan(2 * standardErrorMm3)
  })

  it('an Enhanced image of 2 mm is measured, with a warning', { timeout: minutes(5) }, async () => {
    const { value } = await analyze('xa30_enhanced')
    const { volumes, intracranialVolume, verdict, quality } = value!.measured
    expect(verdict).toBe('warning')
    expect(quality.find(({ check }) => check === 'RESOLUTION')?.verdict).toBe('warning')
    for (const { totalMm3 } of volumes) {
      expect(totalMm3).toBeGreaterThan(3_000)
      expect(totalMm3).toBeLessThan(4_500)
    }
    const { mm3, standardErrorMm3 } = intracranialVolume!
    expect(Math.abs(mm3 - 1_510_000)).toBeLessThan(2 * standardErrorMm3)
  })

  it('a phantom is decoded, analysed and rejected with a page', {
    timeout: minutes(5),
  }, async () => {
    const { error, pages } = await analyze('siemens_t1_jpegll')
    expect(error).toMatchObject({ code: 'HEAD_NOT_FOUND', retryable: false })
    expect(error!.message).toMatch(/^No head was recognised in the images/)
    expect(pages).toEqual(['rejection'])
  })

  it('thick slices are not analysed', { timeout: minutes(2) }, async () => {
    const { error, pages } = await analyze('decub_HFP')
    expect(error).toMatchObject({ code: 'NO_MEASURABLE_SERIES', stage: 'select' })
    expect(pages).toEqual([])
  })
})
