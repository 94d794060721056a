import { gzipSync } from 'node:zlib'
import { NIFTI1, readHeader, readImage } from 'nifti-reader-js'
import { describe, expect, it } from 'vitest'
import { readNifti } from '../../src/nifti/read-nifti.ts'
import { writeNifti } from '../../src/nifti/write-nifti.ts'
import { voxelToPatient } from '../../src/volume/patient-affine.ts'
import { makeGrid } from '../volume/phantom.ts'
import { makeNifti, type NiftiFields } from './make-nifti.ts'

const scalarTypes = [2, 4, 8, 16, 64, 256, 512, 768, 1024, 1280]
const signed = [4, 8, 16, 64, 256, 1024]

describe('readNifti', () => {
  for (const version of [1, 2] as const) {
    for (const littleEndian of [true, false]) {
      it.each(scalarTypes)(
        `reads datatype %d of NIfTI-${version}, ${littleEndian ? 'little' : 'big'} endian`,
        (datatype) => {
          const sign = signed.includes(datatype) ? -1 : 1
          const values = Array.from({ length: 24 }, (_, i) => i * (i % 2 ? sign : 1) * 5)
          const { volume } = readNifti(makeNifti({ version, littleEndian, datatype, values }))
          expect(volume.dimensions).toEqual([3, 4, 2])
          expect([...volume.intensities]).toEqual(values)
        },
      )
    }
  }

  it('converts RAS to LPS', () => {
    const rows = [0.5, 0.1, 0, -20, -0.1, 0.6, 0, 30, 0, 0, 0.7, 40]
    const { affine } = readNifti(
      makeNifti({ sform: { code: 1, rows }, datatype: 64, version: 2 }),
    ).volume
    const lps = [-0.5, -0.1, 0, 20, 0.1, -0.6, 0, -30, 0, 0, 0.7, 40, 0, 0, 0, 1]
    expect(affine).toEqual(lps)
  })

  it('prefers the sform, then the qform, then the bare voxel sizes', () => {
    const qform = { code: 1, quaternion: [0, 0, Math.SQRT1_2], offset: [7, 8, 9] }
    const pixdim = [-1, 2, 3, 4]
    const sform = { code: 2, rows: [1, 0, 0, 1, 0, 1, 0, 2, 0, 0, 1, 3] }
    const place = (fields: NiftiFields) =>
      voxelToPatient(readNifti(makeNifti({ ...fields, pixdim })).volume.affine, [1, 1, 1])
    expect(place({ qform, sform })).toEqual([-2, -3, 4])
    // A quarter turn about z: x runs along A by 2, y along L by 3, z downwards by 4 (qfac -1).
    place({ qform }).forEach((mm, i) => {
      expect(mm).toBeCloseTo([-4, -10, 5][i]!, 5)
    })
    expect(
      readNifti(makeNifti({ sform: { code: 0, rows: [] }, pixdim: [1, 2, 3, 4] })).volume.affine,
    ).toEqual([-2, 0, 0, 0, 0, -3, 0, 0, 0, 0, 4, 0, 0, 0, 0, 1])
  })

  it('reports an unstated orientation, and only then', () => {
    const rows = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0]
    const qform = { code: 1, quaternion: [0, 0, 0], offset: [0, 0, 0] }
    const isStated = (fields: NiftiFields) => readNifti(makeNifti(fields)).isOrientationStated
    expect(isStated({ sform: { code: 0, rows } })).toBe(false)
    expect(isStated({ sform: { code: 1, rows } })).toBe(true)
    expect(isStated({ qform })).toBe(true)
  })

  it('uses the qform if the sform is singular, with a note', () => {
    const qform = { code: 1, quaternion: [0, 0, 0], offset: [7, 8, 9] }
    for (const rows of [[], [1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 1, 0], [Number.NaN]]) {
      const { volume, isOrientationStated, notes } = readNifti(
        makeNifti({ qform, sform: { code: 1, rows } }),
      )
      expect(voxelToPatient(volume.affine, [0, 0, 0])).toEqual([-7, -8, 9])
      expect(isOrientationStated).toBe(true)
      expect(notes.join()).toMatch(/sform .* is singular; its qform is used/)
    }
  })

  it.each([
    ['mirrored', 1, [-1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0], /\(LAS and RAS\).*check left and right/],
    [
      'of larger voxels',
      4,
      [1.2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0],
      /1\.2 x 1 x 1 and 1 x 1 x 1 mm/,
    ],
    ['turned', 1, [0.94, 0.34, 0, 0, -0.34, 0.94, 0, 0, 0, 0, 1, 0], /differ by a rotation/],
  ])(
    'follows an sform that is %s relative to the qform, with a note',
    (_what, code, rows, sentence) => {
      const qform = { code: 1, quaternion: [0, 0, 0], offset: [0, 0, 0] }
      const { volume, notes } = readNifti(makeNifti({ qform, sform: { code, rows } }))
      expect(volume.affine[0]).toBeCloseTo(0 - rows[0]!, 5)
      expect(notes).toEqual([expect.stringMatching(sentence)])
      const size = Math.hypot(rows[0]!, rows[4]!)
      const pixdim = [1, size, 1, 1]
      expect(readNifti(makeNifti({ pixdim, sform: { code, rows } })).notes).toEqual([])
    },
  )

  it('reports that an sform alone gives larger voxels than the header states', () => {
    const rows = [1.1, 0, 0, 0, 0, 1.1, 0, 0, 0, 0, 1.1, 0]
    const { notes } = readNifti(makeNifti({ sform: { code: 4, rows } }))
    expect(notes.join()).toMatch(/gives voxels of 1\.1 x 1\.1 x 1\.1 mm.*states 1 x 1 x 1 mm/)
  })

  it('does not mirror a head for the sign of a voxel size', () => {
    const qform = { code: 1, quaternion: [0, 0, 0], offset: [0, 0, 0] }
    const { affine } = readNifti(makeNifti({ qform, pixdim: [1, -1, 1, 1] })).volume
    expect([affine[0], affine[5], affine[10]]).toEqual([-1, -1, 1])
  })

  it('accepts an sform aligned with a template', () => {
    const qform = { code: 1, quaternion: [0, 0, 0], offset: [0, 0, 0] }
    const rows = [0.94, 0.34, 0, 0, -0.34, 0.94, 0, 0, 0, 0, 1, 0]
    expect(readNifti(makeNifti({ qform, sform: { code: 4, rows } })).notes).toEqual([])
  })

  it.each([
    [
      [1, Number.NaN, 5, Number.POSITIVE_INFINITY],
      [1, 0, 5, 0],
    ],
    [
      [-3, Number.NaN, 5, Number.NEGATIVE_INFINITY],
      [-3, -3, 5, -3],
    ],
    [
      [1, 1e300, 5, 2],
      [1, 0, 5, 2],
    ],
  ])('turns non-finite voxels into background: %j', (values, expected) => {
    const dim = [3, 2, 1, 2]
    const { volume, replacedVoxels } = readNifti(makeNifti({ datatype: 64, dim, values }))
    expect([...volume.intensities]).toEqual(expected)
    expect(replacedVoxels).toBe(values.filter((value) => !(Math.abs(value) < 1e39)).length)
  })

  it('understands metres and micrometres', () => {
    const rows = [0.001, 0, 0, 0, 0, 0.001, 0, 0, 0, 0, 0.001, 0]
    const [step] = readNifti(makeNifti({ units: 1, sform: { code: 1, rows } })).volume.affine
    expect(step).toBeCloseTo(-1, 6)
    const fine = rows.map((value) => value * 1e6)
    const [small] = readNifti(makeNifti({ units: 3, sform: { code: 1, rows: fine } })).volume.affine
    expect(small).toBeCloseTo(-1, 6)
  })

  it.each([
    [2, 10, 14],
    [0, 10, 2],
    [Number.NaN, 10, 2],
    [0.5, Number.NaN, 1],
  ])('applies slope %d and intercept %d', (slope, intercept, expected) => {
    expect(readNifti(makeNifti({ slope, intercept })).volume.intensities[2]).toBe(expected)
  })

  it('counts non-finite and too large values as background', () => {
    const values = [1, Number.NaN, Number.POSITIVE_INFINITY, 1e300, ...Array(20).fill(7)]
    const { intensities } = readNifti(makeNifti({ datatype: 64, values })).volume
    expect([...intensities.subarray(0, 5)]).toEqual([1, 0, 0, 0, 7])
  })

  it('reads gzip by content, header extensions and trailing axes of length 1', () => {
    const file = makeNifti({ dim: [5, 3, 4, 2, 1, 1], voxOffset: 400 })
    const { volume, header } = readNifti(gzipSync(file))
    expect(volume.intensities[23]).toBe(23)
    expect(header.raw).toEqual(file.slice(0, 348))
    expect(readNifti(Buffer.from(file)).volume.intensities[23]).toBe(23)
  })

  it.each<[string, Uint8Array]>([
    ['too short', new Uint8Array(10)],
    ['does not start with a NIfTI header', new Uint8Array(1000).fill(7)],
    ['half of a .hdr and .img pair', makeNifti({ magic: 'ni1\0' })],
    ['an Analyze file', makeNifti({ magic: '\0\0\0\0' })],
    ['a single slice', makeNifti({ dim: [2, 30, 40] })],
    ['a single slice', makeNifti({ dim: [3, 30, 40, 1] })],
    ['holds 5 volumes', makeNifti({ dim: [4, 3, 4, 2, 5] })],
    ['contains no voxels', makeNifti({ dim: [3, 0, 4, 2] })],
    ['number of axes', makeNifti({ dim: [-3, 3, 4, 2] })],
    [
      'states 30000 x 30000 x 30000 voxels',
      makeNifti({ dim: [3, 30000, 30000, 30000], values: [] }),
    ],
    ['colours', makeNifti({ datatype: 128 })],
    ['complex numbers', makeNifti({ datatype: 32 })],
    ['unknown type 999', makeNifti({ datatype: 999 })],
    ['truncated: 398 of 400 bytes', makeNifti().subarray(0, 398)],
    ['damaged or truncated', gzipSync(makeNifti()).subarray(0, 60)],
    ['none of its values', makeNifti({ datatype: 16, values: Array(24).fill(Number.NaN) })],
    ['is blank', makeNifti({ values: Array(24).fill(3) })],
    ['the size and orientation of its voxels', makeNifti({ sform: { code: 1, rows: [] } })],
    [
      'the size and orientation of its voxels',
      makeNifti({ sform: { code: 1, rows: [Number.NaN] } }),
    ],
    [
      'the size and orientation of its voxels',
      makeNifti({ qform: { code: 1, quaternion: [1, 1, 0], offset: [] } }),
    ],
    [
      'the size and orientation of its voxels',
      makeNifti({ sform: { code: 0, rows: [] }, pixdim: [1, 0, 1, 1] }),
    ],
  ])('reports that a file %s', (words, bytes) => {
    expect(() => readNifti(bytes)).toThrow(
      expect.objectContaining({
        code: 'NIFTI_UNREADABLE',
        message: expect.stringContaining(words),
      }),
    )
  })
})

describe('writeNifti', () => {
  const labels = Uint8Array.from({ length: 24 }, (_, i) => i % 3)

  for (const version of [1, 2] as const) {
    for (const littleEndian of [true, false]) {
      it(`keeps every bit of a NIfTI-${version} grid, ${littleEndian ? 'little' : 'big'} endian`, () => {
        const source = makeNifti({
          version,
          littleEndian,
          datatype: 16,
          slope: 3,
          intercept: 4,
          pixdim: [-1, 0.7, 0.8, 0.9],
          qform: { code: 1, quaternion: [0.1, 0.2, 0.3], offset: [1.1, 2.2, 3.3] },
          sform: { code: 2, rows: [0.7, 0.01, 0, -17.3, 0, 0.8, 0.02, 5.5, 0.03, 0, 0.9, 1e-5] },
          voxOffset: 800,
        })
        const { volume, header } = readNifti(source)
        const { dimensions, affine } = volume
        const written = writeNifti(
          { dimensions, affine, labels },
          { gzip: false, reference: header },
        )
        const back = readNifti(written)
        expect(back.volume.affine).toEqual(affine)
        expect([...back.volume.intensities]).toEqual([...labels])
        const { raw: _, datatype, voxOffset, sclSlope, sclInter, ...grid } = back.header
        expect({ datatype, voxOffset, sclSlope, sclInter }).toEqual({
          datatype: 2,
          voxOffset: version === 1 ? 352 : 544,
          sclSlope: 1,
          sclInter: 0,
        })
        expect(header).toMatchObject(grid)
        const range = version === 1 ? [252, 328] : [344, 496]
        expect(written.slice(...range)).toEqual(source.slice(...range))
      })
    }
  }

  it('makes a header from only the grid that another reader understands', () => {
    const grid = makeGrid([3, 4, 2], [0.7, 0.8, 1.5], [10, 20, 30], [5, -6, 7])
    const written = writeNifti({ ...grid, labels }, { gzip: true })
    const back = readNifti(written)
    expect(back.volume.dimensions).toEqual(grid.dimensions)
    back.volume.affine.forEach((value, i) => {
      expect(value).toBeCloseTo(grid.affine[i]!, 5)
    })
    const plain = writeNifti({ ...grid, labels }, { gzip: false })
    const header = readHeader(plain.buffer as ArrayBuffer) as NIFTI1
    expect(header.dims.slice(0, 4)).toEqual([3, 3, 4, 2])
    expect(header.datatypeCode).toBe(NIFTI1.TYPE_UINT8)
    expect(header.affine[1]![3]).toBeCloseTo(6, 5)
    expect([...new Uint8Array(readImage(header, plain.buffer as ArrayBuffer))]).toEqual([...labels])
  })
})
