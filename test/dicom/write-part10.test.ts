import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { codeItem, codes } from '../../src/dicom/codes.ts'
import type { DicomAttributes } from '../../src/dicom/dicom-instance.ts'
import { parsePart10 } from '../../src/dicom/part10.ts'
import {
  readBytes,
  readNumber,
  readNumbers,
  readSequence,
  readString,
  readStrings,
} from '../../src/dicom/read-attributes.ts'
import { formatDecimal } from '../../src/dicom/value-checks.ts'
import { writePart10 } from '../../src/dicom/write-part10.ts'

const uids = { sopClassUid: '1.2.840.10008.5.1.4.1.1.7', sopInstanceUid: '2.25.17' }
const write = (attributes: DicomAttributes, inherited?: readonly string[]) =>
  writePart10(attributes, inherited === undefined ? uids : { ...uids, inherited })

const page: DicomAttributes = {
  ImageType: ['DERIVED', 'SECONDARY', 'OTHER'],
  PatientName: 'Yamada^Tarou=山田^太郎=やまだ^たろう',
  PatientID: '',
  PatientBirthDate: null,
  StudyDescription: 'Größe = ½ · Διονυσιος',
  DerivationDescription: 'A sentence\\with a backslash,\r\nand a second line.',
  PatientSize: '1.750',
  PixelSpacing: [1 / 3, 0.5],
  InstanceNumber: 1,
  SamplesPerPixel: 3,
  Rows: 3,
  Columns: 3,
  BitsAllocated: 8,
  FrameIncrementPointer: 0x00182001,
  DiffusionBValue: 0.1,
  RecommendedDisplayFrameRateInFloat: 0.1,
  LongitudinalTemporalOffsetFromEvent: -1.5e-7,
  SourceImageSequence: [
    {
      ReferencedSOPClassUID: '1.2.840.10008.5.1.4.1.1.4',
      ReferencedSOPInstanceUID: '1.2.03',
      PurposeOfReferenceCodeSequence: [codeItem(codes.sourceImageForProcessing)],
    },
    { ReferencedSOPInstanceUID: '1.2.4' },
  ],
  ReferencedPerformedProcedureStepSequence: [],
  PixelData: Uint8Array.from({ length: 27 }, (_, index) => index),
}

describe('writePart10', () => {
  it('writes what parsePart10 reads back', () => {
    const { dataset, sopClassUid, sopInstanceUid, transferSyntaxUid } = parsePart10(write(page))
    expect({ sopClassUid, sopInstanceUid }).toEqual(uids)
    expect(transferSyntaxUid).toBe('1.2.840.10008.1.2.1')
    expect(readString(dataset, 'SpecificCharacterSet')).toBe('ISO_IR 192')
    expect(readStrings(dataset, 'ImageType')).toEqual(page.ImageType)
    expect(readString(dataset, 'PatientName')).toBe(page.PatientName)
    expect(readStrings(dataset, 'PatientID')).toEqual([])
    expect(readStrings(dataset, 'PatientBirthDate')).toEqual([])
    expect(readString(dataset, 'StudyDescription')).toBe(page.StudyDescription)
    expect(readString(dataset, 'DerivationDescription')).toBe(page.DerivationDescription)
    expect(readString(dataset, 'PatientSize')).toBe('1.750')
    expect(readStrings(dataset, 'PixelSpacing')).toEqual(['0.33333333333333', '0.5'])
    expect(readNumber(dataset, 'DiffusionBValue')).toBe(0.1)
    expect(readNumbers(dataset, 'Rows')).toEqual([3])
    const [source] = readSequence(dataset, 'SourceImageSequence') ?? []
    expect(readString(source!, 'ReferencedSOPInstanceUID')).toBe('1.2.03')
    const [purpose] = readSequence(source!, 'PurposeOfReferenceCodeSequence') ?? []
    expect(readString(purpose!, 'CodeValue')).toBe('121322')
    expect(readSequence(dataset, 'ReferencedPerformedProcedureStepSequence')).toEqual([])
    expect([...readBytes(dataset, 'PixelData')!]).toEqual([...(page.PixelData as Uint8Array), 0])
  })

  it('writes equal bytes for equal attributes in any order', () => {
    const reversed = Object.fromEntries(Object.entries(page).reverse())
    expect(Buffer.compare(write(page), write(reversed))).toBe(0)
  })

  it('does not change its input', () => {
    const before = structuredClone(page)
    write(page)
    expect(page).toEqual(before)
  })

  it('writes files that DCMTK reads without errors, with its own implementation UID', () => {
    const folder = mkdtempSync(join(tmpdir(), 'hippo-write-'))
    try {
      const path = join(folder, 'page.dcm')
      writeFileSync(path, write(page))
      const dump = execFileSync('dcmdump', ['+U8', path], { encoding: 'utf8' })
      expect(dump).toMatch(/\[HIPPOVOLUME\] .*ImplementationVersionName/)
      expect(dump).toMatch(/\[2\.25\.\d+\] .*ImplementationClassUID/)
      expect(dump).toMatch(/OB 00\\01\\02.*# {2}28, 1 PixelData/)
      expect(dump).toContain('AT (0018,2001)')
      expect(dump).not.toMatch(/^[EW]:/m)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('writes pixels of 16 bits as words', () => {
    const pixels = new Uint8Array([1, 0, 255, 255])
    const file = write({ BitsAllocated: 16, PixelData: pixels })
    expect(parsePart10(file).dataset.parsed.elements.x7fe00010?.vr).toBe('OW')
    expect(() => write({ BitsAllocated: 16, PixelData: pixels.subarray(1) })).toThrow(
      'length of 3 bytes is odd',
    )
  })

  const refusals: readonly (readonly [what: string, attributes: object, attribute: string])[] = [
    ['an unknown keyword', { SeriesDescriptoin: 'x' }, 'SeriesDescriptoin'],
    ['a keyword of every object', { toString: 'x' }, 'toString'],
    ['an undefined value', { PatientID: undefined }, 'PatientID'],
    ['a list with a hole', { ImageType: ['A', undefined] }, 'ImageType'],
    ['a CS of 17 characters', { Modality: 'A'.repeat(17) }, 'Modality'],
    ['a CS in lower case', { Modality: 'mr' }, 'Modality'],
    ['an LO of 65 characters', { SeriesDescription: 'x'.repeat(65) }, 'SeriesDescription'],
    ['an SH of 17 characters', { StudyID: 'x'.repeat(17) }, 'StudyID'],
    ['a DS of 17 characters', { PatientSize: '1.234567890123456' }, 'PatientSize'],
    ['NaN', { PatientSize: Number.NaN }, 'PatientSize'],
    ['infinity', { DiffusionBValue: Number.POSITIVE_INFINITY }, 'DiffusionBValue'],
    ['a DS that is no number', { PatientSize: 'tall' }, 'PatientSize'],
    ['a broken IS', { InstanceNumber: 1.5 }, 'InstanceNumber'],
    ['a US beyond its range', { Rows: 65536 }, 'Rows'],
    ['a negative US', { Rows: -1 }, 'Rows'],
    ['a text for a US', { Rows: '3' }, 'Rows'],
    ['a number for a text', { SeriesDescription: 7 }, 'SeriesDescription'],
    ['a UID with a letter', { SeriesInstanceUID: '1.2.a' }, 'SeriesInstanceUID'],
    ['a UID with an empty part', { SeriesInstanceUID: '1..2' }, 'SeriesInstanceUID'],
    ['a UID of 65 characters', { SeriesInstanceUID: `1.${'2'.repeat(63)}` }, 'SeriesInstanceUID'],
    ['two values in one string', { ImageType: 'DERIVED\\SECONDARY' }, 'ImageType'],
    ['an AT as text', { FrameIncrementPointer: '00182001' }, 'FrameIncrementPointer'],
    ['an item that is no list', { SourceImageSequence: {} }, 'SourceImageSequence'],
    ['a sequence of texts', { SourceImageSequence: ['x'] }, 'SourceImageSequence'],
    ['bytes for a text', { SeriesDescription: new Uint8Array(2) }, 'SeriesDescription'],
    ['a list for bytes', { PixelData: [1, 2] }, 'PixelData'],
    ['a date of 9 characters', { StudyDate: '2026-01-1' }, 'StudyDate'],
    ['the 13th month', { StudyDate: '20261301' }, 'StudyDate'],
    ['a time of 25 hours', { StudyTime: '250000' }, 'StudyTime'],
    ['an age without unit', { PatientAge: '061' }, 'PatientAge'],
    ['one of two spacings', { PixelSpacing: [1] }, 'PixelSpacing'],
    ['two values where one may be', { PatientID: ['a', 'b'] }, 'PatientID'],
    ['a line break in an LO', { SeriesDescription: 'a\nb' }, 'SeriesDescription'],
    ['half a surrogate pair', { SeriesDescription: '\ud83e' }, 'SeriesDescription'],
    ['a name of four groups', { PatientName: 'a=b=c=d' }, 'PatientName'],
    ['a name of six parts', { PatientName: 'a^b^c^d^e^f' }, 'PatientName'],
    ['another character set', { SpecificCharacterSet: 'ISO_IR 100' }, 'SpecificCharacterSet'],
    ['another SOP instance', { SOPInstanceUID: '1.2' }, 'SOPInstanceUID'],
    ['a header attribute', { TransferSyntaxUID: '1.2.840.10008.1.2' }, 'TransferSyntaxUID'],
    [
      'a mistake inside an item',
      { SourceImageSequence: [{}, { ReferencedSOPInstanceUID: 'x' }] },
      'SourceImageSequence[2].ReferencedSOPInstanceUID',
    ],
  ]
  for (const [what, attributes, attribute] of refusals) {
    it(`refuses ${what} and names the attribute`, () => {
      expect(() => write(attributes as DicomAttributes)).toThrow(
        expect.objectContaining({
          code: 'DICOM_WRITE_REFUSED',
          message: expect.stringContaining(attribute),
          details: { attribute },
        }),
      )
    })
  }

  it('refuses an invalid SOP Instance UID', () => {
    const options = { ...uids, sopInstanceUid: '1.02' }
    expect(() => writePart10({}, options)).toThrow('SOPInstanceUID cannot be written')
  })

  it('never includes a value in an error', () => {
    for (const value of ['Secret\\Name', 'S'.repeat(80)]) {
      try {
        write({ PatientID: value })
        expect.unreachable()
      } catch (error) {
        expect(JSON.stringify(error) + String(error)).not.toContain(value)
      }
    }
  })

  it('writes an inherited invalid value, but none that would be lost', () => {
    const long = 'x'.repeat(80)
    const { dataset } = parsePart10(
      write({ PatientID: long, StudyDate: '2026.01.31' }, ['PatientID', 'StudyDate']),
    )
    expect(readString(dataset, 'PatientID')).toBe(long)
    expect(readString(dataset, 'StudyDate')).toBe('2026.01.31')
    expect(() => write({ PatientID: 'a\\b' }, ['PatientID'])).toThrow('backslash')
  })
})

describe('formatDecimal', () => {
  it('writes numbers in at most 16 characters, as precisely as possible', () => {
    const numbers = [0, 1, -1, 1 / 3, -1 / 3, Math.PI * 1e13, -Math.PI * 1e-13, 1e-7, 1.5e300]
    for (const number of [...numbers, -1.23456789012345e-300, 2 ** 53, 0.1 + 0.2, 123456.789]) {
      const text = formatDecimal(number)
      expect(text.length).toBeLessThanOrEqual(16)
      expect(Math.abs(Number(text) - number)).toBeLessThanOrEqual(Math.abs(number) * 1e-8)
    }
    expect(formatDecimal(1 / 3)).toBe('0.33333333333333')
  })
})
