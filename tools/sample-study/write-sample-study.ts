import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { makeSampleSeries, type SampleSeries } from './sample-series.ts'

interface Dcmjs {
  readonly data: {
    readonly DicomMetaDictionary: {
      denaturalizeDataset(dataset: Record<string, unknown>): Record<string, unknown>
    }
    readonly DicomDict: new (
      meta: Record<string, unknown>,
    ) => {
      dict: Record<string, unknown>
      write(): ArrayBuffer
    }
  }
}
const { DicomMetaDictionary, DicomDict } = (createRequire(import.meta.url)('dcmjs') as Dcmjs).data
const { denaturalizeDataset } = DicomMetaDictionary

const mrImageStorage = '1.2.840.10008.5.1.4.1.1.4'
const explicitLittleEndian = '1.2.840.10008.1.2.1'

/** A UID under 2.25 that is the same for the same text. */
function uidOf(text: string): string {
  const digits = createHash('sha256').update(`HippoVolume sample study ${text}`).digest('hex')
  return `2.25.${BigInt(`0x${digits.slice(0, 31)}`)}`
}

/** Colin27 is an average of many scans of one man; name, age and dates here are invented. */
const patientAndStudy = (seed: string, patientId: string) => ({
  SpecificCharacterSet: 'ISO_IR 192',
  StudyInstanceUID: uidOf(`${seed} study`),
  StudyDate: '20260112',
  StudyTime: '101500',
  AccessionNumber: `SAMPLE${createHash('sha256').update(seed).digest('hex').slice(0, 6).toUpperCase()}`,
  ReferringPhysicianName: '',
  StudyID: '1',
  StudyDescription: 'MR HEAD, SAMPLE (COLIN27)',
  PatientName: 'Sample^Head',
  PatientID: patientId,
  PatientBirthDate: '',
  PatientSex: '',
})

const scanner = (series: SampleSeries) => ({
  PatientSex: 'M',
  PatientAge: '031Y',
  PatientWeight: 75,
  Manufacturer: 'Sample scanner',
  ManufacturerModelName: 'Colin27',
  MagneticFieldStrength: 1.5,
  BodyPartExamined: 'HEAD',
  ProtocolName: series.description,
  RepetitionTime: series.acquisitionType === '3D' ? 18 : 450,
  EchoTime: 10,
  FlipAngle: series.acquisitionType === '3D' ? 30 : 70,
})

function describeSlice(series: SampleSeries, index: number, seed: string, patientId: string) {
  const slice = series.slices[index]!
  const { pixels } = slice
  return {
    ...patientAndStudy(seed, patientId),
    SOPClassUID: mrImageStorage,
    SOPInstanceUID: uidOf(`${seed} series ${series.number} instance ${index + 1}`),
    Modality: 'MR',
    ImageType: series.imageType,
    Manufacturer: '',
    SeriesInstanceUID: uidOf(`${seed} series ${series.number}`),
    SeriesNumber: series.number,
    SeriesDescription: series.description,
    SeriesDate: '20260112',
    SeriesTime: `10${15 + series.number * 2}00`,
    ...(series.laterality === undefined ? {} : { Laterality: series.laterality }),
    PatientPosition: 'HFS',
    FrameOfReferenceUID: uidOf(`${seed} frame of reference`),
    PositionReferenceIndicator: '',
    ScanningSequence: series.acquisitionType === '3D' ? 'GR' : 'SE',
    SequenceVariant: series.acquisitionType === '3D' ? 'SP' : 'NONE',
    ScanOptions: '',
    MRAcquisitionType: series.acquisitionType,
    RepetitionTime: '',
    EchoTime: '',
    EchoTrainLength: '',
    ...(series.fromScanner ? scanner(series) : {}),
    SliceThickness: series.sliceThickness,
    InstanceNumber: index + 1,
    ImagePositionPatient: [...slice.imagePosition],
    ImageOrientationPatient: [...slice.imageOrientation],
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    Rows: slice.rows,
    Columns: slice.columns,
    PixelSpacing: [1, 1],
    BitsAllocated: 16,
    BitsStored: 12,
    HighBit: 11,
    PixelRepresentation: 0,
    WindowCenter: 420,
    WindowWidth: 840,
    PixelData: [new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength).slice().buffer],
    _vrMap: { PixelData: 'OW' },
  }
}

export interface SampleStudy {
  readonly studyInstanceUid: string
  readonly files: readonly string[]
}

/**
 * Writes the sample study as DICOM files into a folder, one sub-folder per series. Equal seeds give
 * equal files; another seed gives another study of the same head, with another patient name if
 * wanted.
 */
export function writeSampleStudy(
  folder: string,
  seed = 'demo',
  allSeries: readonly SampleSeries[] = makeSampleSeries(),
  patientId = 'SAMPLE-COLIN27',
): SampleStudy {
  const files: string[] = []
  for (const series of allSeries) {
    const seriesFolder = join(folder, `${series.number}-${series.description.replaceAll(' ', '-')}`)
    mkdirSync(seriesFolder, { recursive: true })
    for (let index = 0; index < series.slices.length; index++) {
      const slice = describeSlice(series, index, seed, patientId)
      const part10 = new DicomDict(
        denaturalizeDataset({
          FileMetaInformationVersion: new Uint8Array([0, 1]).buffer,
          MediaStorageSOPClassUID: slice.SOPClassUID,
          MediaStorageSOPInstanceUID: slice.SOPInstanceUID,
          TransferSyntaxUID: explicitLittleEndian,
          ImplementationClassUID: uidOf('writer'),
          ImplementationVersionName: 'HIPPO_SAMPLE',
        }),
      )
      part10.dict = denaturalizeDataset(slice)
      const file = join(seriesFolder, `${String(index + 1).padStart(3, '0')}.dcm`)
      writeFileSync(file, new Uint8Array(part10.write()))
      files.push(file)
    }
  }
  return { studyInstanceUid: uidOf(`${seed} study`), files }
}

/**
 * Writes both sample studies into a folder each: the whole head as sent by a scanner, and the thick
 * stack with a crop made by a department.
 */
export function writeSampleStudies(folder: string, seed = 'demo'): readonly SampleStudy[] {
  const all = makeSampleSeries()
  const isCrop = ({ description }: SampleSeries) => description === 'HippoCrop'
  const head = all.filter((series) => !isCrop(series))
  const crop = all.filter((series) => isCrop(series) || series.sliceThickness > 2)
  return [
    writeSampleStudy(join(folder, 'head'), seed, head),
    writeSampleStudy(join(folder, 'crop'), `${seed} crop`, crop),
  ]
}
