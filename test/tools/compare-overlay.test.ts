import { describe, expect, it } from 'vitest'
import { countOverlay } from '../../tools/viewer-check/compare-overlay.ts'

const [columns, rows, zoom] = [20, 16, 10]
const orange = [230, 159, 0] as const

/** A grey image with a rectangle of label 1, and how a viewer shows it: ten pixels a voxel. */
function show(options: { shift?: number; color?: readonly [number, number, number] } = {}) {
  const { shift = 0, color = orange } = options
  const isMarked = (column: number, row: number) =>
    column >= 5 && column < 12 && row >= 4 && row < 9
  const labels = new Uint8Array(columns * rows)
  const intensities = new Float32Array(columns * rows)
  for (let voxel = 0; voxel < labels.length; voxel++) {
    const [column, row] = [voxel % columns, Math.floor(voxel / columns)]
    labels[voxel] = Number(isMarked(column, row))
    intensities[voxel] = (column * 7 + row * 13) % 40
  }
  const [width, height] = [columns * zoom, rows * zoom]
  const pixels = new Uint8ClampedArray(width * height * 4)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [column, row] = [Math.floor(x / zoom), Math.floor(y / zoom)]
      const grey = 40 + 3 * intensities[row * columns + column]!
      const blend = isMarked(column - shift, row) ? 0.4 : 0
      const rgb = color.map((channel) => (1 - blend) * grey + blend * channel)
      pixels.set([...rgb, 255], (y * width + x) * 4)
    }
  }
  const voxelAt = (x: number, y: number) => [x / zoom - 0.5, y / zoom - 0.5] as const
  const mask = { columns, rows, labels, intensities }
  return countOverlay({ width, height, pixels, voxelAt }, mask, new Map([[1, orange]]), 3)
}

describe('comparing an overlay on the screen with the mask', () => {
  it('finds its colour on the mask and nowhere else', () => {
    const { right, missing, stray, plain, agreement } = show()
    expect([missing, stray]).toEqual([0, 0])
    expect(right).toBe(64 * 44)
    expect(plain).toBeGreaterThan(20_000)
    expect(agreement).toBeCloseTo(1, 2)
  })

  it('finds an overlay that is one voxel off', () => {
    const { missing, stray } = show({ shift: 1 })
    expect(missing).toBeGreaterThan(200)
    expect(stray).toBeGreaterThan(200)
  })

  it('finds an overlay in the colour of another segment', () => {
    expect(show({ color: [86, 180, 233] })).toMatchObject({ right: 0, missing: 64 * 44 })
  })
})
