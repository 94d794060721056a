import { copyModules } from '../dicom/copy-modules.ts'
import type { DicomAttributes, DicomInstance } from '../dicom/dicom-instance.ts'
import { readString } from '../dicom/read-attributes.ts'
import { writePart10 } from '../dicom/write-part10.ts'
import type { ReportImage } from '../report/report-input.ts'
import { ownManufacturer } from '../selection/own-result.ts'
import {
  generalEquipmentModule,
  generalSeriesModule,
  type ResultMakers,
  sopCommonModule,
} from './common-modules.ts'
import type { ResultIdentity } from './result-identity.ts'
import { formatResultTime, type ResultTime } from './result-time.ts'
import { makeResultUids } from './result-uids.ts'
import { lossyImageCompression, orderSources, sourceImageSequence } from './source-images.ts'

const secondaryCaptureImageStorage = '1.2.840.10008.5.1.4.1.1.7'
const seriesNumber = 9003

export interface SecondaryCaptureInput extends ResultMakers {
  readonly identity: ResultIdentity
  /** All instances of the measured series, at least one, in any order. */
  readonly sources: readonly DicomInstance[]
  readonly report: Pick<ReportImage, 'width' | 'height' | 'rgb'>
  /** True when the page shows the patient's name or id. */
  readonly burnedInIdentity: boolean
}

/** One encoded instance of a result. */
export interface EncodedResult {
  readonly sopClassUid: string
  readonly sopInstanceUid: string
  readonly seriesInstanceUid: string
  readonly bytes: Uint8Array
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
): DicomAttributes {
  return {
    ImageType: ['DERIVED', 'SECONDARY'],
    PatientOrientation: null,
    ContentDate: time.date,
    ContentTime: time.time,
    BurnedInAnnotation: burnedInIdentity ? 'YES' : 'NO',
    DerivationDescription:
      'Page with volumes and outlines of the hippocampus, segmented automatically from the source images',
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
 * Writes the report page as a Secondary Capture Image (PS3.3 A.8.1) in a series of its own, in the
 * study and of the patient of its sources. Equal input gives equal bytes, in whatever order the
 * sources come. Throws ATTRIBUTE_MISSING for a source without StudyInstanceUID, DICOM_WRITE_REFUSED
 * when a value cannot be written without loss.
 */
export function buildSecondaryCapture(input: SecondaryCaptureInput): EncodedResult {
  const { identity, report, burnedInIdentity } = input
  const sources = orderSources(input.sources)
  const first = sources[0]!
  const { seriesInstanceUid, sopInstanceUid } = makeResultUids(identity, 'sc')
  const offset = readString(first.dataset, 'TimezoneOffsetFromUTC')
  const time = formatResultTime(identity.analysedAt, offset)
  const { attributes: patientAndStudy, inherited } = copyModules(first)
  const attributes = {
    ...patientAndStudy,
    ...generalSeriesModule({
      modality: 'OT',
      seriesInstanceUid,
      seriesNumber,
      title: 'Hippocampal volume',
      time,
    }),
    ...generalEquipmentModule(input),
    ...scEquipmentModule(input),
    ...generalImageModule(sources, time, burnedInIdentity),
    ...imagePixelModule(report),
    ...scImageModule(time),
    ...sopCommonModule(first, input, time),
  }
  const sopClassUid = secondaryCaptureImageStorage
  const bytes = writePart10(attributes, { sopClassUid, sopInstanceUid, inherited })
  return { sopClassUid, sopInstanceUid, seriesInstanceUid, bytes }
}
