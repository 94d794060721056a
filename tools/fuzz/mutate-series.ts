import { type ElementPlace, locateElements, spliceElement } from './locate-elements.ts'
import { inventValue } from './mutate-elements.ts'
import type { RandomChoices } from './random-choices.ts'
import type { SeedSeries } from './seed-series.ts'

/** The expected outcome of a mutant: the seed's volume, or an error (with one of these codes). */
export type Expectation = 'same volume' | readonly string[] | undefined

export interface Mutant {
  readonly files: readonly Uint8Array[]
  readonly expectation: Expectation
}

type MutateSeries = (seed: SeedSeries, random: RandomChoices) => Mutant | undefined

const find = (file: Uint8Array, tag: string): ElementPlace | undefined =>
  locateElements(file).find((place) => place.tag === tag)

/** Rewrites a text attribute of a file; the file itself if the attribute is absent. */
function rewrite(file: Uint8Array, tag: string, change: (text: string) => string): Uint8Array {
  const place = find(file, tag)
  if (place === undefined) return file
  const text = Buffer.from(file.subarray(place.value, place.value + place.length)).toString(
    'latin1',
  )
  const changed = change(text.trim())
  return spliceElement(
    file,
    place,
    Buffer.from(changed.length % 2 ? `${changed} ` : changed, 'latin1'),
  )
}

function shuffle<Item>(items: readonly Item[], random: RandomChoices): Item[] {
  return items
    .map((item) => ({ item, key: random.next() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item)
}

const transferSyntaxes = [
  ...['', '.1', '.2', '.1.99', '.5', '.4.50', '.4.51', '.4.57', '.4.70', '.4.80', '.4.81'],
  ...['.4.90', '.4.91', '.4.100', '.4.201', '.4.203', '.9.9'],
].map((end) => `1.2.840.10008.1.2${end}`)

/** The transfer syntax UID in the file's header (it is not among the located attributes). */
function renameSyntax(file: Uint8Array, name: string): Uint8Array {
  const bytes = Buffer.from(file)
  const at = bytes.indexOf(Buffer.from('020010005549', 'hex'))
  if (at < 0) return file
  const length = bytes.readUInt16LE(at + 6)
  const value = Buffer.from(name.length % 2 ? `${name}\0` : name, 'latin1')
  const size = Buffer.alloc(2)
  size.writeUInt16LE(value.length)
  return new Uint8Array(
    Buffer.concat([bytes.subarray(0, at + 6), size, value, bytes.subarray(at + 8 + length)]),
  )
}

const negate = (text: string) =>
  text
    .split('\\')
    .map((value) => String(-Number(value)).slice(0, 16))
    .join('\\')
const turn = (text: string) => {
  const values = text.split('\\')
  return [...values.slice(3), ...values.slice(0, 3)].join('\\')
}
const isStack = ({ files, isVolume }: SeedSeries) => isVolume && files.length > 1
const change = (files: readonly Uint8Array[], index: number, file: Uint8Array) =>
  files.map((one, at) => (at === index ? file : one))

/** Damage to a series as a whole, and changes of one attribute in all its files. */
export const seriesMutations: Readonly<Record<string, MutateSeries>> = {
  'another order of files': (seed, random) => ({
    files: shuffle(seed.files, random),
    expectation: seed.isVolume ? 'same volume' : undefined,
  }),
  'inner slice missing': (seed, random) => {
    if (!isStack(seed) || seed.files.length < 13) return undefined
    // Seeds are listed in the order of their slices.
    const missing = 1 + random.below(seed.files.length - 2)
    const files = seed.files.filter((_, index) => index !== missing)
    return { files: shuffle(files, random), expectation: ['SLICES_MISSING'] }
  },
  'slice doubled': (seed, random) => {
    if (!isStack(seed)) return undefined
    const file = random.pick(seed.files)
    const twin = random.next() < 0.5 ? file : rewrite(file, '00080018', (uid) => `${uid}.1`)
    const expectation = seed.isVolume ? 'same volume' : undefined
    return { files: shuffle([...seed.files, twin], random), expectation }
  },
  'echo added': (seed) => {
    if (!isStack(seed) || find(seed.files[0]!, '00180081') === undefined) return undefined
    const echo = seed.files.map((file) => rewrite(file, '00180081', () => '7.25'))
    return { files: [...seed.files, ...echo], expectation: ['ACQUISITIONS_MIXED'] }
  },
  'one slice turned': (seed, random) => {
    if (!isStack(seed)) return undefined
    const index = random.below(seed.files.length)
    const file = rewrite(seed.files[index]!, '00200037', turn)
    return { files: change(seed.files, index, file), expectation: ['GEOMETRY_MIXED'] }
  },
  'one slice moved': (seed, random) => {
    if (!isStack(seed)) return undefined
    const index = random.below(seed.files.length)
    const file = rewrite(seed.files[index]!, '00200032', (text) =>
      text
        .split('\\')
        .map((value) => (Number(value) + random.pick([-3.4, 5.7])).toFixed(3))
        .join('\\'),
    )
    return {
      files: change(seed.files, index, file),
      expectation: ['SLICES_TILTED', 'SLICES_MISSING', 'SLICES_DUPLICATED'],
    }
  },
  'all slices turned': (seed) =>
    isStack(seed)
      ? { files: seed.files.map((file) => rewrite(file, '00200037', turn)), expectation: undefined }
      : undefined,
  'all slices mirrored': (seed) =>
    isStack(seed)
      ? {
          files: seed.files.map((file) => rewrite(file, '00200037', negate)),
          expectation: undefined,
        }
      : undefined,
  'all slices at one place': (seed) => {
    if (!isStack(seed)) return undefined
    const files = seed.files.map((file) => rewrite(file, '00200032', () => '0\\0\\0'))
    return { files, expectation: ['SLICES_DUPLICATED', 'TOO_FEW_SLICES'] }
  },
  'one attribute in all files': (seed, random) => {
    const [first] = seed.files
    const places = locateElements(first!).filter(({ depth, length }) => depth === 0 && length < 200)
    if (places.length === 0) return undefined
    const chosen = random.pick(places)
    const value = inventValue(first!, chosen, random)
    const files = seed.files.map((file) => {
      const place = find(file, chosen.tag)
      return place === undefined ? file : spliceElement(file, place, value)
    })
    return { files, expectation: undefined }
  },
  'another transfer syntax in all headers': (seed, random) => {
    const name = random.pick(transferSyntaxes)
    return { files: seed.files.map((file) => renameSyntax(file, name)), expectation: undefined }
  },
  'another transfer syntax in one header': (seed, random) => {
    const index = random.below(seed.files.length)
    const file = renameSyntax(seed.files[index]!, random.pick(transferSyntaxes))
    return { files: change(seed.files, index, file), expectation: undefined }
  },
  'absurd size': (seed, random) => {
    const size = (file: Uint8Array, tag: string, value: number) => {
      const place = find(file, tag)
      if (place === undefined) return file
      const bytes = Buffer.alloc(2)
      if (place.little) bytes.writeUInt16LE(value)
      else bytes.writeUInt16BE(value)
      return spliceElement(file, place, bytes)
    }
    const [rows, columns] = [random.pick([4096, 16384, 65535]), random.pick([4096, 65535])]
    const frames = random.pick(['1', '100', '100000000', '4294967296'])
    const files = seed.files.map((file) =>
      rewrite(size(size(file, '00280010', rows), '00280011', columns), '00280008', () => frames),
    )
    return { files, expectation: [] }
  },
  'empty or foreign file among them': (seed, random) => {
    const foreign = random.pick([new Uint8Array(0), Buffer.from('PK\x03\x04'), random.bytes(500)])
    return {
      files: change(seed.files, random.below(seed.files.length), new Uint8Array(foreign)),
      // A sealed seed gives it a header.
      expectation: seed.seal ? [] : ['DICOM_UNREADABLE'],
    }
  },
}
