import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DicomInstance, parsePart10 } from '../../src/dicom/part10.ts'
import { readNumbers, readString } from '../../src/dicom/read-attributes.ts'
import { cutSlices } from '../../tools/sample-study/cut-slices.ts'
import { readTemplate, type Template } from '../../tools/sample-study/read-template.ts'
import { writeSampleStudy } from '../../tools/sample-study/write-sample-study.ts'

const ch2 = '/usr/share/mricron/templates/ch2.nii.gz'

/** A template whose voxels tell where they are; voxel (0, 0, 0) is 10 mm right, 20 back, 30 down. */
const ramp: Template = {
  dimensions: [5, 6, 7],
  origin: [-10, 20, -30],
  at: (i, j, k) => i + 5 * j + 30 * k,
}

describe('cutting a template', () => {
  it('places every pixel by its patient coordinates', () => {
    const [first, second] = cutSlices(ramp, {
      start: [4, 5, 0],
      columnStep: [-1, 0, 0],
      rowStep: [0, -1, 0],
      sliceStep: [0, 0, 1],
      columns: 5,
      rows: 6,
      slices: 2,
      layers: 1,
    })
    // One voxel to the right is 1 mm less in LPS; one to the front is 1 mm less.
    expect(first!.imagePosition).toEqual([-14, 15, -30])
    expect(first!.imageOrientation).toEqual([1, 0, 0, 0, 1, 0])
    expect(second!.imagePosition).toEqual([-14, 15, -29])
    expect(first!.pixels[0]).toBe(4 * ramp.at(4, 5, 0))
    expect(second!.pixels[2 * 5 + 1]).toBe(4 * ramp.at(3, 3, 1))
  })

  it('averages thick slices and places them in their middle', () => {
    const [slice] = cutSlices(ramp, {
      start: [4, 5, 1],
      columnStep: [-1, 0, 0],
      rowStep: [0, -1, 0],
      sliceStep: [0, 0, 4],
      columns: 1,
      rows: 1,
      slices: 1,
      layers: 3,
    })
    expect(slice!.imagePosition[2]).toBe(-30 + 2)
    expect(slice!.pixels[0]).toBe(4 * ramp.at(4, 5, 2))
  })
})

describe.skipIf(!existsSync(ch2))('the sample study (needs mricron-data)', () => {
  let folder = ''
  let instances: DicomInstance[] = []
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'hippovolume-sample-test-'))
    instances = writeSampleStudy(folder).files.map((file) => parsePart10(readFileSync(file)))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const ofSeries = (description: string) =>
    instances.filter(({ dataset }) => readString(dataset, 'SeriesDescription') === description)

  it('is one study of four series with the crop among near misses', () => {
    const read = (keyword: string) => [
      ...new Set(instances.map(({ dataset }) => readString(dataset, keyword))),
    ]
    expect(read('StudyInstanceUID')).toHaveLength(1)
    expect(read('SeriesDescription')).toEqual([
      'Localizer',
      'T1 3D SAG 1mm',
      'T1 AX 5mm',
      'HippoCrop',
    ])
    expect(new Set(instances.map(({ sopInstanceUid }) => sopInstanceUid)).size).toBe(
      instances.length,
    )
  })

  it('cuts the crop around the LEFT hippocampus, without age or sex', () => {
    const crop = ofSeries('HippoCrop')
    expect(crop.length).toBeGreaterThan(30)
    for (const { dataset } of crop) {
      const [x] = readNumbers(dataset, 'ImagePositionPatient') ?? []
      expect(x).toBeGreaterThan(0) // LPS: left is positive
      expect(readString(dataset, 'Laterality')).toBe('L')
      expect(readString(dataset, 'PatientAge')).toBeUndefined()
    }
    expect(readString(ofSeries('T1 3D SAG 1mm')[0]!.dataset, 'PatientAge')).toBe('031Y')
  })

  it('has the same tissue in the crop and in the whole head', () => {
    const head = readTemplate(ch2)
    const { dataset } = ofSeries('HippoCrop')[20]!
    const [x, y, z] = readNumbers(dataset, 'ImagePositionPatient') as [number, number, number]
    const [i, j, k] = [head.origin[0] - x, head.origin[1] - y, z - head.origin[2]]
    const element = dataset.parsed.elements.x7fe00010!
    const bytes = dataset.parsed.byteArray
    const first = bytes[element.dataOffset]! + 256 * bytes[element.dataOffset + 1]!
    expect(first).toBe(4 * head.at(i, j, k))
  })

  it('is deterministic, and a different study for another seed', () => {
    const again = mkdtempSync(join(tmpdir(), 'hippovolume-sample-test-'))
    try {
      const { files, studyInstanceUid } = writeSampleStudy(again)
      expect(readFileSync(files.at(-1)!)).toEqual(Buffer.from(instances.at(-1)!.bytes))
      expect(writeSampleStudy(again, 'other', []).studyInstanceUid).not.toBe(studyInstanceUid)
    } finally {
      rmSync(again, { recursive: true, force: true })
    }
  })
})
