import { describe, expect, it } from 'vitest'
import { copyModules, findReplacedTexts } from '../../src/dicom/copy-modules.ts'
import { generalStudyModule, patientModule } from '../../src/dicom/module-tables.ts'
import { parsePart10 } from '../../src/dicom/part10.ts'
import { readSequence, readString } from '../../src/dicom/read-attributes.ts'
import { writePart10 } from '../../src/dicom/write-part10.ts'
import { buildDicom, type Elements, mrElements, syntaxes, without } from './build-dicom.ts'

const parse = (changes: Elements, syntax?: string) =>
  parsePart10(buildDicom(mrElements(changes), syntax))
const hex = (text: string) => new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'))
const uids = { sopClassUid: '1.2.840.10008.5.1.4.1.1.7', sopInstanceUid: '2.25.17' }

/** Copies, writes and reads again, as a result is. */
function roundTrip(changes: Elements, syntax?: string) {
  const { attributes, inherited } = copyModules(parse(changes, syntax))
  return parsePart10(writePart10(attributes, { ...uids, inherited })).dataset
}

describe('copyModules', () => {
  it('writes absent type 2 attributes empty, and type 3 ones only if present', () => {
    const { attributes, inherited, notes } = copyModules(parse({ '0010,1010 AS': '061Y' }))
    expect(attributes).toEqual({
      PatientName: 'Phantom^One',
      PatientID: null,
      PatientBirthDate: null,
      PatientSex: null,
      StudyInstanceUID: '1.2.3',
      StudyDate: null,
      StudyTime: null,
      ReferringPhysicianName: null,
      StudyID: null,
      AccessionNumber: null,
      PatientAge: '061Y',
    })
    expect(inherited).toEqual([])
    expect(notes).toEqual([])
  })

  it('keeps the text of DS and shortens only what is too long', () => {
    const { attributes } = copyModules(
      parse({ '0010,1020 DS': '1.750', '0010,1030 DS': '0070.125000000000000' }),
    )
    expect(attributes).toMatchObject({ PatientSize: '1.750', PatientWeight: '70.125' })
  })

  it.each([
    ['0010,0010 PN', 'PatientName', 'Doe\\Jane', 'Doe/Jane'],
    ['0010,0020 LO', 'PatientID', 'AB\\17', 'AB/17'],
    ['0008,0090 PN', 'ReferringPhysicianName', 'Dr\\\\X', 'Dr//X'],
    ['0020,0010 SH', 'StudyID', '1\\2', '1/2'],
    ['0008,0050 SH', 'AccessionNumber', 'A\\B\\C', 'A/B/C'],
    ['0010,0030 DA', 'PatientBirthDate', '19\\70', undefined],
  ])('changes a backslash in %s and reports it', (element, keyword, text, written) => {
    const { notes } = copyModules(parse({ [element]: text }))
    expect(notes).toHaveLength(1)
    expect(notes[0]).toContain(keyword)
    expect(notes[0]).not.toContain(text.slice(0, 2))
    expect(findReplacedTexts(parse({ [element]: text }))).toEqual(notes)
    expect(readString(roundTrip({ [element]: text }), keyword)).toBe(written)
  })

  it('writes an undeclared Shift-JIS, half of whose characters end in a backslash', () => {
    const name = hex('83 5c 83 58 5e 95 5c 8e a6')
    const dataset = roundTrip({ '0010,0010 PN': name })
    expect(readString(dataset, 'PatientName')).toMatch(/^.+\/.+\/.+$/)
    expect(findReplacedTexts(parse({}))).toEqual([])
  })

  const names: readonly (readonly [set: string, bytes: string, name: string])[] = [
    [
      '\\ISO 2022 IR 87',
      '59 61 6d 61 64 61 5e 54 61 72 6f 75 3d 1b 24 42 3b 33 45 44 1b 28 42 5e 1b 24 42 42 40 4f 3a 1b 28 42 3d 1b 24 42 24 64 24 5e 24 40 1b 28 42 5e 1b 24 42 24 3f 24 6d 24 26 1b 28 42',
      'Yamada^Tarou=山田^太郎=やまだ^たろう',
    ],
    [
      '\\ISO 2022 IR 149',
      '48 6f 6e 67 5e 47 69 6c 64 6f 6e 67 3d 1b 24 29 43 fb f3 5e 1b 24 29 43 d1 ce d4 d7 3d 1b 24 29 43 c8 ab 5e 1b 24 29 43 b1 e6 b5 bf',
      'Hong^Gildong=洪^吉洞=홍^길동',
    ],
    ['ISO_IR 126', 'c4 e9 ef ed f5 f3 e9 ef f2', 'Διονυσιος'],
    ['ISO_IR 100', '42 75 63 5e 4a e9 72 f4 6d 65', 'Buc^Jérôme'],
    ['GB18030', '57 61 6e 67 5e d0 a1 b6 ab', 'Wang^小东'],
  ]
  for (const [set, bytes, name] of names) {
    it(`converts a name in ${set} to UTF-8 without loss`, () => {
      const dataset = roundTrip({ '0008,0005 CS': set, '0010,0010 PN': hex(bytes) })
      expect(readString(dataset, 'SpecificCharacterSet')).toBe('ISO_IR 192')
      expect(readString(dataset, 'PatientName')).toBe(name)
    })
  }

  it('copies sequences with all their levels, but no private attributes', () => {
    for (const syntax of [syntaxes.explicit, syntaxes.implicit, syntaxes.bigEndian]) {
      const dataset = roundTrip(
        {
          '0009,0010 LO': 'ACME',
          '0009,1001 LO': 'secret',
          '0010,1002 SQ': [
            {
              '0009,0010 LO': 'ACME',
              '0009,1001 LO': 'secret',
              '0010,0020 LO': 'A1',
              '0010,0024 SQ': [{ '0040,0032 UT': '1.2.3', '0040,0033 CS': 'ISO' }],
            },
            { '0010,0000 UL': [4], '0010,0020 LO': 'B2', '6002,0010 US': [1] },
          ],
        },
        syntax,
      )
      const items = readSequence(dataset, 'OtherPatientIDsSequence') ?? []
      expect(items.map((item) => readString(item, 'PatientID'))).toEqual(['A1', 'B2'])
      const [issuer] = readSequence(items[0]!, 'IssuerOfPatientIDQualifiersSequence') ?? []
      expect(readString(issuer!, 'UniversalEntityID')).toBe('1.2.3')
      const bytes = Buffer.from(dataset.parsed.byteArray)
      expect(bytes.includes('secret')).toBe(false)
    }
  })

  it('copies nothing of series, equipment or pixels', () => {
    const { attributes } = copyModules(parse({ '0008,0070 LO': 'ACME', '0008,103e LO': 'T1' }))
    for (const keyword of ['Manufacturer', 'SeriesDescription', 'SeriesInstanceUID', 'PixelData']) {
      expect(attributes).not.toHaveProperty(keyword)
    }
  })

  it('omits an invalid type 3 attribute, with a note without its value', () => {
    const long = 'x'.repeat(70)
    const { attributes, notes } = copyModules(
      parse({ '0008,1030 LO': long, '0010,1010 AS': '61 years', '0010,1020 DS': 'tall' }),
    )
    expect(Object.keys(attributes)).not.toContain('StudyDescription')
    expect(notes).toHaveLength(3)
    expect(notes[0]).toContain('StudyDescription')
    expect(notes.join()).not.toContain(long)
  })

  it('omits an optional sequence without items, which some scanners send', () => {
    const { attributes, notes } = copyModules(parse({ '0008,1032 SQ': [] }))
    expect(attributes).not.toHaveProperty('ProcedureCodeSequence')
    expect(notes).toEqual([])
  })

  it('keeps identifying attributes unchanged even if they are invalid', () => {
    const changes = { '0010,0020 LO': 'x'.repeat(70), '0008,0020 DA': '2026.01.31' }
    const { inherited } = copyModules(parse(changes))
    expect(inherited).toEqual(['PatientID', 'StudyDate'])
    const dataset = roundTrip(changes)
    expect(readString(dataset, 'PatientID')).toBe('x'.repeat(70))
    expect(readString(dataset, 'StudyDate')).toBe('2026.01.31')
  })

  it('copies a clinical trial module whole or not at all', () => {
    const trial = { '0012,0010 LO': 'Sponsor', '0012,0020 LO': 'P-1', '0012,0040 LO': 'S-7' }
    expect(copyModules(parse(trial)).attributes).toMatchObject({
      ClinicalTrialSponsorName: 'Sponsor',
      ClinicalTrialProtocolName: null,
      ClinicalTrialSubjectID: 'S-7',
    })
    const partial = copyModules(parse({ '0012,0020 LO': 'P-1' })).attributes
    expect(partial).not.toHaveProperty('ClinicalTrialProtocolID')
  })

  it('copies only the requested modules, and needs StudyInstanceUID for the study', () => {
    const nameless = parsePart10(buildDicom(without(mrElements(), '0020,000d')))
    expect(Object.keys(copyModules(nameless, [patientModule]).attributes)).toHaveLength(4)
    expect(() => copyModules(nameless, [generalStudyModule])).toThrow(
      expect.objectContaining({ code: 'ATTRIBUTE_MISSING' }),
    )
  })
})
