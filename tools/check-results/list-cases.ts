import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Side } from '../../src/measurement/hippocampus-volumes.ts'
import { namedPatients, writeNamedPhantom } from '../../test/support/named-phantom.ts'
import {
  type PhantomOptions,
  writeEnhancedPhantom,
  writePhantomSeries,
} from '../../test/support/phantom-dicom.ts'
import { repositoryPath } from '../repository-path.ts'
import { makeSampleSeries } from '../sample-study/sample-series.ts'
import { writeSampleStudy } from '../sample-study/write-sample-study.ts'
import { readFiles } from './write-case.ts'

/** A series to write results for, with drawn labels. */
export interface Case {
  readonly name: string
  readonly read: () => Uint8Array[]
  readonly side?: Side
  /** True for a crop around a hippocampus, which a model can measure. */
  readonly isCrop?: boolean
  /** True for a head that gets labels of both sides and an intracranial volume. */
  readonly isHead?: boolean
}

const oblique: PhantomOptions = {
  rowCosines: [0.92106099, 0.38941834, 0],
  columnCosines: [-0.29784357, 0.70446631, -0.64421769],
  pixelSpacing: [0.9, 1.1],
  sliceSpacing: 1.3,
}
const axial: PhantomOptions = { rowCosines: [1, 0, 0], columnCosines: [0, 1, 0] }
const sagittal: PhantomOptions = { rowCosines: [0, 1, 0], columnCosines: [0, 0, -1] }
const odd = { columns: 35, rows: 51, slices: 32 }
const lossy = {
  LossyImageCompression: '01',
  LossyImageCompressionRatio: '10',
  LossyImageCompressionMethod: 'ISO_10918_1',
}

const phantoms: readonly Case[] = [
  { name: 'axial', side: 'left', read: () => writePhantomSeries(axial) },
  { name: 'axial, odd size', read: () => writePhantomSeries({ ...axial, ...odd }) },
  {
    name: 'sagittal, anisotropic',
    read: () => writePhantomSeries({ ...sagittal, pixelSpacing: [1, 0.8], sliceSpacing: 1.5 }),
  },
  { name: 'coronal', side: 'right', read: () => writePhantomSeries() },
  { name: 'oblique', read: () => writePhantomSeries(oblique) },
  { name: 'oblique, odd size', read: () => writePhantomSeries({ ...oblique, ...odd }) },
  { name: 'Enhanced, oblique', side: 'left', read: () => [writeEnhancedPhantom(oblique)] },
  { name: 'Enhanced, odd size', read: () => [writeEnhancedPhantom({ ...sagittal, ...odd })] },
  {
    name: 'whole head, 256 x 256',
    read: () => writePhantomSeries({ ...sagittal, columns: 256, rows: 256, slices: 60 }),
  },
  {
    name: 'both sides, oblique',
    isHead: true,
    read: () => writePhantomSeries({ ...oblique, columns: 64, rows: 48 }),
  },
  {
    name: 'both sides, odd size',
    isHead: true,
    read: () => writePhantomSeries({ ...sagittal, ...odd }),
  },
  { name: 'both sides, Enhanced', isHead: true, read: () => [writeEnhancedPhantom(axial)] },
  { name: 'lossy', read: () => writePhantomSeries({ ...axial, attributes: lossy }) },
]

const named: readonly Case[] = namedPatients.map((patient) => ({
  name: `name in ${patient.language}`,
  read: () => writeNamedPhantom(patient, { columns: 16, rows: 12, slices: 10 }),
}))

/** The sample study's crop and whole head, where Debian's mricron-data is installed. */
function readSample(description: RegExp): Uint8Array[] {
  const folder = mkdtempSync(join(tmpdir(), 'hippovolume-sample-'))
  try {
    const series = makeSampleSeries().filter((one) => description.test(one.description))
    writeSampleStudy(folder, 'check results', series)
    return readFiles(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const shared = process.env.HIPPO_SHARED_DATA ?? repositoryPath('../shared/data')
const fromShared = (name: string, folder: string): readonly Case[] =>
  existsSync(join(shared, folder))
    ? [
        {
          name,
          isCrop: name.includes('crop'),
          isHead: folder.startsWith('heads'),
          read: () => readFiles(join(shared, folder)),
        },
      ]
    : []

/** Every series of the check; those not on this machine are omitted. */
export function listCases(): readonly Case[] {
  const sample = existsSync('/usr/share/mricron/templates/ch2.nii.gz')
    ? [
        {
          name: 'sample crop',
          side: 'left' as const,
          isCrop: true,
          read: () => readSample(/HippoCrop/),
        },
        { name: 'sample whole head', isHead: true, read: () => readSample(/T1 3D/) },
      ]
    : []
  return [
    ...phantoms,
    ...named,
    ...sample,
    ...fromShared('Study1 crop', 'studies/Study1/13_HCropVolume'),
    ...fromShared('Study2 crop', 'studies/Study2/14_HCropVolume'),
    ...fromShared('Philips whole head', 'heads/dicom/philips_adni_mprage'),
    ...fromShared('Siemens XA30 Enhanced', 'heads/dicom/xa30_enhanced'),
  ]
}
