import { describe, expect, it } from 'vitest'
import { checkImageBorder, shareAtBorder } from '../../src/measurement/quality/check-box.ts'
import type { LabelMap } from '../../src/volume/grid.ts'

const dimensions = [24, 20, 46] as const

/** A body of 8 x 8 x 30 voxels that begins at this slice, of which the images hold `slices`. */
function bodyIn(slices: number, start: number): LabelMap {
  const [columns, rows] = dimensions
  const labels = new Uint8Array(columns * rows * slices)
  for (let k = start; k < Math.min(start + 30, slices); k++) {
    for (let j = 6; j < 14; j++)
      labels.fill(1, 8 + columns * (j + rows * k), 16 + columns * (j + rows * k))
  }
  return { dimensions: [columns, rows, slices], labels, affine: {} } as unknown as LabelMap
}

const judge = (labelMap: LabelMap) => checkImageBorder('left', shareAtBorder(labelMap))

describe('the gate at the edge of the images of a crop', () => {
  it('passes a hippocampus that ends within them', () => {
    expect(judge(bodyIn(46, 8)).verdict).toBe('measured')
  })

  it('warns if the images end within the hippocampus, as after a partial transfer', () => {
    const { verdict, check, sentence } = judge(bodyIn(24, 8))
    expect([check, verdict]).toEqual(['MASK_TOUCHES_IMAGE', 'warning'])
    expect(sentence).toMatch(/edge of the images.*too small/)
  })

  it('warns at the first slice and at the last', () => {
    expect(judge(bodyIn(46, 0)).verdict).toBe('warning')
    expect(judge(bodyIn(46, 16)).verdict).toBe('warning')
  })

  it('gives no finding for an empty label map', () => {
    expect(judge(bodyIn(4, 8)).verdict).toBe('measured')
  })
})
