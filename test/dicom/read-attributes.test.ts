import { describe, expect, it } from 'vitest'
import { parsePart10 } from '../../src/dicom/part10.ts'
import {
  hasAttribute,
  readNumber,
  readNumbers,
  readSequence,
  readString,
  readStrings,
  requireNumber,
  requireNumbers,
  requireString,
} from '../../src/dicom/read-attributes.ts'
import { buildDicom, type Elements, mrElements, syntaxes } from './build-dicom.ts'

const parse = (changes: Elements, syntax?: string) =>
  parsePart10(buildDicom(mrElements(changes), syntax))
const dataset = (changes: Elements, syntax?: string) => parse(changes, syntax).dataset
const hex = (text: string) => new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'))

describe('reading numbers', () => {
  it('reads every binary number type in both byte orders', () => {
    for (const syntax of [syntaxes.explicit, syntaxes.bigEndian, syntaxes.implicit]) {
      const read = dataset(
        {
          '0008,1160 IS': '-7\\ 8 ',
          '0018,9087 FD': [0.1],
          '0018,9186 FL': [0.5],
          '0020,9057 UL': [4_000_000_000],
          '0028,0106 SS': [-5],
          '0028,0103 US': [1],
          '0018,6020 SL': [-70_000],
        },
        syntax,
      )
      expect(readNumbers(read, 'ReferencedFrameNumber')).toEqual([-7, 8])
      expect(readNumber(read, 'DiffusionBValue')).toBe(0.1)
      expect(readNumber(read, 'InStackPositionNumber')).toBe(4_000_000_000)
      expect(readNumber(read, 'SmallestImagePixelValue')).toBe(-5)
      expect(readNumber(read, 'ReferencePixelX0')).toBe(-70_000)
    }
  })

  it('does not accept malformed numbers', () => {
    for (const text of ['1,5', 'abc', '1.5mm', '0x10', '', 'NaN', 'Infinity', '1\\x', '1e999']) {
      expect(readNumbers(dataset({ '0018,0050 DS': text }), 'SliceThickness')).toBeUndefined()
    }
    expect(readNumber(dataset({ '0018,0050 DS': ' +1.5E0 ' }), 'SliceThickness')).toBe(1.5)
    expect(readNumber(dataset({ '0018,0050 DS': '.5\0' }), 'SliceThickness')).toBe(0.5)
  })

  it('names the attribute that is missing or unusable', () => {
    const read = dataset({ '0020,0037 DS': '1\\0\\0\\0\\1', '0018,0050 DS': 'thin' })
    expect(() => requireNumbers(read, 'ImageOrientationPatient', 6)).toThrow(
      expect.objectContaining({
        code: 'ATTRIBUTE_MISSING',
        message: 'The image has an unusable ImageOrientationPatient.',
      }),
    )
    expect(() => requireNumber(read, 'SliceThickness')).toThrow('an unusable SliceThickness')
    expect(() => requireNumber(read, 'EchoTime')).toThrow('The image has no EchoTime.')
    expect(() => requireString(read, 'StudyID')).toThrow('The image has no StudyID.')
  })
})

describe('reading texts', () => {
  it('trims padding and keeps the positions of several values', () => {
    const read = dataset({ '0008,0008 CS': 'ORIGINAL\\ PRIMARY \\\\M', '0008,103e LO': ' T1 \0' })
    expect(readStrings(read, 'ImageType')).toEqual(['ORIGINAL', 'PRIMARY', '', 'M'])
    expect(readString(read, 'SeriesDescription')).toBe('T1')
  })

  it('distinguishes absent from empty', () => {
    const read = dataset({ '0008,103e LO': '  ' })
    expect(readStrings(read, 'SeriesDescription')).toEqual([])
    expect(readString(read, 'SeriesDescription')).toBeUndefined()
    expect(hasAttribute(read, 'SeriesDescription')).toBe(true)
    expect(readStrings(read, 'StudyDescription')).toBeUndefined()
  })

  // Names and bytes of PS3.5 annexes H, I, J and K, and of PS3.3 C.12.1.1.2 for the single-byte sets.
  const names: readonly (readonly [set: string, bytes: string, name: string])[] = [
    ['ISO_IR 100', '42 75 63 5e 4a e9 72 f4 6d 65', 'Buc^Jérôme'],
    ['ISO_IR 126', 'c4 e9 ef ed f5 f3 e9 ef f2', 'Διονυσιος'],
    ['ISO_IR 144', 'bb ee da', 'Люк'],
    ['ISO_IR 192', '57 61 6e 67 5e e5 b0 8f e6 9d b1', 'Wang^小東'],
    ['GB18030', '57 61 6e 67 5e d0 a1 b6 ab', 'Wang^小东'],
    [
      '\\ISO 2022 IR 87',
      '59 61 6d 61 64 61 5e 54 61 72 6f 75 3d 1b 24 42 3b 33 45 44 1b 28 42 5e 1b 24 42 42 40 4f 3a 1b 28 42 3d 1b 24 42 24 64 24 5e 24 40 1b 28 42 5e 1b 24 42 24 3f 24 6d 24 26 1b 28 42',
      'Yamada^Tarou=山田^太郎=やまだ^たろう',
    ],
    [
      'ISO 2022 IR 13\\ISO 2022 IR 87',
      'd4 cf c0 de 5e c0 db b3 3d 1b 24 42 3b 33 45 44 1b 28 4a 5e 1b 24 42 42 40 4f 3a 1b 28 4a 3d 1b 24 42 24 64 24 5e 24 40 1b 28 4a 5e 1b 24 42 24 3f 24 6d 24 26 1b 28 4a',
      'ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう',
    ],
    [
      '\\ISO 2022 IR 149',
      '48 6f 6e 67 5e 47 69 6c 64 6f 6e 67 3d 1b 24 29 43 fb f3 5e 1b 24 29 43 d1 ce d4 d7 3d 1b 24 29 43 c8 ab 5e 1b 24 29 43 b1 e6 b5 bf',
      'Hong^Gildong=洪^吉洞=홍^길동',
    ],
  ]
  for (const [set, bytes, name] of names) {
    it(`reads ${set}`, () => {
      const read = dataset({ '0008,0005 CS': set, '0010,0010 PN': hex(bytes) })
      expect(readString(read, 'PatientName')).toBe(name)
    })
  }

  it('reads an unknown character set as UTF-8 or Latin-1 and reports it', () => {
    const utf8 = parse({ '0008,0005 CS': 'ISO_IR_192', '0010,0010 PN': hex('4d c3 bc') })
    expect(readString(utf8.dataset, 'PatientName')).toBe('Mü')
    expect(utf8.notes).toEqual([expect.stringContaining('"ISO_IR_192" is not known')])
    const latin1 = parse({ '0008,0005 CS': 'WHATEVER', '0010,0010 PN': hex('4d fc') })
    expect(readString(latin1.dataset, 'PatientName')).toBe('Mü')
  })

  it('reads bytes that break the declared set without failing', () => {
    const read = dataset({ '0008,0005 CS': '\\ISO 2022 IR 87', '0010,0010 PN': hex('41 1b 99 42') })
    expect(readString(read, 'PatientName')).toContain('A')
  })

  it('reads an item by the character set of the item', () => {
    const read = dataset({
      '0010,1002 SQ': [{ '0008,0005 CS': 'ISO_IR 126', '0010,0021 LO': hex('c4 e9') }],
    })
    const [item] = readSequence(read, 'OtherPatientIDsSequence') ?? []
    expect(readString(item!, 'IssuerOfPatientID')).toBe('Δι')
  })
})
