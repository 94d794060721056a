import { describe, expect, it } from 'vitest'
import { type DecodedFrame, decodeInstance } from '../../src/dicom/decode-instance.ts'
import { parsePart10 } from '../../src/dicom/part10.ts'
import { assembleVolume } from '../../src/volume/assemble-volume.ts'
import type { Vector3 } from '../../src/volume/grid.ts'
import { determinantOf, spacingOf, voxelToPatient } from '../../src/volume/patient-affine.ts'
import { cross, toVector3 } from '../../src/volume/vector3.ts'
import { rotatedDirections } from '../volume/phantom.ts'
import { buildDicom, type Elements, mrElements, syntaxes, without } from './build-dicom.ts'

const [columns, rows, slices] = [7, 5, 12]
const pixelSpacing = [0.9, 0.8] as const
const sliceStep = 1.3

interface Plane {
  readonly row: Vector3
  readonly column: Vector3
}
const planes: Readonly<Record<string, Plane>> = {
  axial: { row: [1, 0, 0], column: [0, 1, 0] },
  sagittal: { row: [0, 1, 0], column: [0, 0, -1] },
  coronal: { row: [1, 0, 0], column: [0, 0, -1] },
  oblique: (() => {
    const [row, column] = rotatedDirections([20, -35, 50])
    return { row, column }
  })(),
}

const positionOf = ({ row, column }: Plane, slice: number): Vector3 => {
  const normal = cross(row, column)
  return [
    -12.5 + normal[0] * sliceStep * slice,
    20 + normal[1] * sliceStep * slice,
    3.75 + normal[2] * sliceStep * slice,
  ]
}

/** What the tissue looks like at a point of the patient: nothing symmetric, always a whole number. */
const intensityAt = ([x, y, z]: Vector3) => Math.round(700 + 11 * x - 7 * y + 5 * z)

function valuesOf(plane: Plane, slice: number): number[] {
  const origin = positionOf(plane, slice)
  return Array.from({ length: rows * columns }, (_, index) => {
    const [i, j] = [index % columns, Math.floor(index / columns)]
    return intensityAt(
      toVector3(
        [0, 1, 2].map(
          (axis) =>
            origin[axis]! +
            plane.row[axis]! * pixelSpacing[1] * i +
            plane.column[axis]! * pixelSpacing[0] * j,
        ),
      ),
    )
  })
}

const ds = (values: readonly number[]) => values.map((value) => value.toFixed(8)).join('\\')
const words = (values: readonly number[]) =>
  new Uint8Array(Uint16Array.from(values, (value) => value & 0xffff).buffer)

/** How intensities are kept in a file; each gives back the same ones. */
const storages: Readonly<Record<string, (values: readonly number[]) => Elements>> = {
  'unsigned 16 bits': (values) => ({ '7fe0,0010 OW': words(values) }),
  'signed 16 bits below zero, rescaled': (values) => ({
    '0028,0103 US': [1],
    '0028,1052 DS': '2000',
    '0028,1053 DS': '0.5',
    '7fe0,0010 OW': words(values.map((value) => (value - 2000) * 2)),
  }),
  '12 bits in 16 with an overlay above them': (values) => ({
    '0028,0101 US': [12],
    '0028,0102 US': [11],
    '7fe0,0010 OW': words(values.map((value, index) => value | ((index % 2) << 14))),
  }),
  'signed 12 bits in 16': (values) => ({
    '0028,0101 US': [12],
    '0028,0102 US': [11],
    '0028,0103 US': [1],
    '0028,1052 DS': '1000',
    '0028,1053 DS': '1',
    '7fe0,0010 OW': words(values.map((value) => (value - 1000) & 0x0fff)),
  }),
  MONOCHROME1: (values) => ({
    '0028,0004 CS': 'MONOCHROME1',
    '0028,0101 US': [12],
    '0028,0102 US': [11],
    '7fe0,0010 OW': words(values.map((value) => 4095 - value)),
  }),
  'floating point': (values) => ({
    '0028,0100 US': [32],
    '7fe0,0008 OF': new Uint8Array(Float32Array.from(values).buffer),
  }),
  'double floating point': (values) => ({
    '0028,0100 US': [64],
    '7fe0,0009 OD': new Uint8Array(Float64Array.from(values).buffer),
  }),
}

function classic(plane: Plane, slice: number, store: (values: readonly number[]) => Elements) {
  return without(
    mrElements({
      '0008,0018 UI': `1.2.3.4.${slice + 1}`,
      '0018,0050 DS': '1',
      '0018,0088 DS': String(sliceStep),
      '0020,0032 DS': ds(positionOf(plane, slice)),
      '0020,0037 DS': ds([...plane.row, ...plane.column]),
      '0028,0010 US': [rows],
      '0028,0011 US': [columns],
      '0028,0030 DS': pixelSpacing.join('\\'),
    }),
    '7fe0,0010',
    ...Object.keys(store(valuesOf(plane, slice))).map((tag) => tag.slice(0, 9)),
  )
}

const sorted = (elements: Elements): Elements =>
  Object.fromEntries(
    Object.entries(elements).sort(([a], [b]) => (a.slice(0, 9) < b.slice(0, 9) ? -1 : 1)),
  )

async function decodeAll(files: readonly Uint8Array[]): Promise<DecodedFrame[]> {
  const frames: DecodedFrame[] = []
  for (const file of files) frames.push(...(await decodeInstance(parsePart10(file))))
  return frames
}

/** Every voxel must hold what the patient has at its place. */
function expectPhantom(frames: readonly DecodedFrame[]): void {
  const { volume } = assembleVolume(frames)
  expect(volume.dimensions).toEqual([columns, rows, slices])
  expect(spacingOf(volume.affine)[0]).toBeCloseTo(pixelSpacing[1], 5)
  expect(spacingOf(volume.affine)[1]).toBeCloseTo(pixelSpacing[0], 5)
  expect(spacingOf(volume.affine)[2]).toBeCloseTo(sliceStep, 5)
  expect(determinantOf(volume.affine)).toBeGreaterThan(0)
  let index = 0
  for (let k = 0; k < slices; k += 1) {
    for (let j = 0; j < rows; j += 1) {
      for (let i = 0; i < columns; i += 1) {
        const wanted = intensityAt(voxelToPatient(volume.affine, [i, j, k]))
        // Rounding of coordinates to eight decimals may round an intensity the other way.
        expect(Math.abs(volume.intensities[index++]! - wanted)).toBeLessThanOrEqual(1)
      }
    }
  }
}

const cases = Object.keys(planes).flatMap((plane) =>
  Object.keys(storages).map((storage) => [plane, storage] as const),
)

describe('phantoms of known answer, from file to volume', () => {
  it.each(cases)('%s, %s', async (planeName, storageName) => {
    const [plane, store] = [planes[planeName]!, storages[storageName]!]
    const files = Array.from({ length: slices }, (_, slice) =>
      buildDicom(sorted({ ...classic(plane, slice, store), ...store(valuesOf(plane, slice)) })),
    )
    expectPhantom(await decodeAll(files.toReversed()))
  })

  it.each(Object.keys(planes))('%s, big endian and implicit', async (planeName) => {
    const [plane, store] = [planes[planeName]!, storages['unsigned 16 bits']!]
    for (const syntax of [syntaxes.bigEndian, syntaxes.implicit]) {
      const files = Array.from({ length: slices }, (_, slice) => {
        const values = valuesOf(plane, slice)
        // Numbers, not bytes: the builder puts them in the byte order of the syntax.
        return buildDicom(
          sorted({ ...classic(plane, slice, store), '7fe0,0010 OW': values }),
          syntax,
        )
      })
      expectPhantom(await decodeAll(files))
    }
  })
})

/** Frames of an enhanced image; `tell` gives each the groups that make it another acquisition. */
function enhanced(
  plane: Plane,
  frames: readonly { slice: number; groups: Elements; stack?: string; index?: number }[],
  more: Elements = {},
): Uint8Array {
  const elements = without(
    classic(plane, 0, storages['unsigned 16 bits']!),
    '0018,0050',
    '0018,0088',
    '0020,0032',
    '0020,0037',
    '0028,0030',
  )
  return buildDicom(
    sorted({
      ...elements,
      '0008,0016 UI': '1.2.840.10008.5.1.4.1.1.4.1',
      '0028,0008 IS': String(frames.length),
      '5200,9229 SQ': [
        {
          '0020,9116 SQ': [{ '0020,0037 DS': ds([...plane.row, ...plane.column]) }],
          '0028,9110 SQ': [{ '0018,0050 DS': '1', '0028,0030 DS': pixelSpacing.join('\\') }],
        },
      ],
      '5200,9230 SQ': frames.map(({ slice, groups, stack = '1', index }) =>
        sorted({
          '0020,9111 SQ': [
            sorted({
              '0020,9056 SH': stack,
              '0020,9057 UL': [slice + 1],
              ...(index === undefined ? {} : { '0020,9157 UL': [1, slice + 1, index] }),
              ...(groups['0020,9128 UL'] ? { '0020,9128 UL': groups['0020,9128 UL'] } : {}),
            }),
          ],
          '0020,9113 SQ': [{ '0020,0032 DS': ds(positionOf(plane, slice)) }],
          ...without(groups, '0020,9128'),
        }),
      ),
      '7fe0,0010 OW': words(frames.flatMap(({ slice }) => valuesOf(plane, slice))),
      ...more,
    }),
  )
}

const stack = (groups: Elements = {}, more: object = {}) =>
  Array.from({ length: slices }, (_, slice) => ({ slice, groups, ...more }))

async function reject(file: Uint8Array): Promise<{ code: string; message: string }> {
  const frames = await decodeAll([file])
  try {
    assembleVolume(frames)
  } catch (error) {
    return error as { code: string; message: string }
  }
  throw new Error('was accepted')
}

describe('enhanced multi-frame phantoms', () => {
  const plane = planes.oblique!

  it('give the same volumes as classic ones, whatever the order of their frames', async () => {
    expectPhantom(await decodeAll([enhanced(plane, stack())]))
    expectPhantom(await decodeAll([enhanced(plane, stack().toReversed())]))
  })

  it.each<[string, Elements, Elements]>([
    ['time point (1: 12 slices; 2: 12 slices)', { '0020,9128 UL': [1] }, { '0020,9128 UL': [2] }],
    [
      'echo time (2.46 ms: 12 slices; 4.92 ms: 12 slices)',
      { '0018,9114 SQ': [{ '0018,9082 FD': [2.46] }] },
      { '0018,9114 SQ': [{ '0018,9082 FD': [4.92] }] },
    ],
    [
      'diffusion weighting (0 s/mm2: 12 slices; 1000 s/mm2: 12 slices)',
      { '0018,9117 SQ': [{ '0018,9087 FD': [0] }] },
      { '0018,9117 SQ': [{ '0018,9087 FD': [1000] }] },
    ],
    [
      'image type (ORIGINAL\\PRIMARY\\T1\\NONE: 12 slices; DERIVED\\PRIMARY\\T1\\ADDITION: 12 slices)',
      { '0018,9226 SQ': [{ '0008,9007 CS': 'ORIGINAL\\PRIMARY\\T1\\NONE' }] },
      { '0018,9226 SQ': [{ '0008,9007 CS': 'DERIVED\\PRIMARY\\T1\\ADDITION' }] },
    ],
  ])('are rejected when they differ in %s', async (what, first, second) => {
    const { code, message } = await reject(enhanced(plane, [...stack(first), ...stack(second)]))
    expect(code).toBe('ACQUISITIONS_MIXED')
    expect(message).toContain(`which differ in ${what}`)
  })

  it('are rejected when they hold two stacks', async () => {
    const second = stack({}, { stack: 'B' }).map((frame) => ({
      ...frame,
      groups: {
        '0020,9116 SQ': [{ '0020,0037 DS': ds([...planes.axial!.row, ...planes.axial!.column]) }],
        '0020,9113 SQ': [{ '0020,0032 DS': ds(positionOf(planes.axial!, frame.slice)) }],
      },
    }))
    const { code, message } = await reject(enhanced(plane, [...stack(), ...second]))
    expect(code).toBe('ACQUISITIONS_MIXED')
    expect(message).toContain('differ in stack (1: 12 slices; B: 12 slices)')
  })

  it('are rejected by the name of a dimension if nothing else differs', async () => {
    const dimensions: Elements = {
      '0020,9222 SQ': [
        { '0020,9165 AT': Uint8Array.of(0x20, 0, 0x56, 0x90) },
        { '0020,9165 AT': Uint8Array.of(0x20, 0, 0x57, 0x90) },
        { '0020,9165 AT': Uint8Array.of(0x18, 0, 0x82, 0x90) },
      ],
    }
    const frames = [...stack({}, { index: 1 }), ...stack({}, { index: 2 })]
    const { code, message } = await reject(enhanced(plane, frames, dimensions))
    expect(code).toBe('ACQUISITIONS_MIXED')
    expect(message).toContain('differ in effective echo time (number 1: 12 slices;')
  })

  it('give the magnitude when they hold phase, too', async () => {
    const component = (name: string): Elements => ({
      '0018,9226 SQ': [{ '0008,9007 CS': 'ORIGINAL\\PRIMARY\\T1\\NONE', '0008,9208 CS': name }],
    })
    const file = enhanced(plane, [...stack(component('PHASE')), ...stack(component('MAGNITUDE'))])
    const frames = await decodeAll([file])
    expectPhantom(frames)
    expect(assembleVolume(frames).order.every((index) => index >= slices)).toBe(true)
  })
})

describe('classic series of several acquisitions', () => {
  const plane = planes.coronal!
  const store = storages['unsigned 16 bits']!
  const series = (changes: Elements) =>
    Array.from({ length: slices }, (_, slice) =>
      buildDicom(
        sorted({ ...classic(plane, slice, store), ...store(valuesOf(plane, slice)), ...changes }),
      ),
    )

  it.each<[string, Elements, Elements]>([
    ['echo time', { '0018,0081 DS': '2.4' }, { '0018,0081 DS': '7.1' }],
    ['acquisition', { '0020,0012 IS': '1' }, { '0020,0012 IS': '2' }],
    ['time point', { '0020,0100 IS': '1' }, { '0020,0100 IS': '2' }],
    [
      'image type',
      { '0008,0008 CS': 'ORIGINAL\\PRIMARY\\A' },
      { '0008,0008 CS': 'ORIGINAL\\PRIMARY\\B' },
    ],
  ])('are rejected when they differ in %s', async (what, first, second) => {
    const frames = await decodeAll([...series(first), ...series(second)])
    expect(() => assembleVolume(frames)).toThrow(
      expect.objectContaining({
        code: 'ACQUISITIONS_MIXED',
        message: expect.stringContaining(`differ in ${what} (`),
      }),
    )
  })

  it.each(['ORIGINAL\\PRIMARY\\P\\ND', 'ORIGINAL\\PRIMARY\\PHASE MAP\\P\\FFE'])(
    'give the magnitude when they hold %s, too',
    async (type) => {
      const frames = await decodeAll([
        ...series({ '0008,0008 CS': type }),
        ...series({ '0008,0008 CS': 'ORIGINAL\\PRIMARY\\M_FFE\\M\\FFE' }),
      ])
      expectPhantom(frames)
      expect(assembleVolume(frames).notes[0]).toContain('12 images of phase')
    },
  )
})
