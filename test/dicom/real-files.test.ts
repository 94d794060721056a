import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { decodeInstance } from '../../src/dicom/decode-instance.ts'
import { parsePart10 } from '../../src/dicom/part10.ts'

const shared = process.env.HIPPO_SHARED_DATA ?? resolve(import.meta.dirname, '../../../shared/data')
const heads = resolve(shared, 'heads/dicom')
const absent = existsSync(heads) ? '' : ' (skipped: the optional folder shared/data is absent)'

function readFolder(name: string): Uint8Array[] {
  const folder = resolve(heads, name)
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.dcm'))
    .sort()
    .map((path) => new Uint8Array(readFileSync(resolve(folder, path))))
}

const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length

describe.skipIf(absent !== '')(`real files${absent}`, () => {
  it('gives the same pixels for one image in nine files of seven transfer syntaxes', async () => {
    const instances = readFolder('ts').map(parsePart10)
    expect(new Set(instances.map(({ transferSyntaxUid }) => transferSyntaxUid)).size).toBe(7)
    const images = await Promise.all(instances.map(decodeInstance))
    expect(images).toHaveLength(9)
    for (const [frame] of images) {
      expect(frame?.intensities).toEqual(images[0]?.[0]?.intensities)
    }
    // As pydicom reads the first file.
    expect(images[0]?.[0]?.intensities.reduce((a, b) => Math.max(a, b))).toBe(2362)
    expect(mean(images[0]![0]!.intensities)).toBeCloseTo(257.95263, 3)
  })

  it('reads an Enhanced MR image as pydicom does', async () => {
    const [instance] = readFolder('xa30_enhanced').map(parsePart10)
    const frames = await decodeInstance(instance!)
    expect(frames).toHaveLength(96)
    expect(mean(frames[48]!.intensities)).toBeCloseTo(174.399414, 3)
    expect(frames[48]!.imagePositionPatient).toEqual([-4.42385, -156.094, 113.224])
    expect(frames[48]!.pixelSpacing).toEqual([2.0, 2.0])
  })

  it('rescales a Philips image as pydicom does', async () => {
    const [first] = readFolder('philips_adni_mprage').slice(0, 1).map(parsePart10)
    const [frame] = await decodeInstance(first!)
    expect(mean(frame!.intensities)).toBeCloseTo(11.095869, 3)
  })

  it('reads JPEG Lossless files of a scanner as DCMTK does', async () => {
    const [first] = readFolder('siemens_t1_jpegll').slice(2, 3).map(parsePart10)
    const [frame] = await decodeInstance(first!)
    expect(mean(frame!.intensities)).toBeCloseTo(2.914978, 3)
  })
})
