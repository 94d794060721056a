import { describe, expect, it } from 'vitest'
import { assembleVolume } from '../../src/volume/assemble-volume.ts'
import type { SlicePlane, Vector3 } from '../../src/volume/grid.ts'
import { determinantOf, spacingOf, voxelToPatient } from '../../src/volume/patient-affine.ts'
import { toVector3 } from '../../src/volume/vector3.ts'
import { makeSlices } from './phantom.ts'

const shuffled = <T>(items: readonly T[]) => items.map((_, i) => items[(i * 7 + 3) % items.length]!)

function change(slices: SlicePlane[], index: number, patch: Partial<SlicePlane>): SlicePlane[] {
  return slices.map((slice, i) => (i === index ? { ...slice, ...patch } : slice))
}

function moved(slice: SlicePlane, by: Vector3): Partial<SlicePlane> {
  const p = slice.imagePositionPatient
  return { imagePositionPatient: [p[0] + by[0], p[1] + by[1], p[2] + by[2]] }
}

const rejection = (slices: SlicePlane[]) => {
  try {
    assembleVolume(slices)
  } catch (error) {
    return error as Error & { code: string }
  }
  throw new Error('was accepted')
}

describe('assembleVolume', () => {
  it('sorts slices along the normal, whatever their order', () => {
    const slices = shuffled(makeSlices(20, { degrees: [20, -15, 70], spacing: 1.2 }))
    const { volume, order } = assembleVolume(slices)
    expect(volume.dimensions).toEqual([4, 3, 20])
    expect(order.map((i) => slices[i]!.id)).toEqual(makeSlices(20).map((slice) => slice.id))
    for (let k = 0; k < 20; k++) expect(volume.intensities[k * 12 + 5]).toBe(k)
  })

  it('places every voxel according to the standard', () => {
    const slices = makeSlices(20, { degrees: [20, -15, 70], spacing: 1.2 })
    const { affine } = assembleVolume(slices).volume
    const slice = slices[7]!
    const expected = [0, 1, 2].map(
      (i) =>
        slice.imagePositionPatient[i]! +
        slice.rowCosines[i]! * 0.9 * 3 +
        slice.columnCosines[i]! * 0.8 * 2,
    )
    voxelToPatient(affine, [3, 2, 7]).forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i]!, 9)
    })
    expect(determinantOf(affine)).toBeCloseTo(0.8 * 0.9 * 1.2, 9)
  })

  it('uses the slice spacing from positions, not from the thickness', () => {
    const slices = makeSlices(12, { spacing: 1.5 }).map((s) => ({ ...s, sliceThickness: 1 }))
    expect(spacingOf(assembleVolume(slices).volume.affine)[2]).toBeCloseTo(1.5, 12)
  })

  it.each([1e-3, 1e-2])('accepts positions rounded to %d mm', (unit) => {
    const slices = makeSlices(170, { degrees: [3, 88, 5], spacing: 1.2 }).map((slice) => ({
      ...slice,
      imagePositionPatient: toVector3(
        slice.imagePositionPatient.map((value) => Math.round(value / unit) * unit),
      ),
    }))
    expect(assembleVolume(slices).volume.dimensions[2]).toBe(170)
  })

  it('accepts cosines rounded to three decimals and keeps the voxel volume right', () => {
    const round = (v: Vector3) => toVector3(v.map((x) => Math.round(x * 1e3) / 1e3))
    const slices = makeSlices(40, { degrees: [20, -15, 70] }).map((slice) => ({
      ...slice,
      rowCosines: round(slice.rowCosines),
      columnCosines: round(slice.columnCosines),
    }))
    expect(determinantOf(assembleVolume(slices).volume.affine)).toBeCloseTo(0.72, 3)
  })

  it('reports how many slices are missing and where', () => {
    const slices = makeSlices(20).filter((_, i) => i !== 8 && i !== 9)
    const error = rejection(slices)
    expect(error.code).toBe('SLICES_MISSING')
    expect(error.message).toBe(
      'The series is incomplete: 2 slices are missing between -33 mm and -30 mm along the stack, with a slice spacing of 1 mm.',
    )
  })

  it('finds the only missing slice next to the end of the stack', () => {
    expect(rejection(makeSlices(20).filter((_, i) => i !== 18)).code).toBe('SLICES_MISSING')
  })

  it('rejects uneven spacing', () => {
    const slices = makeSlices(20)
    const error = rejection(change(slices, 6, moved(slices[6]!, [0, 0, 0.2])))
    expect(error.code).toBe('SLICES_MISSING')
    expect(error.message).toContain('not evenly spaced')
    expect(error.message).toContain('1.2 mm between -35 mm and -33.8 mm')
  })

  it('rejects a stack whose spacing drifts', () => {
    const slices = makeSlices(40).map((slice, i) => ({
      ...slice,
      ...moved(slice, [0, 0, i * i * 0.002]),
    }))
    expect(rejection(slices).code).toBe('SLICES_MISSING')
  })

  /** The slice with other pixels. */
  const other = (slice: SlicePlane): SlicePlane => ({
    ...slice,
    intensities: slice.intensities.map((value) => value + 1),
  })

  it('reports duplicate positions', () => {
    const slices = makeSlices(20)
    const error = rejection([...slices, { ...other(slices[4]!), id: 'again' }])
    expect(error.code).toBe('SLICES_DUPLICATED')
    expect(error.message).toContain('1 of 21 slices')
    expect(error.message).toContain('at -36 mm')
  })

  it('rejects two acquisitions of the same stack', () => {
    const twice = [
      ...makeSlices(20),
      ...makeSlices(20).map((s) => ({ ...other(s), id: `${s.id}b` })),
    ]
    expect(rejection(twice).code).toBe('SLICES_DUPLICATED')
  })

  it('uses a repeated slice once, and a stack that was exported twice', () => {
    const slices = makeSlices(20)
    const again = assembleVolume([...slices, { ...slices[4]!, id: 'again' }])
    expect(again.notes).toEqual([
      '1 image of the series is present twice with the same pixels; each was used once.',
    ])
    expect(again.volume).toEqual(assembleVolume(slices).volume)
    const twice = assembleVolume([...slices, ...makeSlices(20)])
    expect(twice.order).toEqual(assembleVolume(slices).order)
    expect(twice.notes[0]).toMatch(/^20 images of the series are present more than once/)
  })

  it.each([1, 15])('rejects a gantry tilted by %d degrees', (degrees) => {
    const shift = Math.tan((degrees * Math.PI) / 180)
    const slices = makeSlices(30).map((slice, i) => ({
      ...slice,
      ...moved(slice, [0, i * shift, 0]),
    }))
    const error = rejection(slices)
    expect(error.code).toBe('SLICES_TILTED')
    expect(error.message).toContain('shifted sideways')
  })

  it('rejects one slice shifted sideways', () => {
    const slices = makeSlices(20)
    expect(rejection(change(slices, 19, moved(slices[19]!, [0.5, 0, 0]))).code).toBe(
      'SLICES_TILTED',
    )
  })

  it.each<[string, Partial<SlicePlane>]>([
    [
      'orientation',
      {
        rowCosines: [Math.cos(0.05), Math.sin(0.05), 0],
        columnCosines: [-Math.sin(0.05), Math.cos(0.05), 0],
      },
    ],
    ['pixels of', { pixelSpacing: [0.8, 0.95] }],
    ['2 x 6 pixels', { columns: 2, rows: 6 }],
  ])('names the odd slice (%s), even if it comes first', (words, patch) => {
    const error = rejection(change(makeSlices(20), 0, patch))
    expect(error.code).toBe('GEOMETRY_MIXED')
    expect(error.message).toContain('slice-0')
    expect(error.message).toContain(words)
    expect(error.message).toContain('1 of 20 slices differ')
  })

  it.each<[string, Partial<SlicePlane>]>([
    ['zero spacing', { pixelSpacing: [0, 1] }],
    ['NaN spacing', { pixelSpacing: [Number.NaN, 1] }],
    ['NaN position', { imagePositionPatient: [0, Number.NaN, 0] }],
    ['NaN direction', { rowCosines: [Number.NaN, 0, 0] }],
    ['skewed directions', { columnCosines: [0.1, 0.995, 0] }],
    ['long directions', { rowCosines: [1.1, 0, 0] }],
    ['no rows', { rows: 0 }],
  ])('rejects %s', (_, patch) => {
    const error = rejection(change(makeSlices(20), 3, patch))
    expect(error.code).toBe('GEOMETRY_INVALID')
    expect(error.message).toContain('slice-3')
  })

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('rejects the intensity %d', (value) => {
    const error = rejection(
      change(makeSlices(20), 3, { intensities: new Float32Array(12).fill(value, 11) }),
    )
    expect(error.code).toBe('PIXEL_DATA_INVALID')
  })

  it('rejects a slice with fewer pixels than its header states', () => {
    expect(rejection(change(makeSlices(20), 3, { intensities: new Float32Array(11) })).code).toBe(
      'PIXEL_DATA_INVALID',
    )
  })

  it.each([0, 1, 9])('rejects %d slices as too few', (count) => {
    const error = rejection(makeSlices(count))
    expect(error.code).toBe('TOO_FEW_SLICES')
    expect(error.message).toContain(`has ${count} `)
  })
})
