import { deflateRawSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { parsePart10 } from '../../src/dicom/part10.ts'
import {
  readNumber,
  readNumbers,
  readSequence,
  readString,
} from '../../src/dicom/read-attributes.ts'
import { buildDicom, mrElements, syntaxes, without } from './build-dicom.ts'

const nested = mrElements({
  '0008,1140 SQ': [
    { '0008,1150 UI': '1.2.840.10008.5.1.4.1.1.4', '0008,1155 UI': '1.2.9' },
    { '0008,1155 UI': '1.2.10', '0040,a170 SQ': [{ '0008,0100 SH': '121322' }] },
  ],
})

function failure(bytes: Uint8Array) {
  try {
    parsePart10(bytes)
  } catch (error) {
    return error as { code: string; message: string }
  }
  throw new Error('nothing was thrown')
}

describe('parsePart10', () => {
  for (const [name, syntax] of Object.entries(syntaxes)) {
    for (const undefinedLengths of [false, true]) {
      const lengths = undefinedLengths ? 'delimited' : 'counted'
      it(`reads texts, numbers and ${lengths} sequences of ${name} files`, () => {
        const instance = parsePart10(buildDicom(nested, syntax, undefinedLengths))
        const { dataset } = instance
        expect(instance.transferSyntaxUid).toBe(syntax)
        expect(instance.sopClassUid).toBe('1.2.840.10008.5.1.4.1.1.4')
        expect(instance.sopInstanceUid).toBe('1.2.3.4')
        expect(readString(dataset, 'PatientName')).toBe('Phantom^One')
        expect(readNumber(dataset, 'Rows')).toBe(3)
        expect(readNumbers(dataset, 'PixelSpacing')).toEqual([0.75, 0.5])
        const items = readSequence(dataset, 'ReferencedImageSequence') ?? []
        expect(items.map((item) => readString(item, 'ReferencedSOPInstanceUID'))).toEqual([
          '1.2.9',
          '1.2.10',
        ])
        const [purpose] = readSequence(items[1]!, 'PurposeOfReferenceCodeSequence') ?? []
        expect(readString(purpose!, 'CodeValue')).toBe('121322')
      })
    }
  }

  it.each([
    ['1.2.840.10008.1.2', true],
    ['1.2.840.10008.1.2', false],
    ['1.2.840.10008.1.2.1', true],
    ['1.2.840.10008.1.2.1', false],
  ])('reads a file of %s without preamble, with a header: %s', (syntax, hasHeader) => {
    const file = buildDicom(mrElements(), syntax)
    const header = 8 + new DataView(file.buffer, file.byteOffset).getUint16(138, true)
    const bare = parsePart10(file.slice(hasHeader ? 132 : 132 + header))
    expect(bare.transferSyntaxUid).toBe(syntax)
    expect(bare.notes[0]).toMatch(/lacks the preamble/)
    expect(readNumber(bare.dataset, 'Rows')).toBe(readNumber(parsePart10(file).dataset, 'Rows'))
  })

  it('reads a sequence written as UN with a defined length, in any syntax', () => {
    // An item of implicit VR with a sequence in it, and EffectiveEchoTime in that.
    const outer = Buffer.alloc(8)
    const element = (group: number, number: number, value: Buffer) => {
      const head = Buffer.alloc(8)
      head.writeUInt16LE(group, 0)
      head.writeUInt16LE(number, 2)
      head.writeUInt32LE(value.length, 4)
      return Buffer.concat([head, value])
    }
    const item = (...values: Buffer[]) => element(0xfffe, 0xe000, Buffer.concat(values))
    outer.writeDoubleLE(2.5)
    const times = item(element(0x0018, 0x9082, outer))
    const shared = new Uint8Array(item(element(0x0018, 0x9114, times)))
    for (const syntax of [syntaxes.explicit, syntaxes.bigEndian]) {
      const { dataset } = parsePart10(buildDicom(mrElements({ '5200,9229 UN': shared }), syntax))
      const [group] = readSequence(dataset, 'SharedFunctionalGroupsSequence') ?? []
      const [echo] = (group && readSequence(group, 'MREchoSequence')) ?? []
      expect(echo && readNumber(echo, 'EffectiveEchoTime')).toBe(2.5)
    }
    const broken = mrElements({ '5200,9229 UN': shared.slice(0, 30) })
    const { dataset } = parsePart10(buildDicom(broken))
    expect(readSequence(dataset, 'SharedFunctionalGroupsSequence') ?? []).toEqual([])
  })

  it('reports that a file without its start, an empty one and a text are not DICOM', () => {
    const file = buildDicom(mrElements())
    expect(failure(file.slice(100))).toMatchObject({
      code: 'DICOM_UNREADABLE',
      message: expect.stringContaining('not a DICOM file'),
    })
    expect(failure(new Uint8Array(0)).message).toBe('The file is empty.')
    expect(failure(new TextEncoder().encode('hello '.repeat(50))).code).toBe('DICOM_UNREADABLE')
  })

  it('rejects a file truncated at any byte, or reads everything that is left', () => {
    for (const syntax of Object.values(syntaxes)) {
      const file = buildDicom(nested, syntax)
      for (let length = 0; length < file.length; length += 1) {
        let intact = false
        try {
          intact = parsePart10(file.subarray(0, length)).sopInstanceUid === '1.2.3.4'
        } catch (error) {
          expect(['DICOM_UNREADABLE', 'ATTRIBUTE_MISSING']).toContain(
            (error as { code: string }).code,
          )
        }
        // Between two attributes nothing tells that more were there; inside pixel data much does.
        if (intact) expect(length).toBeLessThanOrEqual(file.length - 32)
      }
    }
  })

  it('calls a file that ends within its pixel data truncated', () => {
    const file = buildDicom(mrElements())
    expect(failure(file.subarray(0, file.length - 4)).message).toContain('truncated')
  })

  it.each([
    [syntaxes.implicit, syntaxes.explicit, /names another encoding/],
    [syntaxes.explicit, syntaxes.implicit, /names another encoding/],
    [syntaxes.implicit, '', /does not say how it is encoded/],
    [syntaxes.explicit, '', /does not say how it is encoded/],
  ])('reads attributes of %s behind a header that says "%s"', (syntax, stated, note) => {
    const headerOf = (uid: string) => buildDicom({}, uid)
    const content = buildDicom(mrElements(), syntax).subarray(headerOf(syntax).length)
    const file = new Uint8Array(Buffer.concat([headerOf(stated), content]))
    const instance = parsePart10(file)
    expect(instance.transferSyntaxUid).toBe(syntax)
    expect(readNumber(instance.dataset, 'Rows')).toBe(3)
    expect(instance.notes.join()).toMatch(note)
  })

  it('refuses a file without SOP class or SOP instance', () => {
    expect(failure(buildDicom(without(mrElements(), '0008,0018')))).toMatchObject({
      code: 'ATTRIBUTE_MISSING',
      message: expect.stringContaining('SOPInstanceUID'),
    })
  })

  it.each([
    ['zeros', new Uint8Array(700)],
    ['a text', new TextEncoder().encode('\r\n-- end --\r\n')],
    ['what is no attribute', new Uint8Array(64).fill(0xff)],
  ])('reads a file with %s behind its pixel data', (_, rest) => {
    for (const syntax of [syntaxes.implicit, syntaxes.explicit, syntaxes.bigEndian]) {
      const file = new Uint8Array(Buffer.concat([buildDicom(mrElements(), syntax), rest]))
      const { parsed } = parsePart10(file).dataset
      expect(parsed.elements.x7fe00010?.length).toBeGreaterThan(0)
    }
  })

  it('reads past attributes of the 64-bit VRs', () => {
    const file = buildDicom(
      mrElements({ '0008,040c UV': new Uint8Array(8), '7fe0,0001 OV': new Uint8Array(8) }),
    )
    expect(readNumber(parsePart10(file).dataset, 'Columns')).toBe(4)
  })

  it('refuses sequences nested ten thousand deep', () => {
    const opening = Buffer.from('0800401153510000fffffffffeff00e0ffffffff', 'hex')
    const file = Buffer.concat([buildDicom(mrElements()), ...Array(10_000).fill(opening)])
    expect(failure(new Uint8Array(file)).code).toBe('DICOM_UNREADABLE')
  })

  it('refuses half a million empty items without filling memory', () => {
    const items = Buffer.alloc(8 * 510_000, Buffer.from('feff00e000000000', 'hex'))
    const length = Buffer.alloc(4)
    length.writeUInt32LE(items.length)
    const head = Buffer.concat([Buffer.from('080040115351', 'hex'), Buffer.alloc(2), length])
    const file = Buffer.concat([buildDicom(mrElements()), head, items])
    expect(failure(new Uint8Array(file)).message).toContain('more than 500000 attributes')
  })

  it('refuses a deflated file that inflates without end', () => {
    const bomb = deflateRawSync(Buffer.alloc(300 * 2 ** 20), { level: 1 })
    const empty = buildDicom({}, syntaxes.deflated)
    const file = Buffer.concat([empty.subarray(0, empty.length - 2), bomb])
    expect(failure(new Uint8Array(file)).message).toContain('too large')
  })
})
