import { describe, expect, it } from 'vitest'
import { HippoError } from '../../src/errors.ts'
import { followChange } from '../../src/pipeline/follow-change.ts'

type Measured = Parameters<typeof followChange>[1]
type Options = Parameters<typeof followChange>[2]

const earlier = {
  studyInstanceUid: '1.2.3',
  studyDate: '20240101',
  years: 1,
  source: { seriesInstanceUid: '1.2.3.4', instances: [] },
} as unknown as Parameters<typeof followChange>[0]

/** A head of two voxels, one of each hippocampus. */
const head = {
  kind: 'head',
  labelMap: {
    dimensions: [2, 1, 1],
    affine: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
    labels: Uint8Array.from([1, 3]),
  },
  localization: {},
  quality: [],
  volumes: [],
} as unknown as Measured

function follow(measured: Measured, fails: Error, signal = new AbortController().signal) {
  const archive = { fetchSeries: () => Promise.reject(fails) }
  return followChange(earlier, measured, { archive, signal } as unknown as Options)
}

const gone = new HippoError('SERIES_INCOMPLETE', 'The archive listed 9 images and gave 0.')

describe('the change since an earlier study', () => {
  it('is not measured on crops or with motion in this study, and nothing is fetched', async () => {
    const unread = new Error('Fetched.')
    const crop = await follow({ ...head, kind: 'crop' }, unread)
    expect(crop.change).toMatchObject({ sides: [], reason: 'CROP' })
    const motion = { check: 'MOTION', verdict: 'warning', sentence: '' } as const
    const moved = await follow({ ...head, quality: [motion] }, unread)
    expect(moved.change).toMatchObject({ sides: [], reason: 'MOTION' })
  })

  it('gives the reason if the earlier images are unavailable, without preventing the measurement', async () => {
    const { change } = await follow(head, gone)
    expect(change).toMatchObject({ ...{ studyInstanceUid: '1.2.3', years: 1 }, sides: [] })
    expect(change.reason).toBe('SERIES_INCOMPLETE')
    expect(change.sentence).toContain('gave 0')
  })

  it('ends with an aborted run, and does not hide programming errors', async () => {
    const aborted = AbortSignal.abort(new Error('Cancelled.'))
    await expect(follow(head, gone, aborted)).rejects.toThrow('Cancelled.')
    await expect(follow(head, new TypeError('A bug.'))).rejects.toThrow('A bug.')
  })
})
