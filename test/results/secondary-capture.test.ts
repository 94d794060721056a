import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { DicomDataset } from '../../src/dicom/dicom-instance.ts'
import { parsePart10 } from '../../src/dicom/part10.ts'
import {
  hasAttribute,
  readBytes,
  readNumber,
  readSequence,
  readString,
  readStrings,
} from '../../src/dicom/read-attributes.ts'
import {
  buildSecondaryCapture,
  type SecondaryCaptureInput,
} from '../../src/results/secondary-capture.ts'
import { isOwnResult } from '../../src/selection/own-result.ts'
import { type PhantomOptions, writePhantomSeries } from '../support/phantom-dicom.ts'

const report = {
  width: 31,
  height: 21,
  rgb: Uint8Array.from({ length: 31 * 21 * 3 }, (_, index) => (index * 7) % 256),
}

const identity = {
  studyInstanceUid: '1.2.3',
  sourceSeriesInstanceUid: '1.2.3.4',
  contentDigest: 'c0ffee',
  modelSha256: 'ab'.repeat(32),
  softwareVersion: '0.1.0',
  configDigest: 'cafe',
  runNumber: 0,
  analysedAt: new Date('2026-11-23T22:41:09.123Z'),
}

function makeInput(
  changes: Partial<SecondaryCaptureInput> = {},
  phantom: PhantomOptions = {},
): SecondaryCaptureInput {
  const files = writePhantomSeries({ slices: 3, columns: 8, rows: 8, ...phantom })
  return {
    identity,
    sources: files.map((file) => parsePart10(file)),
    report,
    burnedInIdentity: false,
    software: { name: 'HippoVolume', version: '0.1.0' },
    model: { name: 'hippocampus-unet', version: '1.2.0', sha256: 'ab'.repeat(32) },
    ...changes,
  }
}

function build(changes: Partial<SecondaryCaptureInput> = {}, phantom: PhantomOptions = {}) {
  const result = buildSecondaryCapture(makeInput(changes, phantom))
  return { result, dataset: parsePart10(result.bytes).dataset }
}

function purposes(dataset: DicomDataset, keyword: string): (string | undefined)[] {
  return readSequence(dataset, keyword)!.map((item) => {
    const [purpose] = readSequence(item, 'PurposeOfReferenceCodeSequence')!
    return readString(purpose!, 'CodeValue')
  })
}

const folder = mkdtempSync(join(tmpdir(), 'hippo-sc-'))
afterAll(() => rmSync(folder, { recursive: true }))

const hasValidators = spawnSync('dciodvfy', ['-version']).error === undefined

describe('the secondary capture', () => {
  it('holds the pixels of the page, padded to an even length', () => {
    const { dataset } = build()
    expect(readNumber(dataset, 'Columns')).toBe(31)
    expect(readNumber(dataset, 'Rows')).toBe(21)
    expect(readString(dataset, 'PhotometricInterpretation')).toBe('RGB')
    const pixels = readBytes(dataset, 'PixelData')!
    expect(pixels.length).toBe(31 * 21 * 3 + 1)
    expect(Buffer.from(pixels.subarray(0, -1)).equals(report.rgb)).toBe(true)
  })

  it('belongs to the patient and the study of its source, in a separate series', () => {
    const input = makeInput({}, { patientName: 'M\u00fcller^Anna', patientId: 'P1' })
    const { dataset: source } = input.sources[0]!
    const { dataset } = parsePart10(buildSecondaryCapture(input).bytes)
    for (const keyword of ['PatientName', 'PatientID', 'StudyInstanceUID', 'StudyDate']) {
      expect(readString(dataset, keyword)).toBe(readString(source, keyword))
    }
    expect(readString(dataset, 'SeriesInstanceUID')).not.toBe(
      readString(source, 'SeriesInstanceUID'),
    )
    expect(readNumber(dataset, 'SeriesNumber')).toBe(9003)
    expect(hasAttribute(dataset, 'FrameOfReferenceUID')).toBe(false)
  })

  it('states research use where lists, viewers and machines read it', () => {
    const { dataset } = build()
    expect(readString(dataset, 'SeriesDescription')).toBe('Hippocampal volume - RESEARCH ONLY')
    expect(readString(dataset, 'ContentQualification')).toBe('RESEARCH')
  })

  it('is recognised as our own result, so that it is never measured', () => {
    expect(isOwnResult(readString(build().dataset, 'Manufacturer'))).toBe(true)
  })

  it('names every source image, the scanner and the model', () => {
    const input = makeInput({}, { attributes: { Manufacturer: 'ACME', StationName: 'MR1' } })
    const { dataset } = parsePart10(buildSecondaryCapture(input).bytes)
    const referenced = readSequence(dataset, 'SourceImageSequence')!.map((item) =>
      readString(item, 'ReferencedSOPInstanceUID'),
    )
    expect(referenced.toSorted()).toEqual(
      input.sources.map(({ sopInstanceUid }) => sopInstanceUid).toSorted(),
    )
    expect(purposes(dataset, 'SourceImageSequence')).toEqual(['121322', '121322', '121322'])
    expect(purposes(dataset, 'ContributingEquipmentSequence')).toEqual(['109101', '109102'])
    const [scanner, model] = readSequence(dataset, 'ContributingEquipmentSequence')!
    expect(readString(scanner!, 'StationName')).toBe('MR1')
    expect(readString(model!, 'ManufacturerModelName')).toBe('hippocampus-unet')
  })

  it('omits the scanner if the source does not name its manufacturer', () => {
    const { dataset } = build({}, { attributes: { Manufacturer: undefined } })
    expect(purposes(dataset, 'ContributingEquipmentSequence')).toEqual(['109102'])
  })

  it('states whether the patient can be read from the page', () => {
    expect(readString(build().dataset, 'BurnedInAnnotation')).toBe('NO')
    const named = build({ burnedInIdentity: true }).dataset
    expect(readString(named, 'BurnedInAnnotation')).toBe('YES')
  })

  it('records lossy compression of its sources', () => {
    expect(readString(build().dataset, 'LossyImageCompression')).toBe('00')
    const { dataset } = build(
      {},
      {
        attributes: (slice) =>
          slice === 1
            ? {
                LossyImageCompression: '01',
                LossyImageCompressionRatio: '10',
                LossyImageCompressionMethod: 'ISO_10918_1',
              }
            : {},
      },
    )
    expect(readString(dataset, 'LossyImageCompression')).toBe('01')
    expect(readStrings(dataset, 'LossyImageCompressionMethod')).toEqual(['ISO_10918_1'])
  })
})

describe('times of the secondary capture', () => {
  it('are UTC without an offset when the source states none', () => {
    const { dataset } = build()
    expect(readString(dataset, 'ContentDate')).toBe('20261123')
    expect(readString(dataset, 'ContentTime')).toBe('224109')
    expect(hasAttribute(dataset, 'TimezoneOffsetFromUTC')).toBe(false)
    const item = readSequence(dataset, 'ContributingEquipmentSequence')!.at(-1)!
    expect(readString(item, 'ContributionDateTime')).toBe('20261123224109+0000')
  })

  it.each([
    ['+0200', '20261124', '004109'],
    ['-0330', '20261123', '191109'],
  ])('use the offset %s of the source, which is written, too', (offset, date, time) => {
    const { dataset } = build({}, { attributes: { TimezoneOffsetFromUTC: offset } })
    expect(readString(dataset, 'TimezoneOffsetFromUTC')).toBe(offset)
    expect(readString(dataset, 'ContentDate')).toBe(date)
    expect(readString(dataset, 'SeriesTime')).toBe(time)
    const item = readSequence(dataset, 'ContributingEquipmentSequence')!.at(-1)!
    expect(readString(item, 'ContributionDateTime')).toBe(`${date}${time}${offset}`)
  })
})

describe('the identity of the secondary capture', () => {
  it('gives equal bytes for equal input, whatever the order of the sources', () => {
    const input = makeInput()
    const reversed = { ...input, sources: input.sources.toReversed() }
    const [one, other] = [buildSecondaryCapture(input), buildSecondaryCapture(reversed)]
    expect(Buffer.from(one.bytes).equals(other.bytes)).toBe(true)
  })

  it.each([
    ['contentDigest', 'other'],
    ['modelSha256', 'cd'.repeat(32)],
    ['softwareVersion', '0.2.0'],
    ['configDigest', 'other'],
    ['runNumber', 1],
    ['sourceSeriesInstanceUid', '1.2.9'],
  ])('changes its UIDs with %s', (part, value) => {
    const changed = build({ identity: { ...identity, [part]: value } }).result
    const { result } = build()
    expect(changed.sopInstanceUid).not.toBe(result.sopInstanceUid)
    expect(changed.seriesInstanceUid).not.toBe(result.seriesInstanceUid)
  })

  it('keeps its UIDs when the same work is repeated at another time', () => {
    const later = { ...identity, analysedAt: new Date('2027-01-01T00:00:00Z') }
    expect(build({ identity: later }).result.sopInstanceUid).toBe(build().result.sopInstanceUid)
  })
})

describe.skipIf(!hasValidators)(
  'the validators of dicom3tools (skipped where not installed)',
  () => {
    const phantoms: Record<string, PhantomOptions> = {
      'a plain source': {},
      'a source with a Greek name and a time zone': {
        patientName: '\u0391\u03bb\u03ad\u03be\u03b7\u03c2^\u03a0',
        attributes: { SpecificCharacterSet: 'ISO_IR 192', TimezoneOffsetFromUTC: '+0100' },
      },
      'a lossy source without age, sex and maker': {
        patientAge: undefined,
        patientSex: undefined,
        attributes: {
          Manufacturer: undefined,
          LossyImageCompression: '01',
          LossyImageCompressionRatio: '10',
          LossyImageCompressionMethod: 'ISO_10918_1',
        },
      },
    }

    it.each(Object.entries(phantoms))(
      'find nothing to say about a result of %s',
      (name, phantom) => {
        const files = writePhantomSeries({ slices: 3, columns: 8, rows: 8, ...phantom })
        const path = join(folder, 'result.dcm')
        const { bytes } = buildSecondaryCapture({
          ...makeInput(),
          sources: files.map((file) => parsePart10(file)),
        })
        writeFileSync(path, bytes)
        const { stdout, stderr } = spawnSync('dciodvfy', ['-new', path], { encoding: 'utf8' })
        const complaints = `${stdout}${stderr}`
          .split('\n')
          .filter((line) => /Error|Warning/.test(line))
        expect(complaints, name).toEqual([])

        const sourcePaths = files.map((file, index) => {
          const sourcePath = join(folder, `source-${index}.dcm`)
          writeFileSync(sourcePath, file)
          return sourcePath
        })
        const entities = spawnSync('dcentvfy', [...sourcePaths, path], { encoding: 'utf8' })
        expect(`${entities.stdout}${entities.stderr}`).not.toContain('Error')
      },
    )
  },
)
