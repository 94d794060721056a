import { describe, expect, it } from 'vitest'
import { enlargeSlice } from '../../src/report/enlarge-slice.ts'
import {
  chooseMontage,
  choosePlanes,
  type HippocampusView,
} from '../../src/report/hippocampus-views.ts'
import { opposite, orientationLetter, patientPlanes } from '../../src/report/patient-planes.ts'
import type { Vector3 } from '../../src/volume/grid.ts'
import { cropRegions, gridAround, phantomOn, plainGrid } from './make-report-input.ts'

const size = 300
const window = { black: 0, white: 1000 }

type Steps = readonly [Vector3, Vector3, Vector3]
const tilt = (Math.PI / 180) * 20
const acquisitions: Record<string, { dimensions: Vector3; steps: Steps }> = {
  'axial, 1 mm': {
    dimensions: [36, 50, 34],
    steps: [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
  },
  'axial, from head to feet': {
    dimensions: [36, 50, 34],
    steps: [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, -1],
    ],
  },
  'mirrored rows (columns to the right)': {
    dimensions: [36, 50, 34],
    steps: [
      [-1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
  },
  'sagittal, slices 2 mm apart': {
    dimensions: [50, 34, 18],
    steps: [
      [0, 1, 0],
      [0, 0, -1],
      [2, 0, 0],
    ],
  },
  'coronal, pixels 0.5 x 0.8 mm': {
    dimensions: [72, 44, 50],
    steps: [
      [0.5, 0, 0],
      [0, 0, -0.8],
      [0, 1, 0],
    ],
  },
  'oblique by 20 degrees': {
    dimensions: [60, 80, 60],
    steps: [
      [0.8, 0, 0],
      [0, 0.8 * Math.cos(tilt), 0.8 * Math.sin(tilt)],
      [0, -0.8 * Math.sin(tilt), 0.8 * Math.cos(tilt)],
    ],
  },
}

/** Millimetres in the patient, along the page's two directions, of the centre of bright pixels. */
function findBright(view: HippocampusView): { across: number; down: number; area: number } {
  const perMm = size / view.field.downSide
  const rgba = enlargeSlice(view.slice, window, size, size, perMm)
  let [count, sumX, sumY] = [0, 0, 0]
  for (let index = 0; index < size * size; index += 1) {
    if (rgba[index * 4]! < 140) continue
    count += 1
    sumX += index % size
    sumY += Math.floor(index / size)
  }
  const { field, plane } = view
  const fromCentre = (sum: number) => (sum / count + 0.5 - size / 2) / perMm
  return {
    across: field.acrossCentre + plane.across.sign * fromCentre(sumX),
    down: field.downCentre + plane.down.sign * fromCentre(sumY),
    area: count / perMm ** 2,
  }
}

describe('the planes of the page', () => {
  it('have the letters of the radiological convention', () => {
    const letters = patientPlanes.map(({ name, across, down }) => ({
      name,
      left: orientationLetter(opposite(across)),
      right: orientationLetter(across),
      top: orientationLetter(opposite(down)),
      bottom: orientationLetter(down),
    }))
    expect(letters).toEqual([
      { name: 'Axial', left: 'R', right: 'L', top: 'A', bottom: 'P' },
      { name: 'Coronal', left: 'R', right: 'L', top: 'H', bottom: 'F' },
      { name: 'Sagittal', left: 'A', right: 'P', top: 'H', bottom: 'F' },
    ])
  })

  it('cut the hippocampus where it is largest, and the strip runs from front to back', () => {
    const { volume, labelMap } = phantomOn(plainGrid)
    const source = { volume, labelMap, regions: cropRegions, labels: [1, 2] }
    const { views: planes } = choosePlanes(source, 1)
    const { views: coronals } = chooseMontage(source, 'coronal', 8, 1)
    const middle = [20, -10, 5]
    for (const { plane, position } of planes) {
      const half = [6, 12, 4][plane.through]!
      expect(Math.abs(position - middle[plane.through]!)).toBeLessThan(half)
    }
    const positions = coronals.map(({ position }) => position)
    expect(positions).toEqual([...positions].sort((one, other) => one - other))
    expect(positions[0]).toBeGreaterThan(-22)
    expect(positions[0]).toBeLessThan(-19)
    expect(positions.at(-1)).toBeGreaterThan(-1)
    expect(positions.at(-1)).toBeLessThan(2)
  })
})

describe.each(Object.entries(acquisitions))('a volume acquired %s', (_, { dimensions, steps }) => {
  // The marker lies in the planes only if they are cut there: label it instead of the hippocampus.
  const marker: Vector3 = [31, -28, 16]
  const { volume } = phantomOn(gridAround(dimensions, steps))
  const labels = Uint8Array.from(volume.intensities, (value) => (value > 500 ? 1 : 0))
  const labelMap = { ...volume, labels }
  const { views: planes } = choosePlanes({ volume, labelMap, regions: cropRegions, labels: [1] }, 1)

  it.each(planes)('shows left, front and head where the letters say: $plane.name', (view) => {
    const bright = findBright(view)
    const { across, down } = view.plane
    expect(Math.abs(bright.across - marker[across.axis])).toBeLessThan(1)
    expect(Math.abs(bright.down - marker[down.axis])).toBeLessThan(1)
  })

  it.each(planes)('keeps millimetres true in both directions: $plane.name', (view) => {
    // 6 x 6 mm, whatever the voxels; interpolation may blur half a voxel at each side.
    const { area } = findBright(view)
    expect(area).toBeGreaterThan(25)
    expect(area).toBeLessThan(50)
  })
})
