import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { deflateRawSync } from 'node:zlib'
import { parsePart10 } from '../../src/dicom/part10.ts'
import { readSliceFacts } from '../../src/dicom/slice-facts.ts'
import { cross, dot } from '../../src/volume/vector3.ts'
import { buildDicom, syntaxes } from '../../test/dicom/build-dicom.ts'
import { recompressions } from '../../test/dicom/recompress.ts'
import { writeEnhancedPhantom, writePhantomSeries } from '../../test/support/phantom-dicom.ts'
import { repositoryPath } from '../repository-path.ts'

/** A valid series to derive mutants from. */
export interface SeedSeries {
  readonly name: string
  /** In the order of their slices. */
  readonly files: readonly Uint8Array[]
  /** Whether it assembles to a volume unchanged. */
  readonly isVolume: boolean
  /** Encodes a mutated file, where attributes are easier to find before that. */
  readonly seal?: (file: Uint8Array) => Uint8Array
  /** Relative frequency of its use. */
  readonly weight: number
}

const small = { columns: 14, rows: 12, slices: 14, semiAxes: [3, 4, 5] as const }

/** Header of a file as far as its group length (0002,0000) says; then everything deflated. */
function deflate(file: Uint8Array): Uint8Array {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.length)
  const end = bytes.length < 144 ? bytes.length : 144 + bytes.readUInt32LE(140)
  const header = buildDicom({}, syntaxes.deflated).subarray(0, -2)
  return new Uint8Array(Buffer.concat([header, deflateRawSync(file.subarray(end))]))
}

/** Generated series: classic, enhanced, and one per transfer syntax. */
export async function makePhantoms(): Promise<SeedSeries[]> {
  const plain = writePhantomSeries(small)
  const named = (name: string, files: readonly Uint8Array[], weight = 3): SeedSeries => ({
    name,
    files,
    isVolume: true,
    weight,
  })
  const enhanced = writeEnhancedPhantom(small)
  const seeds = [
    named('classic', plain, 12),
    named(
      'classic, signed, oblique',
      writePhantomSeries({
        ...small,
        signed: true,
        rescaleIntercept: -100,
        rowCosines: [0.8, 0.6, 0],
        columnCosines: [0, 0, -1],
      }),
      6,
    ),
    named('classic, 8 bits', writePhantomSeries({ ...small, bitsStored: 8 })),
    named(
      'whole head',
      writePhantomSeries({
        columns: 76,
        rows: 76,
        slices: 61,
        pixelSpacing: [2, 2],
        sliceSpacing: 2,
        seriesDescription: 't1_mprage',
      }),
    ),
    named('enhanced', [enhanced], 10),
  ]
  seeds.push({ ...named('deflated', plain, 6), seal: deflate })
  for (const [name, { run }] of Object.entries(recompressions)) {
    if (name === 'deflated') continue
    seeds.push(named(name, await Promise.all(plain.map(run))))
  }
  for (const name of ['RLE', 'JPEG 2000 .90', 'JPEG-LS .80']) {
    seeds.push(named(`enhanced, ${name}`, [await recompressions[name]!.run(enhanced)]))
  }
  return seeds
}

/** How far along the stack a file's first frame lies, millimetres. */
function readPlace(file: Uint8Array): number {
  const [first] = readSliceFacts(parsePart10(file))
  const { rowCosines, columnCosines, imagePositionPatient } = first!
  return dot(cross(rowCosines, columnCosines), imagePositionPatient)
}

function readFolder(root: string, name: string): Uint8Array[] {
  const folder = join(root, name)
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.dcm'))
    .sort()
    .map((path) => new Uint8Array(readFileSync(join(folder, path))))
    .map((file) => ({ file, place: readPlace(file) }))
    .sort((a, b) => a.place - b.place)
    .map(({ file }) => file)
}

/** Real series of the optional folder, if it exists; large ones are used rarely. */
function readReal(): SeedSeries[] {
  const shared = process.env.HIPPO_SHARED_DATA ?? repositoryPath('../shared/data')
  if (!existsSync(join(shared, 'heads'))) return []
  const crop = { name: 'real crop', files: readFolder(shared, 'studies/Study1/13_HCropVolume') }
  const heads = [
    ['xa30_enhanced', 2],
    ['siemens_t1_jpegll', 2],
    ['decub_HFP', 1],
    ['philips_adni_mprage', 0.5],
  ] as const
  return [
    { ...crop, isVolume: true, weight: 14 },
    ...readFolder(shared, 'heads/dicom/ts').map((file, index) => ({
      name: `real image ${index + 1} of nine transfer syntaxes`,
      files: [file],
      isVolume: false,
      weight: 2,
    })),
    ...heads.map(([name, weight]) => ({
      name: `real ${name}`,
      files: readFolder(shared, `heads/dicom/${name}`),
      isVolume: true,
      weight,
    })),
  ]
}

export async function makeSeeds(): Promise<readonly SeedSeries[]> {
  return [...(await makePhantoms()), ...readReal()]
}
