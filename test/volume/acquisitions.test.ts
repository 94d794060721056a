import { describe, expect, it } from 'vitest'
import { assembleVolume } from '../../src/volume/assemble-volume.ts'
import type { SlicePlane } from '../../src/volume/grid.ts'
import { makeSlices } from './phantom.ts'

type Values = Readonly<Record<string, string>>

const tell = (
  slices: readonly SlicePlane[],
  acquisition: Values | ((index: number) => Values),
  changes: Partial<SlicePlane> = {},
): SlicePlane[] =>
  slices.map((slice, index) => ({
    ...slice,
    ...changes,
    acquisition: typeof acquisition === 'function' ? acquisition(index) : acquisition,
  }))

const rejection = (slices: readonly SlicePlane[]) => {
  try {
    assembleVolume(slices)
  } catch (error) {
    return error as Error & { code: string }
  }
  throw new Error('was accepted')
}

describe('a series of several acquisitions', () => {
  it.each(['echo time', 'time point', 'diffusion weighting', 'acquisition', 'stack'])(
    'is rejected with the difference: %s',
    (name) => {
      const error = rejection([
        ...tell(makeSlices(20), { [name]: '1' }),
        ...tell(makeSlices(20), { [name]: '2' }),
      ])
      expect(error.code).toBe('ACQUISITIONS_MIXED')
      expect(error.message).toBe(
        `The series contains 2 acquisitions, which differ in ${name} (1: 20 slices; 2: 20 slices). Nothing indicates which one to measure.`,
      )
    },
  )

  it('is recognised with another orientation, position and spacing', () => {
    for (const options of [
      { degrees: [90, 0, 0] as const },
      { origin: [0, 0, 200] as const },
      { spacing: 2 },
    ]) {
      const error = rejection([
        ...tell(makeSlices(20), { stack: '1' }),
        ...tell(makeSlices(14, { ...options } as never), { stack: '2' }),
      ])
      expect(error.code).toBe('ACQUISITIONS_MIXED')
      expect(error.message).toContain('differ in stack (1: 20 slices; 2: 14 slices)')
    }
  })

  it('is described by two attributes if one does not separate it', () => {
    const each = (echo: string, time: string) =>
      tell(makeSlices(12), { 'echo time': echo, 'time point': time })
    const error = rejection([
      ...each('2 ms', '1'),
      ...each('5 ms', '1'),
      ...each('2 ms', '2'),
      ...each('5 ms', '2'),
    ])
    expect(error.message).toContain('4 acquisitions, which differ in echo time and time point')
  })

  it('is one volume if the difference is irrelevant', () => {
    const slices = tell(makeSlices(20), (index) => ({ acquisition: String(index), stack: '1' }))
    expect(assembleVolume(slices).volume.dimensions[2]).toBe(20)
    const slabs = tell(makeSlices(20), (index) => ({ stack: index < 10 ? '1' : '2' }))
    expect(assembleVolume(slabs).volume.dimensions[2]).toBe(20)
  })

  it('keeps the fault of a single acquisition', () => {
    const gap = tell(makeSlices(20), (index) => ({ acquisition: String(index % 3) })).filter(
      (_, index) => index !== 7,
    )
    expect(rejection(gap).code).toBe('SLICES_MISSING')
    const brighter = makeSlices(20).map((slice) => ({
      ...slice,
      intensities: slice.intensities.map((value) => value + 1),
    }))
    const twice = [...makeSlices(20), ...brighter]
    expect(rejection(tell(twice, { 'echo time': '2 ms' })).code).toBe('SLICES_DUPLICATED')
  })

  it('keeps a fault of only one of them', () => {
    const broken = makeSlices(20).filter((_, index) => index !== 7)
    const error = rejection([
      ...tell(makeSlices(20), { 'echo time': '2 ms' }),
      ...tell(broken, { 'echo time': '5 ms' }),
    ])
    expect(error.code).toBe('SLICES_DUPLICATED')
  })
})

describe('magnitude and phase in one series', () => {
  const phase = tell(makeSlices(20), { 'image type': 'P' }, { component: 'phase' })
  const magnitude = tell(makeSlices(20), { 'image type': 'M' }, { component: 'magnitude' })

  it('gives the volume of the magnitude, with a note', () => {
    const mixed = phase.flatMap((slice, index) => [slice, magnitude[index]!])
    const { volume, order, notes } = assembleVolume(mixed)
    expect(volume.dimensions[2]).toBe(20)
    expect(order).toEqual(Array.from({ length: 20 }, (_, index) => 2 * index + 1))
    expect(notes).toEqual([
      'The series also contains 20 images of phase; only its magnitude images were measured.',
    ])
  })

  it('is rejected without a stated magnitude', () => {
    const unsaid = tell(makeSlices(20), { 'image type': 'X' })
    expect(rejection([...phase, ...unsaid]).code).toBe('ACQUISITIONS_MIXED')
    expect(assembleVolume(magnitude).notes).toEqual([])
  })
})

it('takes less than a second of processor time for thousands of unrelated slices', () => {
  const slices = makeSlices(20_000, { sizes: [1, 1] }).map((slice, index) => ({
    ...slice,
    pixelSpacing: [1 + index, 1] as const,
    acquisition: { stack: String(index % 7000), 'echo time': String(index % 9000) },
  }))
  const before = process.cpuUsage()
  expect(rejection(slices).code).toBe('GEOMETRY_MIXED')
  const { user, system } = process.cpuUsage(before)
  expect((user + system) / 1000).toBeLessThan(1000)
})
