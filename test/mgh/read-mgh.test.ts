import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { looksLikeMgh } from '../../src/mgh/mgh-header.ts'
import { readMgh } from '../../src/mgh/read-mgh.ts'
import { orientationOf } from '../../src/volume/axis-order.ts'
import { voxelToPatient } from '../../src/volume/patient-affine.ts'
import { makeNifti } from '../nifti/make-nifti.ts'
import { makeMgh } from './make-mgh.ts'

describe('readMgh', () => {
  it.each([0, 1, 3, 4, 10])('reads values of type %d in the order of the file', (type) => {
    const isSigned = type !== 0 && type !== 10
    const values = Array.from({ length: 24 }, (_, i) => i * (isSigned && i % 2 ? -7 : 7))
    const { volume } = readMgh(makeMgh({ type, values }))
    expect(volume.dimensions).toEqual([3, 4, 2])
    expect([...volume.intensities]).toEqual(values)
  })

  it('places the middle voxel by the header, and converts RAS to LPS', () => {
    const { volume } = readMgh(
      makeMgh({ dimensions: [4, 6, 2], spacing: [0.5, 2, 3], center: [10, 20, 30] }),
    )
    expect(voxelToPatient(volume.affine, [2, 3, 1])).toEqual([-10, -20, 30])
    // Columns run to the left, rows down, slices to the front: FreeSurfer's usual LIA.
    expect(orientationOf(volume.affine)).toEqual(['L', 'I', 'A'])
    expect(voxelToPatient(volume.affine, [3, 4, 2])).toEqual([-9.5, -23, 28])
  })

  it('reads gzip by content, a Buffer, and the intent that FreeSurfer 7 keeps beside the version', () => {
    const file = makeMgh({ first: 0x000201 })
    expect(readMgh(gzipSync(file)).volume.intensities[23]).toBe(23)
    expect(readMgh(Buffer.from(file)).volume.intensities[23]).toBe(23)
  })

  it('turns non-finite voxels into background', () => {
    const values = Array.from({ length: 24 }, (_, i) => (i === 5 ? Number.NaN : i))
    const { volume, replacedVoxels } = readMgh(makeMgh({ type: 3, values }))
    expect([volume.intensities[5], replacedVoxels]).toEqual([0, 1])
  })

  it.each<[string, Uint8Array]>([
    ['does not start with a header', new Uint8Array(1000).fill(7)],
    ['does not start with a header', makeMgh({ first: 2 })],
    ['too short', makeMgh().subarray(0, 100)],
    ['holds 3 volumes', makeMgh({ frames: 3 })],
    ['contains no voxels', makeMgh({ dimensions: [3, 0, 4] })],
    ['surface values', makeMgh({ dimensions: [1000, 1, 1] })],
    ['states 3000 x 3000 x 3000', makeMgh({ dimensions: [3000, 3000, 3000], values: [] })],
    ['values of type 6', makeMgh({ type: 6 })],
    ['truncated: 330 of 332 bytes', makeMgh().subarray(0, 330)],
    ['damaged or truncated', gzipSync(makeMgh()).subarray(0, 60)],
    ['the size and orientation of its voxels', makeMgh({ goodRas: 0 })],
    ['the size and orientation of its voxels', makeMgh({ spacing: [1, 0, 1] })],
    ['contradict the size', makeMgh({ directions: [-1.1, 0, 0, 0, 0, -1.1, 0, 1.1, 0] })],
    ['contradict the size', makeMgh({ directions: [-1, 0, 0, 0.5, 0, -1, 0, 1, 0] })],
    ['contradict the size', makeMgh({ spacing: [-1, 1, 1] })],
    ['all voxels have the same value', makeMgh({ values: Array(24).fill(3) })],
  ])('reports that a file %s', (words, bytes) => {
    expect(() => readMgh(bytes)).toThrow(
      expect.objectContaining({
        code: 'MGH_UNREADABLE',
        message: expect.stringContaining(words),
      }),
    )
  })

  it('is not confused with NIfTI', () => {
    expect(looksLikeMgh(makeMgh())).toBe(true)
    for (const littleEndian of [true, false]) {
      for (const version of [1, 2] as const) {
        expect(looksLikeMgh(makeNifti({ littleEndian, version }))).toBe(false)
      }
    }
  })
})
