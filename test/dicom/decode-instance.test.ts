import { describe, expect, it, vi } from 'vitest'
import { decodeInstance } from '../../src/dicom/decode-instance.ts'
import { parsePart10 } from '../../src/dicom/part10.ts'
import {
  buildDicom,
  type Elements,
  encapsulate,
  mrElements,
  syntaxes,
  without,
} from './build-dicom.ts'
import {
  convertWithDcmtk,
  encodeHtj2k,
  encodeJpeg2000,
  encodeJpegLs,
  encodeRle,
} from './encode-frames.ts'

async function decode(elements: Elements, syntax?: string): Promise<number[][]> {
  const frames = await decodeInstance(parsePart10(buildDicom(elements, syntax)))
  return frames.map(({ intensities }) => [...intensities])
}

/** A smooth hill of 16 x 16 pixels, from `lowest` up by about a thousand. */
const size = 16
const hill = (lowest: number, scale = 1) =>
  Array.from({ length: size * size }, (_, index) => {
    const [x, y] = [(index % size) - 7, Math.floor(index / size) - 7]
    return lowest + Math.round(scale * 1000 * Math.exp(-(x * x + y * y) / 40))
  })

function square(bits: { stored: number; signed?: boolean; allocated?: number }): Elements {
  const { stored, signed = false, allocated = 16 } = bits
  return without(
    mrElements({
      '0028,0010 US': [size],
      '0028,0011 US': [size],
      '0028,0100 US': [allocated],
      '0028,0101 US': [stored],
      '0028,0102 US': [stored - 1],
      '0028,0103 US': [signed ? 1 : 0],
    }),
    '7fe0,0010',
  )
}

const words = (values: readonly number[]) =>
  new Uint8Array(Uint16Array.from(values, (value) => value & 0xffff).buffer)

async function decodeEncapsulated(
  elements: Elements,
  syntax: string,
  frames: readonly (readonly Uint8Array[])[],
  withOffsetTable = false,
) {
  const bytes = Buffer.concat([
    buildDicom(without(elements, '7fe0,0010'), syntax),
    encapsulate(frames, withOffsetTable),
  ])
  return decodeInstance(parsePart10(new Uint8Array(bytes)))
}

const failing = (work: Promise<unknown>) =>
  work.then(
    () => {
      throw new Error('nothing was thrown')
    },
    (error: { code: string; message: string }) => error,
  )

describe('decoding native pixels', () => {
  const native = [syntaxes.implicit, syntaxes.explicit, syntaxes.bigEndian, syntaxes.deflated]

  it('reads unsigned and signed words in every byte order', async () => {
    for (const syntax of native) {
      expect(await decode(mrElements(), syntax)).toEqual([
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 255, 256, 65535],
      ])
      expect((await decode(mrElements({ '0028,0103 US': [1] }), syntax))[0]?.at(-1)).toBe(-1)
    }
  })

  it('decodes the same instance twice to the same values', async () => {
    const instance = parsePart10(buildDicom(mrElements(), syntaxes.bigEndian))
    expect(await decodeInstance(instance)).toEqual(await decodeInstance(instance))
  })

  it('reads pixel data at an odd address', async () => {
    const shifted = new Uint8Array(2000).subarray(1)
    const file = buildDicom(mrElements())
    shifted.set(file)
    const [frame] = await decodeInstance(parsePart10(shifted.subarray(0, file.length)))
    expect(frame?.intensities.at(-1)).toBe(65535)
  })

  it('keeps only the stored bits and extends the sign at the highest of them', async () => {
    const overlay = mrElements({
      '0028,0101 US': [12],
      '0028,0102 US': [11],
      '7fe0,0010 OW': [0x8fff, 0xf800, 0x77ff, 0, 1, 2, 3, 4, 5, 6, 7, 0xf001],
    })
    expect((await decode(overlay))[0]).toEqual([4095, 2048, 2047, 0, 1, 2, 3, 4, 5, 6, 7, 1])
    const signed = { ...overlay, '0028,0103 US': [1] }
    expect((await decode(signed))[0]).toEqual([-1, -2048, 2047, 0, 1, 2, 3, 4, 5, 6, 7, 1])
  })

  it.each<[string, Elements, readonly number[]]>([
    ['a value', { '0028,0120 US': [255] }, [7, 0, 256, 65535]],
    ['a range', { '0028,0120 US': [7], '0028,0121 US': [256] }, [0, 0, 0, 65535]],
    [
      'a range given the other way round',
      { '0028,0120 US': [256], '0028,0121 US': [7] },
      [0, 0, 0, 65535],
    ],
    ['a negative value', { '0028,0103 US': [1], '0028,0120 SS': [-1] }, [7, 255, 256, 0]],
    [
      'a negative value, written as its bits',
      { '0028,0103 US': [1], '0028,0120 US': [65535] },
      [7, 255, 256, 0],
    ],
  ])('counts padding as background: %s', async (_, padding, expected) => {
    const [frame] = await decode(mrElements(padding))
    expect([7, 9, 10, 11].map((at) => frame![at])).toEqual(expected)
  })

  it('counts padding as background before it rescales', async () => {
    const rescaled = mrElements({
      '0028,0120 US': [0],
      '0028,1052 DS': '-1000',
      '0028,1053 DS': '2',
    })
    expect((await decode(rescaled))[0]!.slice(0, 3)).toEqual([0, -998, -996])
  })

  it('reads stored bits that do not start at bit 0', async () => {
    const shifted = mrElements({
      '0028,0101 US': [12],
      '0028,0102 US': [15],
      '7fe0,0010 OW': [0xfff0, 0x0010, 0x001f, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    })
    expect((await decode(shifted))[0]?.slice(0, 3)).toEqual([4095, 1, 1])
  })

  it('reads bytes, padded to an even length, unsigned and signed', async () => {
    const bytes = {
      ...mrElements({
        '0028,0010 US': [1],
        '0028,0011 US': [3],
        '0028,0100 US': [8],
        '0028,0101 US': [8],
        '0028,0102 US': [7],
      }),
      '7fe0,0010 OW': new Uint8Array([1, 128, 255]),
    }
    expect(await decode(bytes)).toEqual([[1, 128, 255]])
    expect(await decode({ ...bytes, '0028,0103 US': [1] })).toEqual([[1, -128, -1]])
    const swapped = { ...bytes, '7fe0,0010 OW': new Uint8Array([128, 1, 0, 255]) }
    expect(await decode(swapped, syntaxes.bigEndian)).toEqual([[1, 128, 255]])
  })

  it('reads 32 bits and floating point', async () => {
    const wide = mrElements({ '0028,0100 US': [32], '0028,0101 US': [32], '0028,0102 US': [31] })
    const values = Array.from({ length: 12 }, (_, index) => index * 2 ** 24)
    const long = {
      ...without(wide, '7fe0'),
      '7fe0,0010 OW': new Uint8Array(Uint32Array.from(values).buffer),
    }
    expect(await decode(long)).toEqual([values])
    const float = {
      ...without(wide, '7fe0'),
      '7fe0,0008 OF': new Uint8Array(Float32Array.from(values, (v) => v + 0.5).buffer),
    }
    expect((await decode(float))[0]?.[0]).toBe(0.5)
  })

  it('rescales', async () => {
    const rescaled = mrElements({ '0028,1052 DS': '-10.5', '0028,1053 DS': '0.5' })
    expect((await decode(rescaled))[0]?.slice(0, 3)).toEqual([-10.5, -10, -9.5])
  })

  it('rejects an unreadable rescale instead of ignoring it', async () => {
    const broken = mrElements({ '0028,1053 DS': 'two' })
    expect(await failing(decode(broken))).toMatchObject({ code: 'ATTRIBUTE_MISSING' })
  })

  it('makes brighter always larger: MONOCHROME1 is inverted in the stored range', async () => {
    const inverted = mrElements({
      '0028,0004 CS': 'MONOCHROME1',
      '0028,1052 DS': '0',
      '0028,1053 DS': '2',
    })
    expect((await decode(inverted))[0]?.at(-1)).toBe(0)
    expect((await decode(inverted))[0]?.at(0)).toBe(131070)
    expect((await decode({ ...inverted, '0028,0103 US': [1] }))[0]?.slice(0, 2)).toEqual([-2, -4])
  })

  it('rejects too little and too much pixel data and states the numbers', async () => {
    const short = { ...without(mrElements(), '7fe0'), '7fe0,0010 OW': [1, 2, 3] }
    expect(await failing(decode(short))).toMatchObject({
      code: 'PIXEL_DATA_INVALID',
      message: expect.stringMatching(/6 bytes.* 24/),
    })
    for (const excess of [new Array(24).fill(0), [...new Array(12).fill(0), 0, 7]]) {
      const long = { ...short, '7fe0,0010 OW': excess }
      expect(await failing(decode(long))).toMatchObject({ code: 'PIXEL_DATA_INVALID' })
    }
    expect(await failing(decode(without(mrElements(), '7fe0')))).toMatchObject({
      code: 'PIXEL_DATA_INVALID',
    })
  })

  it('accepts padding after the pixels, and treats 0 frames of a classic image as one', async () => {
    const elements = mrElements()
    const [plain] = await decode(elements)
    const pixels = elements['7fe0,0010 OW'] as number[]
    const padded = { ...elements, '7fe0,0010 OW': [...pixels, 0, 0, 0], '0028,0008 IS': '0' }
    expect(await decode(padded)).toEqual([plain])
  })

  it('rejects colours, lookup tables, absurd sizes and contradictory bits', async () => {
    const cases: Elements[] = [
      { '0028,0002 US': [3], '0028,0004 CS': 'RGB' },
      { '0028,0004 CS': 'PALETTE COLOR' },
      { '0028,3000 SQ': [{ '0028,3004 LO': 'HU' }] },
      { '0028,0008 IS': '2000000000' },
      { '0028,0010 US': [65535], '0028,0011 US': [65535] },
      { '0028,0101 US': [17] },
      { '0028,0101 US': [12], '0028,0102 US': [9] },
      { '0028,0100 US': [12], '0028,0101 US': [12], '0028,0102 US': [11] },
      { '0028,0010 US': [0] },
      { '0028,0008 IS': '-1' },
    ]
    for (const changes of cases) {
      const { code } = await failing(decode(mrElements(changes)))
      expect(code).toBe('PIXEL_DATA_INVALID')
    }
  })
})

describe('an image that does not state all of its bits', () => {
  const pixels = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 4000]
  const twelve = mrElements({
    '0028,0101 US': [12],
    '0028,0102 US': [11],
    '7fe0,0010 OW': words(pixels),
  })

  it.each(['0028,0002', '0028,0101', '0028,0102'])(
    'is read by what the others say: %s',
    async (tag) => {
      expect(await decode(without(twelve, tag))).toEqual([pixels])
    },
  )

  it('is read whatever its HighBit where only one is possible', async () => {
    const sixteen = mrElements({ '0028,0102 US': [11], '7fe0,0010 OW': words(pixels) })
    expect(await decode(sixteen)).toEqual([pixels])
  })

  it('keeps its values where RescaleSlope is 0', async () => {
    expect(await decode({ ...twelve, '0028,1053 DS': '0' })).toEqual([pixels])
  })
})

describe('decoding compressed pixels', () => {
  const info = { width: size, height: size }
  const unsigned = hill(3, 4)
  const negative = hill(-900)
  const encoders = {
    '1.2.840.10008.1.2.4.80': encodeJpegLs,
    '1.2.840.10008.1.2.4.90': encodeJpeg2000,
    '1.2.840.10008.1.2.4.91': encodeJpeg2000,
    '1.2.840.10008.1.2.4.201': encodeHtj2k,
    '1.2.840.10008.1.2.4.203': encodeHtj2k,
  }

  for (const [syntax, encode] of Object.entries(encoders)) {
    it(`reads 12 and 16 bits of ${syntax} exactly`, async () => {
      for (const stored of [12, 16]) {
        const frame = await encode(
          { ...info, bitsPerSample: stored, isSigned: false },
          words(unsigned),
        )
        const [decoded] = await decodeEncapsulated(square({ stored }), syntax, [[frame]])
        expect([...(decoded?.intensities ?? [])]).toEqual(unsigned)
      }
    })

    it(`reads signed values of ${syntax}, whether or not its code stream states the sign`, async () => {
      const aware = await encode({ ...info, bitsPerSample: 16, isSigned: true }, words(negative))
      const raw = await encode({ ...info, bitsPerSample: 16, isSigned: false }, words(negative))
      for (const frame of syntax.endsWith('.80') ? [raw] : [aware, raw]) {
        const elements = square({ stored: 16, signed: true })
        const [decoded] = await decodeEncapsulated(elements, syntax, [[frame]])
        expect([...(decoded?.intensities ?? [])]).toEqual(negative)
      }
    })
  }

  const file = () => buildDicom({ ...square({ stored: 16 }), '7fe0,0010 OW': words(unsigned) })
  const dcmtk: readonly (readonly [name: string, tool: string, options: readonly string[]])[] = [
    ['RLE', 'dcmcrle', []],
    ['JPEG lossless .70', 'dcmcjpeg', ['+e1']],
    ['JPEG lossless .57', 'dcmcjpeg', ['+el']],
    ['JPEG-LS', 'dcmcjpls', []],
    ['deflated', 'dcmconv', ['+td']],
  ]
  for (const [name, tool, options] of dcmtk) {
    it(`reads ${name} files of DCMTK exactly, unsigned and signed`, async () => {
      const [frame] = await decodeInstance(parsePart10(convertWithDcmtk(tool, options, file())))
      expect([...(frame?.intensities ?? [])]).toEqual(unsigned)
      const signed = buildDicom({
        ...square({ stored: 16, signed: true }),
        '7fe0,0010 OW': words(negative),
      })
      const [second] = await decodeInstance(parsePart10(convertWithDcmtk(tool, options, signed)))
      expect([...(second?.intensities ?? [])]).toEqual(negative)
      expect(second?.lossy).toBe(false)
    })
  }

  it('reads lossy JPEG of 8 and 12 bits like DCMTK and reports that it is lossy', async () => {
    const eight = {
      ...square({ stored: 8, allocated: 8 }),
      '7fe0,0010 OW': Uint8Array.from(hill(0, 0.25)),
    }
    const twelve = { ...square({ stored: 12 }), '7fe0,0010 OW': words(hill(0, 4)) }
    for (const [elements, process] of [
      [eight, '+eb'],
      [eight, '+ee'],
      [twelve, '+ee'],
    ] as const) {
      const compressed = convertWithDcmtk('dcmcjpeg', [process], buildDicom(elements))
      const [frame] = await decodeInstance(parsePart10(compressed))
      const [wanted] = await decodeInstance(
        parsePart10(convertWithDcmtk('dcmdjpeg', [], compressed)),
      )
      expect(frame?.lossy).toBe(true)
      const errors = [...frame!.intensities].map((value, index) =>
        Math.abs(value - wanted!.intensities[index]!),
      )
      expect(Math.max(...errors)).toBeLessThanOrEqual(2)
      expect(Math.max(...wanted!.intensities)).toBeGreaterThan(200)
    }
  })

  it('finds frames by offset table, or one fragment for each, and joins fragments', async () => {
    const position = { '0020,9113 SQ': [{ '0020,0032 DS': '0\\0\\0' }] }
    const multi = {
      ...mrElements({ '0028,0008 IS': '2' }),
      '5200,9230 SQ': [position, position],
    }
    const [first, second] = [1, 2].map((value) => encodeRle(words(new Array(12).fill(value)), 2))
    const [a, b] = [first!.subarray(0, 40), first!.subarray(40)]
    const values = async (frames: Uint8Array[][], table: boolean) =>
      (await decodeEncapsulated(multi, syntaxes.rle, frames, table)).map((f) => f.intensities[11])
    expect(await values([[first!], [second!]], false)).toEqual([1, 2])
    expect(await values([[first!], [second!]], true)).toEqual([1, 2])
    expect(await values([[a, b], [second!]], true)).toEqual([1, 2])
    expect(await failing(values([[a, b], [second!]], false))).toMatchObject({
      code: 'PIXEL_DATA_INVALID',
      message: expect.stringContaining('3 fragments'),
    })
    const [joined] = await decodeEncapsulated(mrElements(), syntaxes.rle, [[a, b]])
    expect(joined?.intensities[11]).toBe(1)
  })

  it('finds frames by the extended offset table and by the starts of code streams', async () => {
    const position = { '0020,9113 SQ': [{ '0020,0032 DS': '0\\0\\0' }] }
    const elements = {
      ...square({ stored: 16 }),
      '0028,0008 IS': '2',
      '5200,9230 SQ': [position, position],
    }
    const frames = await Promise.all(
      [unsigned, unsigned.toReversed()].map((values) =>
        encodeJpegLs({ ...info, bitsPerSample: 16, isSigned: false }, words(values)),
      ),
    )
    const parts = frames.map((frame) => [frame.subarray(0, 100), frame.subarray(100)])
    const decoded = await decodeEncapsulated(elements, '1.2.840.10008.1.2.4.80', parts)
    expect(decoded.map(({ intensities }) => [...intensities])).toEqual([
      unsigned,
      unsigned.toReversed(),
    ])
    const rle = [unsigned, unsigned.toReversed()].map((values) => {
      const frame = encodeRle(words(values), 2)
      return [frame.subarray(0, 100), frame.subarray(100)]
    })
    const offsets = [0n, BigInt(rle[0]!.reduce((sum, { length }) => sum + length + 8, 0))]
    const extended = (values: readonly bigint[]) => ({
      ...elements,
      '7fe0,0001 OV': new Uint8Array(BigUint64Array.from(values).buffer),
      '7fe0,0002 OV': new Uint8Array(16),
    })
    const second = await decodeEncapsulated(extended(offsets), syntaxes.rle, rle)
    expect(second.map(({ intensities }) => [...intensities])).toEqual([
      unsigned,
      unsigned.toReversed(),
    ])
    for (const wrong of [[0n, 7n], [0n], [offsets[1]!, 0n], [0n, 2n ** 63n]]) {
      const work = decodeEncapsulated(extended(wrong), syntaxes.rle, rle)
      expect(await failing(work)).toMatchObject({ code: 'PIXEL_DATA_INVALID' })
    }
  })

  it('detects lossy compression from the code stream itself', async () => {
    const frame = { ...info, bitsPerSample: 16, isSigned: false }
    const cases: readonly (readonly [string, Uint8Array, boolean])[] = [
      ['1.2.840.10008.1.2.4.91', await encodeJpeg2000(frame, words(unsigned)), false],
      ['1.2.840.10008.1.2.4.91', await encodeJpeg2000(frame, words(unsigned), 4), true],
      ['1.2.840.10008.1.2.4.203', await encodeHtj2k(frame, words(unsigned)), false],
      ['1.2.840.10008.1.2.4.203', await encodeHtj2k(frame, words(unsigned), 0.01), true],
      ['1.2.840.10008.1.2.4.81', await encodeJpegLs(frame, words(unsigned)), false],
      ['1.2.840.10008.1.2.4.81', await encodeJpegLs(frame, words(unsigned), 3), true],
    ]
    for (const [syntax, bytes, lossy] of cases) {
      const [decoded] = await decodeEncapsulated(square({ stored: 16 }), syntax, [[bytes]])
      expect(decoded?.lossy, syntax).toBe(lossy)
      const worst = Math.max(
        ...unsigned.map((value, index) => Math.abs(value - decoded!.intensities[index]!)),
      )
      expect(worst, syntax).toBeLessThan(lossy ? 400 : 1)
    }
  })

  it('rejects frames that are truncated, of another size or in another format than stated', async () => {
    for (const [syntax, encode] of Object.entries(encoders)) {
      const frame = await encode({ ...info, bitsPerSample: 16, isSigned: false }, words(unsigned))
      const other = await encode(
        { width: 8, height: 32, bitsPerSample: 16, isSigned: false },
        words(unsigned),
      )
      const cut = frame.subarray(0, frame.length / 2)
      const noise = Uint8Array.from({ length: 100 }, (_, index) => index)
      for (const bad of [cut, other, noise]) {
        const { code } = await failing(decodeEncapsulated(square({ stored: 16 }), syntax, [[bad]]))
        expect(code).toBe('PIXEL_DATA_INVALID')
      }
    }
    const rle = encodeRle(words(unsigned), 2)
    for (const bad of [rle.subarray(0, rle.length - 40), rle.subarray(0, 30)]) {
      const work = decodeEncapsulated(square({ stored: 16 }), syntaxes.rle, [[bad]])
      expect((await failing(work)).code).toBe('PIXEL_DATA_INVALID')
    }
  })

  it('refuses an RLE header that would keep the decoder running for minutes', async () => {
    const endless = encodeRle(words(unsigned), 2)
    new DataView(endless.buffer).setUint32(12, 0x7fffffff, true)
    const work = decodeEncapsulated(square({ stored: 16 }), syntaxes.rle, [[endless]])
    expect(await failing(work)).toMatchObject({
      code: 'PIXEL_DATA_INVALID',
      message: expect.stringContaining('RLE header'),
    })
  })

  it('refuses JPEG 2000 frames that claim to be subsampled, which keep a decoder running for ever', async () => {
    for (const [syntax, encode] of Object.entries(encoders)) {
      const frame = await encode({ ...info, bitsPerSample: 16, isSigned: false }, words(unsigned))
      if (frame[1] !== 0x4f) continue
      for (const step of [0, 44]) {
        const endless = Uint8Array.from(frame)
        // YRsiz, the last byte of the size segment (T.800 A.5.1).
        endless[44] = step
        const work = decodeEncapsulated(square({ stored: 16 }), syntax, [[endless]])
        expect((await failing(work)).code, `${syntax} ${step}`).toBe('PIXEL_DATA_INVALID')
      }
    }
  })

  it('does not answer a damaged frame with the picture decoded before it', async () => {
    for (const [syntax, encode] of Object.entries(encoders)) {
      const frame = await encode({ ...info, bitsPerSample: 16, isSigned: false }, words(unsigned))
      await decodeEncapsulated(square({ stored: 16 }), syntax, [[frame]])
      const damaged = Uint8Array.from(frame)
      damaged.fill(0xff, 60, damaged.length - 4)
      const outcome = await decodeEncapsulated(square({ stored: 16 }), syntax, [[damaged]]).then(
        ([decoded]) => [...(decoded?.intensities ?? [])],
        (error: { code: string }) => error.code,
      )
      expect(outcome, syntax).not.toEqual(unsigned)
    }
  })

  it('names an unsupported transfer syntax', async () => {
    const work = decodeEncapsulated(mrElements(), '1.2.840.10008.1.2.4.100', [[new Uint8Array(4)]])
    expect(await failing(work)).toMatchObject({
      code: 'TRANSFER_SYNTAX_UNSUPPORTED',
      message: expect.stringContaining('1.2.840.10008.1.2.4.100'),
    })
  })

  it('prints nothing, whatever the codecs print', async () => {
    const prints = ['log', 'info', 'warn', 'error'] as const
    const spies = prints.map((name) => vi.spyOn(console, name))
    const frame = await encodeJpeg2000(
      { ...info, bitsPerSample: 16, isSigned: false },
      words(unsigned),
    )
    const syntax = '1.2.840.10008.1.2.4.90'
    await decodeEncapsulated(square({ stored: 16 }), syntax, [[frame]])
    await failing(decodeEncapsulated(square({ stored: 16 }), syntax, [[frame.subarray(0, 90)]]))
    for (const spy of spies) {
      expect(spy).not.toHaveBeenCalled()
      spy.mockRestore()
    }
  })
})
