import { type ElementPlace, locateElements, spliceElement } from './locate-elements.ts'
import type { RandomChoices } from './random-choices.ts'

type MutateFile = (file: Uint8Array, random: RandomChoices) => Uint8Array

const numbers = [
  ...[
    '0',
    '-0',
    '1',
    '-1',
    '0.5',
    '1e308',
    '-1e308',
    '1e-308',
    '1e400',
    'NaN',
    'Infinity',
    '',
    ' ',
  ],
  ...['0x10', '1,5', '1\\2', '\\', '\\\\\\', '999999999999', '2147483648', '65536', '1e5', '1e-9'],
]
const texts = [
  '',
  '\\',
  'A'.repeat(70),
  '\0\0',
  '\x1b$B',
  'ISO_IR 192',
  'ÄÖÜ',
  '../../etc',
  '{images}',
]
const wholes = [0, 1, 2, 3, 7, 8, 11, 12, 15, 16, 31, 32, 64, 255, 256, 4096, 32767, 65535]
const vrs =
  'AE AS AT CS DA DS DT FL FD IS LO LT OB OD OF OL OV OW PN SH SL SQ SS ST SV TM UC UI UL UN UR US UT UV ZZ'.split(
    ' ',
  )
const lengths = [0, 1, 2, 3, 4, 7, 8, 64, 1000, 65534, 65535, 0x7fffffff, 0xfffffffe, 0xffffffff]

/** Attributes used by geometry, decoding and selection. */
const important = new Set(
  (
    '00080005 00080008 00080016 00080018 00080060 0008103e 00180015 00180023 00180050 00180088 0020000d 0020000e ' +
    '00200032 00200037 00209056 00209057 00209128 00280002 00280004 00280008 00280010 00280011 ' +
    '00280030 00280100 00280101 00280102 00280103 00281052 00281053 00282110 7fe00010'
  ).split(' '),
)
const binaryVrs = new Set(['US', 'SS', 'UL', 'SL', 'FL', 'FD', 'AT'])
const numberTags = new Set(
  '00180050 00180088 00200032 00200037 00280008 00280030 00281052 00281053'.split(' '),
)
const wholeTags = /^0028(0002|0010|0011|0100|0101|0102|0103)$/

function choosePlace(file: Uint8Array, random: RandomChoices): ElementPlace | undefined {
  const places = locateElements(file)
  if (places.length === 0) return undefined
  const chosen = places.filter(({ tag }) => important.has(tag))
  return random.pick(random.next() < 0.7 && chosen.length > 0 ? chosen : places)
}

const pad = (bytes: Uint8Array) =>
  bytes.length % 2 === 0 ? bytes : new Uint8Array(Buffer.concat([bytes, Buffer.of(0x20)]))

function changeNumber(text: string, random: RandomChoices): string {
  const values = text.split('\\')
  const index = random.below(values.length)
  const value = Number(values[index])
  const near = [value + 1e-3, value + 0.3, value * 1.001, -value, value * 1000, value / 1000]
  values[index] =
    random.next() < 0.6 ? String(random.pick(near)).slice(0, 16) : random.pick(numbers)
  if (random.next() < 0.1) values.pop()
  if (random.next() < 0.1) values.push('1')
  if (random.next() < 0.1) values.reverse()
  return values.join('\\')
}

/** Another valid or invalid value for the attribute. */
export function inventValue(
  file: Uint8Array,
  place: ElementPlace,
  random: RandomChoices,
): Uint8Array {
  const { tag, vr = '', value, length, little } = place
  if (binaryVrs.has(vr) || wholeTags.test(tag)) {
    if (random.next() < 0.1) return random.bytes(random.below(9))
    const bytes = Buffer.alloc(vr === 'FD' ? 8 : /L$|AT/.test(vr) ? 4 : 2)
    if (vr === 'FD') bytes.writeDoubleLE(random.pick([0, -1, 1e300, Number.NaN, 2.4]))
    else if (little) bytes.writeUInt16LE(random.pick(wholes))
    else bytes.writeUInt16BE(random.pick(wholes))
    return bytes
  }
  const old = Buffer.from(file.subarray(value, value + Math.min(length, 200))).toString('latin1')
  const isNumber = numberTags.has(tag) || vr === 'DS' || vr === 'IS'
  return pad(Buffer.from(isNumber ? changeNumber(old, random) : random.pick(texts), 'latin1'))
}

function withPlace(
  change: (file: Uint8Array, place: ElementPlace, random: RandomChoices) => Uint8Array,
): MutateFile {
  return (file, random) => {
    const place = choosePlace(file, random)
    return place === undefined ? file : change(file, place, random)
  }
}

function write(file: Uint8Array, at: number, bytes: Uint8Array): Uint8Array {
  const changed = Uint8Array.from(file)
  changed.set(bytes.subarray(0, Math.max(0, file.length - at)), at)
  return changed
}

const join = (...parts: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(parts))
const endOf = ({ value, length }: ElementPlace, file: Uint8Array) =>
  Math.min(file.length, value + length)

/** A sequence in a sequence in a sequence, explicit VR little endian. */
function nest(depth: number, closed: boolean): Uint8Array {
  const open = Buffer.from('400008a753510000fffffffffeff00e0ffffffff', 'hex')
  const close = Buffer.from('feff0de000000000feffdde000000000', 'hex')
  return Buffer.concat([
    ...new Array(depth).fill(open),
    ...(closed ? new Array(depth).fill(close) : []),
  ])
}

/** Damage to attributes: values, lengths, VRs, tags, order, sequences. */
export const elementMutations: Readonly<Record<string, MutateFile>> = {
  'another value': withPlace((file, place, random) =>
    spliceElement(file, place, inventValue(file, place, random)),
  ),
  'no value': withPlace((file, place) => spliceElement(file, place, new Uint8Array(0))),
  'no attribute': withPlace((file, place) =>
    join(file.subarray(0, place.start), file.subarray(endOf(place, file))),
  ),
  'attribute twice': withPlace((file, place) =>
    join(
      file.subarray(0, endOf(place, file)),
      file.subarray(place.start, endOf(place, file)),
      file.subarray(endOf(place, file)),
    ),
  ),
  'another length': withPlace((file, place, random) =>
    spliceElement(
      file,
      place,
      file.subarray(place.value, endOf(place, file)),
      random.next() < 0.5 ? random.pick(lengths) : place.length + random.pick([-2, -1, 1, 2, 12]),
    ),
  ),
  'another VR': withPlace((file, place, random) =>
    write(file, place.start + 4, Buffer.from(random.pick(vrs))),
  ),
  'another tag': withPlace((file, place, random) =>
    write(
      file,
      place.start,
      random.next() < 0.5
        ? random.bytes(4)
        : file.subarray(
            ...(({ start }) => [start, start + 4] as const)(random.pick(locateElements(file))),
          ),
    ),
  ),
  'attributes exchanged': withPlace((file, place, random) => {
    const other = random.pick(locateElements(file).filter(({ depth }) => depth === place.depth))
    const [a, b] = [place, other].sort((x, y) => x.start - y.start) as [ElementPlace, ElementPlace]
    if (endOf(a, file) > b.start) return file
    return join(
      file.subarray(0, a.start),
      file.subarray(b.start, endOf(b, file)),
      file.subarray(endOf(a, file), b.start),
      file.subarray(a.start, endOf(a, file)),
      file.subarray(endOf(b, file)),
    )
  }),
  'nested sequences': withPlace((file, place, random) =>
    join(
      file.subarray(0, place.start),
      nest(random.pick([1, 10, 300, 5000]), random.next() < 0.7),
      file.subarray(place.start),
    ),
  ),
  'many attributes': withPlace((file, place, random) => {
    const count = random.pick([10, 1000, 30_000])
    const one = Buffer.from('0900001055540000ffffffff', 'hex')
    one.writeUInt32LE(0, 8)
    return join(
      file.subarray(0, place.start),
      Buffer.concat(new Array(count).fill(one)),
      file.subarray(place.start),
    )
  }),
}
