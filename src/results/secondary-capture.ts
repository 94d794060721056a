import type { DicomAttributes, DicomInstance } from '../dicom/dicom-instance.ts'
import type { ReportImage } from '../report/report-input.ts'
import { ownManufacturer } from '../selection/own-result.ts'
import { generalSeriesModule, type ResultMakers } from './common-modules.ts'
import type { EncodedResult } from './encoded-result.ts'
import type { ResultTime } from './result-time.ts'
import { lossyImageCompression, sourceImageSequence } from './source-images.ts'
import { type ResultInput, startResult } from './start-result.ts'

export const secondaryCaptureStorage = '1.2.840.10008.5.1.4.1.1.7'

/** The content of a page: the results, or why there are none. */
export type PageSubject = 'sc' | 'details' | 'montage' | 'rejection'

const subjects = {
  details: {
    seriesNumber: 9006,
    instanceNumber: 1,
    title: 'Hippocampus, details',
    derivation: 'Page with figures, planes through the hippocampus, and sources',
  },
  montage: {
    seriesNumber: 9006,
    instanceNumber: 2,
    title: 'Hippocampus, details',
    derivation: 'Page with outlines of the hippocampus on slices of the source images',
  },
  sc: {
    seriesNumber: 9003,
    instanceNumber: 1,
    title: 'Hippocampal volume',
    derivation:
      'Page with volumes and outlines of the hippocampus, segmented automatically from the source images',
  },
  rejection: {
    seriesNumber: 9005,
    instanceNumber: 1,
    title: 'Hippocampus not measured',
    derivation: 'Page that states why the hippocampus was not measured in the source images',
  },
} as const

export interface SecondaryCaptureInput extends ResultInput {
  /** The results by default. */
  readonly subject?: PageSubject
  readonly report: Pick<ReportImage, 'width' | 'height' | 'rgb'>
  /** True when the page shows the patient's name or id. */
  readonly burnedInIdentity: boolean
}

/** SC Equipment (PS3.3 C.8.6.1). */
export function scEquipmentModule({ software }: ResultMakers): DicomAttributes {
  return {
    ConversionType: 'WSD',
    SecondaryCaptureDeviceManufacturer: ownManufacturer,
    SecondaryCaptureDeviceManufacturerModelName: software.name,
    SecondaryCaptureDeviceSoftwareVersions: [`${software.name} ${software.version}`],
  }
}

/** SC Image (C.8.6.2). */
export function scImageModule(time: ResultTime): DicomAttributes {
  return { DateOfSecondaryCapture: time.date, TimeOfSecondaryCapture: time.time }
}

/** General Image (C.7.6.1) of a composed page: it has no orientation in the patient. */
export function generalImageModule(
  sources: readonly DicomInstance[],
  time: ResultTime,
  burnedInIdentity: boolean,
  derivation: string = subjects.sc.derivation,
): DicomAttributes {
  return {
    ImageType: ['DERIVED', 'SECONDARY'],
    PatientOrientation: null,
    ContentDate: time.date,
    ContentTime: time.time,
    BurnedInAnnotation: burnedInIdentity ? 'YES' : 'NO',
    DerivationDescription: derivation,
    SourceImageSequence: sourceImageSequence(sources),
    ...lossyImageCompression(sources),
  }
}

/** Image Pixel (C.7.6.3) of an 8-bit RGB page. */
export function imagePixelModule(page: SecondaryCaptureInput['report']): DicomAttributes {
  return {
    SamplesPerPixel: 3,
    PhotometricInterpretation: 'RGB',
    PlanarConfiguration: 0,
    Rows: page.height,
    Columns: page.width,
    BitsAllocated: 8,
    BitsStored: 8,
    HighBit: 7,
    PixelRepresentation: 0,
    PixelData: page.rgb,
  }
}

/**
 * Writes the report page as a Secondary Capture Image (PS3.3 A.8.1) in its own series, in the study
 * and of the patient of its sources. Equal input gives equal bytes, whatever the order of the
 * sources. Throws ATTRIBUTE_MISSING for a source without StudyInstanceUID, DICOM_WRITE_REFUSED when
 * a value cannot be written without loss.
 */
export function buildSecondaryCapture(input: SecondaryCaptureInput): EncodedResult {
  const { subject = 'sc' } = input
  const { seriesNumber, instanceNumber, title, derivation } = subjects[subject]
  const { sources, uids, time, encode } = startResult(input, subject)
  return encode(secondaryCaptureStorage, {
    ...generalSeriesModule({
      modality: 'OT',
      seriesInstanceUid: uids.seriesInstanceUid,
      seriesNumber,
      title,
      time,
    }),
    ...scEquipmentModule(input),
    ...generalImageModule(sources, time, input.burnedInIdentity, derivation),
    ...imagePixelModule(input.report),
    ...scImageModule(time),
    InstanceNumber: instanceNumber,
  })
}
