import { describe, expect, it } from 'vitest'
import { HippoError } from '../../src/errors.ts'
import type { Segmenter } from '../../src/inference/segmenter.ts'
import { comparePartsOf, createShadowModel } from '../../src/measuring/shadow-model.ts'
import type { ShadowComparison } from '../../src/models/shadow-comparison.ts'
import { jobOfLine, withinJob } from '../../src/telemetry/job-context.ts'
import type { LabelMap } from '../../src/volume/grid.ts'
import { makeGrid, paint } from '../volume/phantom.ts'

const grid = makeGrid([4, 4, 1], [1, 1, 2])
const volume = paint(grid, () => 1)
const labelled = (...labels: number[]): LabelMap => ({
  dimensions: volume.dimensions,
  affine: volume.affine,
  labels: Uint8Array.from({ length: 16 }, (_, voxel) => labels[voxel] ?? 0),
})
const measured = {
  kind: 'crop',
  volume,
  labelMap: labelled(1, 1, 2, 2),
  volumes: [{ side: 'left', anteriorMm3: 4, posteriorMm3: 4, totalMm3: 8 }],
} as const
const active = { name: 'one', version: '1', sha256: 'a' }

function start(segment: () => Promise<LabelMap>) {
  const told: ShadowComparison[] = []
  const warned: object[] = []
  const shadow = createShadowModel({
    segmenter: {
      manifest: { name: 'two', version: '2', sha256: 'b', file: 'two.onnx' },
      segment: async () => ({ labelMap: await segment() }),
    } as unknown as Segmenter,
    active,
    tell: (comparison) => told.push(comparison),
    clock: () => 0,
    monotonicClock: () => 0,
    log: { warn: (facts) => warned.push({ ...facts, ...jobOfLine() }) },
  })
  const keep = (jobId: string) =>
    shadow.keep({ jobId, orthancStudyId: `study of ${jobId}`, measured, activeMilliseconds: 7.4 })
  return { shadow, told, warned, keep }
}

describe('a second model in shadow mode', () => {
  it('measures only on request, and reports volumes and overlap of each part', async () => {
    const { shadow, told, keep } = start(async () => labelled(1, 1, 1, 2))
    keep('job')
    await shadow.idle()
    expect(told).toEqual([])
    await shadow.run()
    expect(told).toEqual([
      {
        at: '1970-01-01T00:00:00.000Z',
        jobId: 'job',
        orthancStudyId: 'study of job',
        kind: 'crop',
        active,
        shadow: { name: 'two', version: '2', sha256: 'b' },
        parts: [
          { side: 'left', part: 'anterior', activeMm3: 4, shadowMm3: 6, dice: 0.8 },
          { side: 'left', part: 'posterior', activeMm3: 4, shadowMm3: 2, dice: 2 / 3 },
          { side: 'left', part: 'whole', activeMm3: 8, shadowMm3: 8, dice: 1 },
        ],
        activeMilliseconds: 7,
        shadowMilliseconds: 0,
      },
    ])
  })

  it('logs its failures with their job, without side effects', async () => {
    const { shadow, told, warned, keep } = start(async () => {
      throw new HippoError('INFERENCE_FAILED', 'It broke off.')
    })
    withinJob('first', () => keep('first'))
    await withinJob('another', () => shadow.run())
    expect(told[0]).toMatchObject({ parts: [], error: { code: 'INFERENCE_FAILED' } })
    expect(warned).toEqual([expect.objectContaining({ jobId: 'first' })])
  })

  it('makes the next job wait until it has finished', async () => {
    const { promise, resolve } = Promise.withResolvers<LabelMap>()
    const { shadow, told, keep } = start(() => promise)
    keep('job')
    const running = shadow.run()
    let idle = false
    void shadow.idle().then(() => {
      idle = true
    })
    await new Promise((done) => setImmediate(done))
    expect(idle).toBe(false)
    resolve(labelled(1, 2))
    await running
    expect(told).toHaveLength(1)
    await shadow.idle()
    expect(idle).toBe(true)
  })

  it('compares each side of a head by its own labels', () => {
    const head = {
      kind: 'head',
      labelMap: labelled(1, 2, 3, 4),
      volumes: [
        { side: 'left', anteriorMm3: 2, posteriorMm3: 2, totalMm3: 4 },
        { side: 'right', anteriorMm3: 2, posteriorMm3: 2, totalMm3: 4 },
      ],
    } as const
    const parts = comparePartsOf(head, labelled(1, 2, 3, 0))
    const whole = parts.filter(({ part }) => part === 'whole')
    expect(whole.map(({ side, shadowMm3, dice }) => [side, shadowMm3, dice])).toEqual([
      ['left', 4, 1],
      ['right', 2, 2 / 3],
    ])
  })
})
