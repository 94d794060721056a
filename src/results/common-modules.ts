import { codeItem, codes } from '../dicom/codes.ts'
import { copyModules } from '../dicom/copy-modules.ts'
import type { DicomAttributes, DicomInstance } from '../dicom/dicom-instance.ts'
import type { ModuleTable } from '../dicom/module-tables.ts'
import { ownManufacturer } from '../selection/own-result.ts'
import type { ResultTime } from './result-time.ts'
import { makeDeviceUid } from './result-uids.ts'

/** The software and the model that made a result. */
export interface ResultMakers {
  readonly software: { readonly name: string; readonly version: string }
  readonly model: { readonly name: string; readonly version: string; readonly sha256: string }
}

/**
 * Ends every SeriesDescription (LO, 64 characters): lists of series show it before the page opens.
 * Short, because viewers write the description over the image.
 */
export const researchNotice = 'RESEARCH ONLY'

/**
 * General Series (PS3.3 C.7.3.1) of a result. The body part is stated because without it dciodvfy
 * requires Laterality, which a page does not have.
 */
export function generalSeriesModule(series: {
  readonly modality: string
  readonly seriesInstanceUid: string
  readonly seriesNumber: number
  readonly title: string
  readonly time: ResultTime
}): DicomAttributes {
  return {
    Modality: series.modality,
    SeriesInstanceUID: series.seriesInstanceUid,
    SeriesNumber: series.seriesNumber,
    SeriesDescription: `${series.title} - ${researchNotice}`,
    SeriesDate: series.time.date,
    SeriesTime: series.time.time,
    BodyPartExamined: 'BRAIN',
  }
}

/** General Equipment (C.7.5.1), with the requirements of Enhanced General Equipment (C.7.5.2). */
export function generalEquipmentModule({ software, model }: ResultMakers): DicomAttributes {
  return {
    Manufacturer: ownManufacturer,
    ManufacturerModelName: software.name,
    DeviceSerialNumber: model.sha256.slice(0, 16),
    DeviceUID: makeDeviceUid(model.sha256),
    SoftwareVersions: [`${software.name} ${software.version}`, `${model.name} ${model.version}`],
  }
}

/** Attributes of the acquisition device for Contributing Equipment. */
const acquisitionEquipment: ModuleTable = {
  name: 'Acquisition Equipment',
  optional: true,
  type1: ['Manufacturer'],
  type2: [],
  type3: [
    'InstitutionName',
    'StationName',
    'ManufacturerModelName',
    'DeviceSerialNumber',
    'SoftwareVersions',
  ],
}

/**
 * SOP Common (C.12.1) of a result: research use, and in Contributing Equipment the machine that
 * made the images, unless the source does not name it, and the model that measured them. The items
 * have no DeviceUID: it is a recent addition, and Debian's dciodvfy warns about it.
 */
export function sopCommonModule(
  source: DicomInstance,
  { software, model }: ResultMakers,
  time: ResultTime,
): DicomAttributes {
  const acquisition = copyModules(source, [acquisitionEquipment]).attributes
  const acquisitionItem = {
    PurposeOfReferenceCodeSequence: [codeItem(codes.acquisitionEquipment)],
    ...acquisition,
  }
  const processingItem = {
    PurposeOfReferenceCodeSequence: [codeItem(codes.processingEquipment)],
    Manufacturer: ownManufacturer,
    ManufacturerModelName: model.name,
    SoftwareVersions: [`${model.name} ${model.version}`, `${software.name} ${software.version}`],
    ContributionDateTime: time.dateTime,
    ContributionDescription: `Automatic segmentation and volumetry of the hippocampus; model sha256 ${model.sha256}`,
  }
  return {
    InstanceCreationDate: time.date,
    InstanceCreationTime: time.time,
    InstanceNumber: 1,
    ContentQualification: 'RESEARCH',
    ContributingEquipmentSequence: Object.hasOwn(acquisition, 'Manufacturer')
      ? [acquisitionItem, processingItem]
      : [processingItem],
    ...(time.timezoneOffset === undefined ? {} : { TimezoneOffsetFromUTC: time.timezoneOffset }),
  }
}
