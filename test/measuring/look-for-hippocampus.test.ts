import { describe, expect, it } from 'vitest'
import type { Segmenter } from '../../src/inference/segmenter.ts'
import { lookForHippocampus } from '../../src/measuring/look-for-hippocampus.ts'
import { headGrid, phantomHead, phantomLocalization } from '../support/phantom-head.ts'

const head = phantomHead(headGrid([2, 2, 2]))

/** A model that sees a cube whose middle is always so many voxels in front of the middle of the box. */
function segmenterThatSees(offset: number): Segmenter {
  return {
    manifest: {} as Segmenter['manifest'],
    segment: async () => Promise.reject(new Error('not asked for')),
    close: async () => {},
    predict: async ({ dimensions }) => {
      const [columns, rows, slices] = dimensions
      const background = new Float32Array(columns * rows * slices).fill(1)
      const anterior = new Float32Array(background.length)
      const middle = dimensions.map((n) => Math.floor(n / 2))
      for (let k = -2; k < 2; k++) {
        for (let j = -2; j < 2; j++) {
          for (let i = -2; i < 2; i++) {
            const at =
              middle[0]! + i + columns * (middle[1]! + j + offset + rows * (middle[2]! + k))
            background[at] = 0
            anterior[at] = 1
          }
        }
      }
      return [background, anterior, new Float32Array(background.length)]
    },
  }
}

const lookWith = async (offset: number) =>
  lookForHippocampus(head, 'left', phantomLocalization(), segmenterThatSees(offset), undefined)

describe('looking for one hippocampus', () => {
  it('repeats around its result, at most four times, while that moves', async () => {
    const look = await lookWith(5)
    expect(look!.looks).toBe(4)
    expect(look!.movedMm).toBeGreaterThan(4)
    expect(look!.movedMm).toBeLessThan(6)
  })

  it('makes two passes if the second confirms the first', async () => {
    expect((await lookWith(1))!.looks).toBe(2)
  })
})
