import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSegmenter, type Segmenter } from '../../src/inference/segmenter.ts'
import type { HeadLocalization } from '../../src/localization/head-localization.ts'
import type { QualityFinding } from '../../src/measurement/quality-finding.ts'
import { measureHead } from '../../src/measuring/measure-head.ts'
import { SeriesRejection } from '../../src/measuring/series-rejection.ts'
import { timeSteps } from '../../src/telemetry/time-steps.ts'
import type { LabelMap, Vector3, Volume } from '../../src/volume/grid.ts'
import { voxelToPatient } from '../../src/volume/patient-affine.ts'
import {
  headGrid,
  localizerThatSays,
  phantomCenters,
  phantomHead,
  phantomHeadAt,
  phantomLocalization,
  phantomMm3,
} from '../support/phantom-head.ts'
import { paint } from '../volume/phantom.ts'

const manifestPath = fileURLToPath(new URL('../inference/fixtures/threshold.json', import.meta.url))

describe('measuring a whole head', () => {
  let segmenter: Segmenter
  beforeAll(async () => {
    segmenter = await createSegmenter({ manifestPath, threads: 1 })
  })
  afterAll(() => segmenter?.close())

  const stages: string[] = []
  const measure = (
    head: Volume,
    localization: HeadLocalization = phantomLocalization(),
    acquisition: readonly QualityFinding[] = [],
    used: Segmenter = segmenter,
  ) => {
    const { signal } = new AbortController()
    const step = timeSteps(
      () => 0,
      ({ stage }) => stages.push(stage),
      signal,
    )
    const tools = { segmenter: used, localizer: localizerThatSays(localization) }
    return measureHead(head, tools, acquisition, step, signal)
  }
  const rejection = async (...args: Parameters<typeof measure>) => {
    const error = await measure(...args).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(SeriesRejection)
    return error as SeriesRejection
  }
  /** Middle of the voxels with any of these labels. */
  const middleOf = ({ dimensions, affine, labels }: LabelMap, wanted: readonly number[]) => {
    const sum = [0, 0, 0]
    let count = 0
    const [columns, rows] = dimensions
    labels.forEach((label, index) => {
      if (!wanted.includes(label)) return
      const at = voxelToPatient(affine, [
        index % columns,
        Math.floor(index / columns) % rows,
        Math.floor(index / (columns * rows)),
      ])
      at.forEach((value, axis) => {
        sum[axis]! += value
      })
      count++
    })
    return sum.map((value) => value / count)
  }

  it.each<[string, Vector3, Vector3, Vector3, Vector3]>([
    ['upright at 1 mm', [1, 1, 1], [0, 0, 0], [0, 0, 0], [0, 0, 0]],
    ['with a localizer that is 7 mm off', [1, 1, 1], [0, 0, 0], [4, -5, 3], [0, 0, 0]],
    ['turned by 25 degrees', [1, 1, 1], [25, -15, 20], [3, 3, -3], [25, -15, 20]],
    ['of 2 mm slices', [1, 1, 2], [5, 0, 0], [0, 2, 0], [5, 0, 0]],
  ])('%s finds both sides with their positions and volumes', async (...phantom) => {
    const [, mm, degrees, off, axes] = phantom
    const head = phantomHead(headGrid(mm, degrees))
    const measured = await measure(head, phantomLocalization({}, off, axes))
    const { labelMap, volumes, regions } = measured
    expect(labelMap.dimensions).toEqual(head.dimensions)
    expect(labelMap.affine).toEqual(head.affine)
    expect(regions.map(({ label, side, part }) => [label, side, part])).toEqual([
      [1, 'left', 'anterior'],
      [2, 'left', 'posterior'],
      [3, 'right', 'anterior'],
      [4, 'right', 'posterior'],
    ])
    expect(volumes.map(({ side }) => side)).toEqual(['left', 'right'])
    for (const { totalMm3, posteriorMm3 } of volumes) {
      expect(Math.abs(totalMm3 / phantomMm3.whole - 1)).toBeLessThan(0.06)
      // The interpolated edge of the bright core is brighter than the shell: the network calls it core.
      expect(posteriorMm3 / phantomMm3.posterior).toBeGreaterThan(1)
      expect(posteriorMm3 / phantomMm3.posterior).toBeLessThan(1.5)
    }
    for (const [side, labels] of [
      ['left', [1, 2]],
      ['right', [3, 4]],
    ] as const) {
      const middle = middleOf(labelMap, labels)
      middle.forEach((value, axis) => {
        expect(Math.abs(value - phantomCenters[side][axis]!)).toBeLessThan(0.5)
      })
    }
  })

  it('gives the standard error of each side from the manifest', async () => {
    const line = { constantMm3: 0, perVolume: 0.05, perSurface: 0, perUncertainty: 0 }
    const plain = await measure(phantomHead())
    expect(plain.volumes.map((one) => one.standardErrorMm3)).toEqual([undefined, undefined])
    // Nor of horns, without a network for them.
    expect(plain.horns).toEqual([])
    const told = await measure(phantomHead(), undefined, undefined, {
      ...segmenter,
      manifest: {
        ...segmenter.manifest,
        standardError: { kind: 'linear', whole: line, anterior: line, posterior: line },
      },
    })
    for (const { totalMm3, anteriorMm3, standardErrorMm3 } of told.volumes) {
      expect(standardErrorMm3!.total / totalMm3).toBeCloseTo(0.05, 2)
      expect(standardErrorMm3!.anterior / anteriorMm3).toBeCloseTo(0.05, 2)
    }
  })

  describe('with a network for the temporal horn', () => {
    /** A rod of fluid, 6 x 24 x 6 mm, at the side of each hippocampus; a voxel of it is dark. */
    const rod = (point: Vector3) =>
      (['left', 'right'] as const).some((side) => {
        const [x, y, z] = phantomCenters[side]
        const lateral = side === 'left' ? x + 13 : x - 13
        const off = [point[0] - lateral, point[1] - y, point[2] - z].map(Math.abs)
        return off[0]! < 3 && off[1]! < 12 && off[2]! < 3
      })
    const head = () => {
      const plain = phantomHead()
      const rods = paint(plain, (point) => (rod(point) ? 1 : 0)).intensities
      return { ...plain, intensities: plain.intensities.map((v, at) => (rods[at]! ? 10 : v)) }
    }
    const horn = {
      ...{ name: 'horn', version: '1', file: 'horn.onnx', sha256: '0'.repeat(64) },
      standardError: { constantMm3: 40, perVolume: 0.1 },
      slitBelowMm3: 80,
    }
    /** Takes whatever is dark for the horn. */
    const seesDark = (sees: (value: number) => boolean): Segmenter => {
      const { input, normalization, output, labels } = segmenter.manifest
      return {
        ...segmenter,
        manifest: {
          ...segmenter.manifest,
          horn: { ...horn, input, normalization, output, labels },
        },
        predictHorn: async ({ intensities }) => intensities.map((value) => (sees(value) ? 1 : 0)),
      }
    }
    const isDark = (value: number) => value < 55

    it('measures both horns and the occupancy', async () => {
      const { horns, volumes, withHorns, labelMap } = await measure(
        head(),
        undefined,
        [],
        seesDark(isDark),
      )
      const mm3 = 6 * 24 * 6
      horns.forEach((found, index) => {
        if (found.state !== 'measured') throw new Error(found.sentence)
        expect(Math.abs(found.volumeMm3 / mm3 - 1)).toBeLessThan(0.15)
        expect(found.standardErrorMm3).toBeCloseTo(40 + 0.1 * found.volumeMm3, 6)
        const { totalMm3 } = volumes[index]!
        expect(found.occupancy).toBeCloseTo(totalMm3 / (totalMm3 + found.volumeMm3), 6)
      })
      expect(horns.map(({ side }) => side)).toEqual(['left', 'right'])
      const marked = withHorns()
      for (const [side, label] of [
        ['left', 5],
        ['right', 6],
      ] as const) {
        const [x, y, z] = middleOf(marked, [label])
        const [cx, cy, cz] = phantomCenters[side]
        expect(Math.abs(x! - cx)).toBeGreaterThan(11)
        expect(Math.abs(y! - cy)).toBeLessThan(1)
        expect(Math.abs(z! - cz)).toBeLessThan(1)
      }
      expect(labelMap.labels.includes(5)).toBe(false)
    })

    it('never labels hippocampus as horn, whatever the network says', async () => {
      const { horns, withHorns, labelMap } = await measure(
        phantomHead(),
        undefined,
        [],
        seesDark((value) => value > 300),
      )
      expect(horns.map(({ state }) => state)).toEqual(['slit', 'slit'])
      expect(withHorns().labels).toEqual(labelMap.labels)
    })

    it('gives no number if a horn extends beyond the box', async () => {
      const { horns } = await measure(
        phantomHead(),
        undefined,
        [],
        seesDark((value) => value < 150),
      )
      expect(horns.map(({ state }) => state)).toEqual(['cut', 'cut'])
    })
  })

  it('repeats around its result only while it moves', async () => {
    const exact = await measure(phantomHead())
    expect(exact.looks.map(({ looks }) => looks)).toEqual([2, 2])
    const off = await measure(phantomHead(), phantomLocalization({}, [4, -5, 3]))
    for (const { movedMm, looks } of off.looks) {
      expect(movedMm).toBeGreaterThan(6)
      expect(looks).toBeLessThanOrEqual(4)
    }
    // Whatever the localizer was off by, the box ends up in the same place.
    off.volumes.forEach(({ totalMm3 }, index) => {
      expect(Math.abs(totalMm3 / exact.volumes[index]!.totalMm3 - 1)).toBeLessThan(0.02)
    })
  })

  it('makes a second, shifted pass only if the model is uncertain', async () => {
    /** The same outlines, with less of a difference between inside and outside. */
    const unsure: Segmenter = {
      ...segmenter,
      async predict(box, options) {
        const [background, ...labels] = await segmenter.predict(box, options)
        const isInside = background!.map((value) => (value < 0.5 ? 0.85 : 0))
        const softer = labels.map((label) => label.map((value, at) => value * isInside[at]!))
        return [
          background!.map((_, at) => 1 - softer.reduce((sum, one) => sum + one[at]!, 0)),
          ...softer,
        ]
      },
    }
    stages.length = 0
    const { quality } = await measure(phantomHead(), undefined, [], unsure)
    const agreements = quality.filter(({ check }) => check === 'SHIFTED_AGREEMENT')
    expect(agreements.map(({ side }) => side)).toEqual(['left', 'right'])
    expect(stages).toEqual(['localize', 'infer', 'measure', 'infer', 'infer'])
    const sure = await measure(phantomHead())
    expect(sure.quality.map(({ check }) => check)).not.toContain('SHIFTED_AGREEMENT')
  })

  it('reports the finding of every gate, and its stages', async () => {
    stages.length = 0
    const lossy = { check: 'LOSSY_COMPRESSION', verdict: 'warning', sentence: 'Lossy.' } as const
    const { quality, verdict, intracranialVolume } = await measure(phantomHead(), undefined, [
      lossy,
    ])
    expect(quality[0]).toBe(lossy)
    expect(verdict).toBe('warning')
    expect(quality.filter((one) => one.verdict !== 'measured')).toEqual([lossy])
    expect(quality.map(({ check }) => check)).toEqual(
      expect.arrayContaining([
        'RESOLUTION',
        'HEAD_FOUND',
        'BRAIN_COVERAGE',
        'BOX_IN_VIEW',
        'ONE_BODY',
        'ASYMMETRY',
      ]),
    )
    expect(quality.map(({ check }) => check)).toEqual(
      expect.arrayContaining(['MOTION', 'BRIGHT_VESSELS']),
    )
    expect(intracranialVolume.mm3).toBe(1_500_000)
    expect(intracranialVolume.standardErrorMm3).toBeGreaterThan(30_000)
    expect(stages).toEqual(['localize', 'infer', 'measure'])
  })

  it('names the smaller hippocampus', async () => {
    const { quality } = await measure(phantomHead(headGrid(), 1.1))
    const asymmetry = quality.find(({ check }) => check === 'ASYMMETRY')!
    expect(asymmetry.verdict).toBe('warning')
    expect(asymmetry.sentence).toMatch(/^The left hippocampus is .* smaller/)
  })

  it('calls the sides unknown in every sentence if the orientation is unknown', async () => {
    const tools = { segmenter, localizer: localizerThatSays(phantomLocalization()) }
    const atOnce = async <T>(_: unknown, run: () => T | Promise<T>) => run()
    const head = phantomHead(headGrid(), 1.1)
    const measured = await measureHead(head, tools, [], atOnce, undefined, false)
    expect(measured.volumes.map(({ side }) => side)).toEqual(['unknown', 'unknown'])
    expect(new Set(measured.regions.map(({ side }) => side))).toEqual(new Set(['unknown']))
    for (const { side, sentence } of measured.quality) {
      expect(side === 'left' || side === 'right').toBe(false)
      expect(sentence).not.toMatch(/\b(left|right)\b/i)
    }
  })

  it('rejects a label map before searching for a head', async () => {
    stages.length = 0
    const map = paint(headGrid(), phantomHeadAt)
    const error = await rejection(map)
    expect(error.code).toBe('QUALITY_REJECTED')
    expect(error.message).toMatch(/3 distinct values/)
    expect(stages).toEqual([])
  })

  it('rejects images without a head before segmenting', async () => {
    stages.length = 0
    const error = await rejection(phantomHead(), phantomLocalization({ found: false, score: 0.2 }))
    expect(error).toMatchObject({ code: 'HEAD_NOT_FOUND', stage: 'localize', retryable: false })
    expect(stages).toEqual(['localize'])
  })

  it('rejects a head of thick slices before it is located', async () => {
    stages.length = 0
    const error = await rejection(phantomHead(headGrid([1, 1, 3])))
    expect(error).toMatchObject({ code: 'QUALITY_REJECTED', stage: 'measure' })
    expect(error.message).toMatch(/needs 2 mm or less/)
    expect(stages).toEqual([])
  })

  it('rejects a head that is cut off next to a hippocampus, and names it', async () => {
    const whole = headGrid()
    const [columns, rows, slices] = whole.dimensions
    // The grid counts from the right (low x): half of what lies to the right of the head is cut away.
    const start = voxelToPatient(whole.affine, [40, 0, 0])
    const affine = whole.affine.map((v, i) => (i % 4 === 3 && i < 12 ? start[(i - 3) / 4]! : v))
    const cut = { dimensions: [columns - 40, rows, slices] as const, affine }
    const error = await rejection(phantomHead(cut))
    expect(error.code).toBe('QUALITY_REJECTED')
    expect(error.message).toMatch(/^The images end near the right hippocampus/)
  })

  it('rejects a head whose hippocampus fills its box', async () => {
    const head = phantomHead()
    const [left] = [phantomCenters.left]
    const grown = {
      ...head,
      intensities: head.intensities.map((value, index) => {
        const [columns, rows] = head.dimensions
        const [x, y, z] = voxelToPatient(head.affine, [
          index % columns,
          Math.floor(index / columns) % rows,
          Math.floor(index / (columns * rows)),
        ])
        const isBar = Math.abs(x - left[0]) < 4 && Math.abs(z - left[2]) < 4
        return isBar && Math.abs(y - left[1]) < 40 ? 500 : value
      }),
    }
    const error = await rejection(grown)
    expect(error.quality.find(({ check }) => check === 'MASK_TOUCHES_BOX')?.verdict).toBe(
      'rejected',
    )
  })

  it('finds no hippocampus if the network labels none', async () => {
    const head = phantomHead()
    const smooth = { ...head, intensities: head.intensities.map((value) => Math.min(value, 109)) }
    await expect(measure(smooth)).rejects.toMatchObject({
      code: expect.stringMatching(/HIPPO|QUALITY/),
    })
  })
})
