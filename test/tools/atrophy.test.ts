import { describe, expect, it } from 'vitest'
import { drawHead } from '../../tools/atrophy/drawn-heads/draw-head.ts'
import { summarizeDrawn } from '../../tools/atrophy/drawn-heads/summarize-drawn.ts'
import type { KnownCase, MeasureSides } from '../../tools/atrophy/known-case.ts'
import { describeKnownChange, joinFolds } from '../../tools/atrophy/manifest-block.ts'
import { printRun } from '../../tools/atrophy/print-run.ts'
import { runScenarios } from '../../tools/atrophy/run-scenarios.ts'
import { scenarios } from '../../tools/atrophy/scenarios.ts'
import { summarizeScenarios, summarizeSlopes } from '../../tools/atrophy/summarize-run.ts'
import { seededRandom } from '../../tools/seeded-random.ts'
import { levels, makeHippocampus } from '../models/make-hippocampus.ts'
import { makeGrid } from '../volume/phantom.ts'

const grid = makeGrid([36, 48, 44], [1, 1, 1], [0, 0, 0], [-18, -24, -18])
const crop = (around: number): KnownCase => {
  const { volume, labels } = makeHippocampus({ grid, around })
  const trueMm3 = labels.reduce((sum, label) => sum + label, 0)
  return {
    name: 'made',
    kind: 'crop',
    volume,
    labels,
    hippocampi: [{ side: 'left', values: [1], trueMm3 }],
  }
}
/** Counts every voxel by its share of hippocampus in fluid. */
const perfect: MeasureSides = async ({ intensities }) => ({
  left: intensities.reduce(
    (sum, value) => sum + (value - levels.fluid) / (levels.hippocampus - levels.fluid),
    0,
  ),
})
const blind: MeasureSides = async () => ({ left: 3000 })
const few = scenarios.filter(({ name }) => ['0.80', '0.40', '+2 mm, no loss'].includes(name))

describe('a run over changes of known size', () => {
  it('finds a slope of 1 for a perfect measurer and of 0 for a blind one', async () => {
    const measurers = [
      { model: 'perfect', measure: perfect },
      { model: 'blind', measure: blind },
    ]
    const run = await runScenarios([crop(levels.fluid)], few, measurers, () => {})
    const [best, worst] = summarizeSlopes(run.measurements)
    expect(best!.slopes.anchored.slope).toBeCloseTo(1, 1)
    // Where white matter follows, its border with fluid looks like grey: even a perfect count reads a little high.
    expect(best!.slopes.flow.slope).toBeGreaterThan(0.92)
    expect(best!.slopes.flow.slope).toBeLessThan(1.05)
    expect(worst!.slopes.all.slope).toBe(0)
    const figures = summarizeScenarios(run.measurements, new Set())
    expect(figures).toHaveLength(2 * few.length)
    for (const { model, trueRatio, mean } of figures) {
      expect(mean).toBeCloseTo(model === 'blind' ? 1 : trueRatio, 1)
    }
    const text = printRun(run, figures, [best!, worst!])
    expect(text).toMatch(/blind, all +0\.000 .* NO/)
    expect(text).toMatch(/perfect, all .* yes/)
    const models = [{ model: 'perfect', sha256: 'a' }]
    const { measurements } = run
    const file = {
      kind: 'crops',
      models,
      figures,
      slopes: [best!, worst!],
      measurements,
    } as const
    expect(describeKnownChange(file, undefined)).toMatchObject({
      crops: {
        hippocampi: 1,
        ratios: { anchored: [{ left: 0.8 }, { left: 0.4 }] },
        hornRatios: [{ mm: 2 }],
      },
    })
  })

  it('joins the folds of a cross-validation, each with the model that had not seen its people', () => {
    const fold = (name: string, seen: number, measuredMm3: number) => {
      const one = { case: name, side: 'left' as const, trueMm3: 3000 }
      const after = { scenario: '0.50', group: 'flow' as const, trueMm3: 1500, trueRatio: 0.5 }
      const before = {
        scenario: 'as it is',
        group: 'before' as const,
        trueRatio: 1,
        measuredRatio: 1,
      }
      const measurements = [
        { ...one, ...before, model: 'other', measuredMm3: seen },
        { ...one, ...before, model: name, measuredMm3: 3000 },
        { ...one, ...after, model: name, measuredMm3, measuredRatio: measuredMm3 / 3000 },
      ]
      const models = ['other', name].map((model) => ({ model, sha256: model }))
      return { kind: 'crops', models, figures: [], slopes: [], measurements } as const
    }
    const joined = joinFolds([fold('a', 9, 1500), fold('b', 9, 1800)])
    expect(joined.figures).toMatchObject([{ hippocampi: 2, mean: 0.55, trueRatio: 0.5 }])
    expect(joined.slopes[0]!.slopes.flow.points).toBe(4)
  })

  it('reports changes that the product refused to measure, and continues', async () => {
    let calls = 0
    const measure: MeasureSides = async () => {
      if (calls++ === 1) throw new Error('Too dark.')
      return { left: 3000 }
    }
    const measurers = [{ model: 'moody', measure }]
    const run = await runScenarios([crop(levels.fluid)], few.slice(0, 2), measurers, () => {})
    expect(run.notMeasured).toEqual([
      { model: 'moody', case: 'made', scenario: few[0]!.name, reason: 'Too dark.' },
    ])
    expect(run.measurements).toHaveLength(2)
  })

  it('shrinks only one side of a head on request, and keeps the other unchanged', () => {
    const leftOnly = scenarios.find(
      ({ name, group }) => name === '0.50 left only' && group === 'flow',
    )!
    const wide = makeGrid([76, 48, 44], [1, 1, 1], [0, 0, 0], [-38, -24, -18])
    const left = makeHippocampus({ grid: wide, center: [20, 0, 0] })
    const right = makeHippocampus({ grid: wide, center: [-20, 0, 0] })
    const labels = left.labels.map((label, at) =>
      label === 1 ? 1 : right.labels[at] === 1 ? 2 : 0,
    )
    const volume = {
      ...left.volume,
      intensities: left.volume.intensities.map((v, at) =>
        Math.min(v, right.volume.intensities[at]!),
      ),
    }
    const sides = (['left', 'right'] as const).map((side, i) => ({
      side,
      values: [i + 1],
      trueMm3: 2000,
    }))
    const known: KnownCase = { name: 'head', kind: 'head', volume, labels, hippocampi: sides }
    const { volume: changed, ratios } = leftOnly.change(known)
    expect(ratios.left).toBeCloseTo(0.5, 2)
    expect(ratios.right).toBe(1)
    labels.forEach((label, at) => {
      if (label === 2 && changed.intensities[at] !== volume.intensities[at]) expect.fail('moved')
    })
  })
})

describe('a head drawn from a label map', () => {
  const numbers = new Float32Array(40 * 40 * 40)
  numbers.forEach((_, at) => {
    const [i, j, k] = [at % 40, Math.floor(at / 40) % 40, Math.floor(at / 1600)]
    if (i < 5 || j < 5 || k < 5 || i > 34 || j > 34 || k > 34) return
    numbers[at] = i < 15 ? 17 : i < 25 ? 2 : 4
  })
  const map = { ...makeGrid([40, 40, 40]), intensities: numbers }
  const { volume, labels } = drawHead(map, seededRandom(1))
  const meanOf = (number: number, from: number, to: number) => {
    const own = volume.intensities.filter((_, at) => {
      const column = at % volume.dimensions[0]
      return labels[at] === number && column >= from && column <= to
    })
    return own.reduce((sum, value) => sum + value, 0) / own.length
  }

  it('shows each tissue with its brightness, and air around it', () => {
    expect(meanOf(17, 8, 11)).toBeGreaterThan(67)
    expect(meanOf(17, 8, 11)).toBeLessThan(75)
    expect(meanOf(2, 17, 20)).toBeGreaterThan(100)
    expect(meanOf(4, 28, 30)).toBeLessThan(25)
    expect(volume.intensities[0]).toBeLessThan(12)
  })

  it('is the same for the same seed', () => {
    expect(drawHead(map, seededRandom(1)).volume.intensities).toEqual(volume.intensities)
    expect(drawHead(map, seededRandom(2)).volume.intensities).not.toEqual(volume.intensities)
  })

  it('is summarised separately for maps unused in training', () => {
    const measured = (name: string, trueMm3: number, power: number) =>
      ({
        model: 'm',
        map: name,
        side: 'left',
        trueMm3,
        measuredMm3: trueMm3 ** power,
        how: 'head',
      }) as const
    const figures = summarizeDrawn([
      measured('01', 2000, 0.5),
      measured('03', 5000, 0.5),
      measured('02', 3500, 0.9),
    ])
    expect(figures.map(({ maps, hippocampi }) => [maps, hippocampi])).toEqual([
      ['held back', 2],
      ['all', 3],
    ])
    expect(figures[0]!.slope).toBeCloseTo(0.5, 9)
  })
})
