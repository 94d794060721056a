import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSegmenter, type Segmenter } from '../../src/inference/segmenter.ts'
import { scoreLabels } from '../../src/models/score-labels.ts'
import type { Vector3, Volume } from '../../src/volume/grid.ts'
import { dicomForms } from '../../tools/evaluate/dicom-forms.ts'
import { type Evaluation, evaluateFolder } from '../../tools/evaluate/evaluate-folder.ts'
import { printEvaluation } from '../../tools/evaluate/print-evaluation.ts'
import { compareAsDicom } from '../../tools/evaluate/segment-dicom.ts'
import { bootstrapMean } from '../../tools/evaluate/summarize-scores.ts'
import { makeNifti } from '../nifti/make-nifti.ts'

// Labels what is bright against the rest of the crop as 2, what is somewhat brighter as 1.
const manifestPath = fileURLToPath(new URL('../inference/fixtures/threshold.json', import.meta.url))
const size: Vector3 = [34, 46, 38]

/** One value per voxel: a box of 2 behind a box of 1, off centre along every axis. */
function drawBoxes([none, one, two]: readonly [number, number, number], shift = 0): number[] {
  const [columns, rows, slices] = size
  return Array.from({ length: columns * rows * slices }, (_, index) => {
    const column = (index % columns) - shift
    const row = Math.floor(index / columns) % rows
    const slice = Math.floor(index / (columns * rows))
    if (column < 8 || column >= 18 || slice < 12 || slice >= 20) return none
    return row >= 10 && row < 20 ? two : row >= 20 && row < 32 ? one : none
  })
}
const truth = drawBoxes([0, 1, 2])
const intensities = drawBoxes([100, 150, 500])

let folder: string
let segmenter: Segmenter
const write = (kind: 'images' | 'labels', name: string, bytes: Uint8Array) =>
  writeFileSync(join(folder, kind, name), bytes)
const image = (values: readonly number[], fields = {}) =>
  makeNifti({ dim: [3, ...size], values, ...fields })
const evaluate = (options: { dicom?: boolean; only?: ReadonlySet<string> } = {}) =>
  evaluateFolder(folder, segmenter, {
    side: 'left',
    dicom: options.dicom ?? false,
    only: options.only,
    onProgress: () => {},
  })

beforeAll(async () => {
  segmenter = await createSegmenter({ manifestPath, threads: 1 })
  folder = mkdtempSync(join(tmpdir(), 'hippovolume-evaluate-'))
  mkdirSync(join(folder, 'images'))
  mkdirSync(join(folder, 'labels'))
  const pair = (name: string, label: Uint8Array, picture = image(intensities)) => {
    write('images', `${name}.nii`, picture)
    write('labels', `${name}.nii`, label)
  }
  pair('exact', image(truth))
  // One column of ten is missed, one too many found.
  pair('shifted', image(drawBoxes([0, 1, 2], 1)))
  pair('illegal', image(truth.map((label) => label * 2)))
  pair('empty', image(truth.map(() => 0)))
  pair(
    'elsewhere',
    image(truth, { sform: { code: 1, rows: [1, 0, 0, 9, 0, 1, 0, 0, 0, 0, 1, 0] } }),
  )
  pair('smaller', makeNifti({ dim: [3, 10, 10, 10], values: Array(1000).fill(1).fill(0, 5) }))
  pair(
    'tiny',
    makeNifti({ dim: [3, 8, 8, 8], values: truthOf(512) }),
    makeNifti({ dim: [3, 8, 8, 8] }),
  )
  write('images', 'alone.nii', image(intensities))
  write('labels', 'imageless.nii', image(truth))
})
afterAll(async () => {
  await segmenter?.close()
  rmSync(folder, { recursive: true, force: true })
})
const truthOf = (voxels: number) => Array.from({ length: voxels }, (_, i) => i % 3)

describe('evaluating a folder of crops', () => {
  let evaluation: Evaluation
  beforeAll(async () => {
    evaluation = await evaluate()
  })

  it('scores every pair with a legal label on its own grid', () => {
    expect(evaluation.cases.map((row) => row.case)).toEqual(['exact', 'shifted'])
    const [exact, shifted] = evaluation.cases
    for (const structure of ['anterior', 'posterior', 'whole'] as const) {
      expect(exact![structure]).toMatchObject({ dice: 1, volumeErrorPercent: 0 })
      expect(shifted![structure].dice).toBeCloseTo(0.9, 10)
    }
    expect(exact!.anterior.manualMm3).toBeCloseTo(10 * 12 * 8, 6)
    expect(evaluation.summary!.whole).toMatchObject({
      dice: { mean: 0.95, interval: [0.9, 1] },
      worstDice: 0.9,
    })
  })

  it('names every other case with the reason, and rejections of the product separately', () => {
    expect(evaluation.leftOut).toEqual([
      { case: 'alone', reason: 'there is an image, but no label' },
      {
        case: 'elsewhere',
        reason: expect.stringMatching(/grids of label and image differ, 9\.0 mm/),
      },
      { case: 'empty', reason: expect.stringMatching(/^label: .*blank/) },
      { case: 'illegal', reason: 'the label contains 4; only 0, 1 and 2 are allowed' },
      { case: 'imageless', reason: 'there is a label, but no image' },
      { case: 'smaller', reason: 'the label has 10 x 10 x 10 voxels, the image 34 x 46 x 38' },
    ])
    expect(evaluation.notSegmented).toEqual([
      { case: 'tiny', reason: expect.stringMatching(/covers only 8 x 8 x 8 mm/) },
    ])
    expect(printEvaluation(evaluation)).toContain('2 cases scored, 1 not segmented, 6 left out')
  })

  it('scores only the cases of a list, and says which of them do not exist', async () => {
    const { cases, leftOut } = await evaluate({ only: new Set(['shifted', 'unheard-of']) })
    expect(cases.map((row) => row.case)).toEqual(['shifted'])
    expect(leftOut.map((row) => row.case)).toEqual(['unheard-of'])
  })

  it('finds the same voxels after DICOM in every form', async () => {
    const { dicom } = await evaluate({ dicom: true, only: new Set(['exact']) })
    expect(dicom).toEqual(
      ['axial', 'oblique', 'sagittal', 'flipped'].map((form) => ({
        case: 'exact',
        form,
        differentVoxels: 0,
      })),
    )
  })

  it('refuses whole heads and other folders with a sentence', async () => {
    const heads = join(folder, 'heads')
    mkdirSync(heads)
    writeFileSync(join(heads, '1000_hippocampus.nii.gz'), '')
    const refused = (path: string) =>
      evaluateFolder(path, segmenter, {
        side: 'left',
        dicom: false,
        only: undefined,
        onProgress: () => {},
      })
    await expect(refused(heads)).rejects.toThrow(/contains whole heads .* Only crops/)
    await expect(refused(join(folder, 'images'))).rejects.toThrow(/no images\/ and labels\//)
    await expect(refused(join(folder, 'nowhere'))).rejects.toThrow(/is not a folder\.$/)
  })
})

describe('a crop written as DICOM', () => {
  const crop = (values: readonly number[]): Volume => ({
    dimensions: size,
    affine: [-1, 0, 0, 12, 0, -1, 0, 40, 0, 0, 1, -30, 0, 0, 0, 1],
    intensities: Float32Array.from(values),
  })

  it.each([
    ['negative numbers', intensities.map((value, i) => (i % 7 ? value : -value))],
    ['more than 16 bits', intensities.map((value) => value * 3000)],
    ['fractions', intensities.map((value) => value + 0.25)],
  ])('keeps %s as they are', async (_what, values) => {
    const volume = crop(values)
    const { labelMap } = await segmenter.segment(volume, { side: 'left' })
    for (const form of dicomForms) {
      const found = await compareAsDicom(volume, labelMap, form, segmenter, 'left')
      expect(found).toEqual({ form: form.name, differentVoxels: 0 })
    }
  })

  it('counts voxels with a changed label, and reports a rejection', async () => {
    const volume = crop(intensities)
    const { labelMap } = await segmenter.segment(volume, { side: 'left' })
    const labels = labelMap.labels.slice()
    labels[0] = 2
    labels[labels.length - 1] = 1
    const wrong = { ...labelMap, labels }
    for (const form of dicomForms) {
      const found = await compareAsDicom(volume, wrong, form, segmenter, 'left')
      expect(found.differentVoxels).toBe(2)
    }
    const constant = crop(intensities.map(() => 7))
    const refused = await compareAsDicom(constant, labelMap, dicomForms[0]!, segmenter, 'left')
    expect(refused).toMatchObject({ differentVoxels: null, refusal: expect.stringMatching(/same/) })
  })
})

describe('scores', () => {
  it('of nothing found and nothing traced are 0, without a volume error', () => {
    const labels = Uint8Array.of(1, 1, 0, 0)
    const grid = {
      dimensions: [4, 1, 1] as Vector3,
      affine: [2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
    }
    const scores = scoreLabels({ ...grid, labels }, Uint8Array.of(1, 0, 0, 0))
    expect(scores.anterior).toMatchObject({ volumeMm3: 4, manualMm3: 2, volumeErrorPercent: 100 })
    expect(scores.anterior.dice).toBeCloseTo(2 / 3, 10)
    expect(scores.posterior).toMatchObject({ dice: 0, volumeErrorPercent: null })
  })

  it('have wider intervals if crops belong to fewer persons', () => {
    const values = Array.from({ length: 40 }, (_, i) => (i < 20 ? 0.8 : 0.9))
    const alone = bootstrapMean(
      values,
      values.map((_, i) => `${i}`),
    )
    const pairs = bootstrapMean(
      values,
      values.map((_, i) => `${Math.floor(i / 10)}`),
    )
    expect(alone.mean).toBeCloseTo(0.85, 10)
    expect(alone.interval[0]).toBeGreaterThan(0.83)
    expect(alone.interval[1]).toBeLessThan(0.87)
    expect(pairs.interval[1] - pairs.interval[0]).toBeGreaterThan(0.06)
  })
})
