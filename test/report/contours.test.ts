import { describe, expect, it } from 'vitest'
import { smoothContour } from '../../src/report/smooth-contour.ts'
import { type Contour, traceContours } from '../../src/report/trace-contours.ts'

function trace(columns: number, rows: number, isInside: (x: number, y: number) => boolean) {
  const values = new Float32Array(columns * rows)
  for (let index = 0; index < values.length; index += 1) {
    values[index] = isInside(index % columns, Math.floor(index / columns)) ? 1 : 0
  }
  return traceContours(values, columns, rows, 0.5)
}

function signedArea(contour: Contour): number {
  return contour.reduce((sum, [x, y], index) => {
    const [nextX, nextY] = contour[(index + 1) % contour.length]!
    return sum + (x * nextY - nextX * y) / 2
  }, 0)
}

describe('the tracing of contours', () => {
  it('runs once around a box, half a voxel outside its voxel centres', () => {
    const contours = trace(12, 10, (x, y) => x >= 3 && x <= 7 && y >= 2 && y <= 6)
    expect(contours).toHaveLength(1)
    for (const [x, y] of contours[0]!) {
      const outside = Math.max(3 - x, x - 7, 2 - y, y - 6)
      expect(outside).toBeGreaterThan(-1e-9)
      expect(outside).toBeLessThanOrEqual(0.5)
    }
    expect(Math.abs(signedArea(contours[0]!))).toBeCloseTo(24.5, 6)
  })

  it('closes along the border of the slice', () => {
    const [contour, ...others] = trace(4, 3, () => true)
    expect(others).toEqual([])
    expect(Math.abs(signedArea(contour!))).toBeCloseTo(11.5, 6)
  })

  it('runs around a hole in the other direction', () => {
    const areas = trace(9, 9, (x, y) => Math.max(Math.abs(x - 4), Math.abs(y - 4)) % 4 !== 0)
      .map(signedArea)
      .sort((one, other) => one - other)
    expect(areas).toHaveLength(2)
    expect(Math.sign(areas[0]!)).toBe(-Math.sign(areas[1]!))
  })

  it('keeps two voxels that touch at a corner in closed lines', () => {
    const contours = trace(4, 4, (x, y) => x === y && (x === 1 || x === 2))
    const points = contours.flat().length
    expect(points).toBe(8)
    const area = contours.reduce((sum, contour) => sum + Math.abs(signedArea(contour)), 0)
    expect(area).toBeGreaterThanOrEqual(1)
    expect(area).toBeLessThanOrEqual(1.5)
  })

  it('lies where interpolated values cross the level', () => {
    const values = Float32Array.from([0, 0, 0, 0, 0, 0.2, 1, 0, 0, 0, 0, 0])
    const [contour] = traceContours(values, 4, 3, 0.5)
    const leftmost = Math.min(...contour!.map(([x]) => x))
    expect(leftmost).toBeCloseTo(1.375, 5)
  })

  it('finds nothing where nothing is labelled', () => {
    expect(trace(5, 5, () => false)).toEqual([])
  })
})

describe('the smoothing of contours', () => {
  const [disc] = trace(31, 31, (x, y) => Math.hypot(x - 15, y - 15) < 10.5)

  it('keeps the area and moves no point by more than half a voxel', () => {
    const smooth = smoothContour(disc!)
    expect(signedArea(smooth) / signedArea(disc!)).toBeCloseTo(1, 1.7)
    for (const [index, [x, y]] of smooth.entries()) {
      const [oldX, oldY] = disc![index]!
      expect(Math.hypot(x - oldX, y - oldY)).toBeLessThan(0.5)
    }
  })

  it('removes voxel steps', () => {
    const roughness = (contour: Contour) =>
      Math.max(...contour.map(([x, y]) => Math.abs(Math.hypot(x - 15, y - 15) - 10.25)))
    expect(roughness(smoothContour(disc!))).toBeLessThan(roughness(disc!))
  })

  it('keeps the outline of a single voxel', () => {
    const [voxel] = trace(3, 3, (x, y) => x === 1 && y === 1)
    expect(smoothContour(voxel!)).toEqual(voxel)
  })
})
