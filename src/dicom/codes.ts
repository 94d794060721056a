import type { DicomAttributes } from './dicom-instance.ts'

/** A coded concept (PS3.3 8): value, scheme and meaning. */
export interface Code {
  readonly value: string
  readonly scheme: string
  readonly meaning: string
}

const code = (value: string, scheme: string, meaning: string): Code => ({ value, scheme, meaning })

/** Designator of our own codes, used where no standard scheme has one (PS3.16 8.2). */
export const privateScheme = '99HIPPOVOLUME'

/** The concepts this product writes, each with its context group. */
export const codes = {
  /** CID 7202, purpose of SourceImageSequence. */
  sourceImageForProcessing: code('121322', 'DCM', 'Source image for image processing operation'),
  /** CID 7203, derivation of an image. */
  segmentation: code('113076', 'DCM', 'Segmentation'),
  /** CID 7005, purpose of ContributingEquipmentSequence. */
  acquisitionEquipment: code('109101', 'DCM', 'Acquisition Equipment'),
  /** CID 7005. */
  processingEquipment: code('109102', 'DCM', 'Processing Equipment'),
  /** CID 7162, algorithm family. */
  artificialIntelligence: code('123110', 'DCM', 'Artificial Intelligence'),

  /** CID 7150, category of a segment; also the category of a finding. */
  anatomicalStructure: code('91723000', 'SCT', 'Anatomical Structure'),
  /** CID 7153, type of a segment; also finding and finding site. */
  hippocampus: code('5366008', 'SCT', 'Hippocampus'),
  /** CID 7140, type of a segment; also finding and finding site. */
  temporalHorn: code('53118009', 'SCT', 'Inferior Horn of Lateral Ventricle'),
  /** CID 7140, what an intracranial volume is the volume of. */
  intracranialStructure: code('128319008', 'SCT', 'Intracranial structure'),
  /** CID 244, laterality. */
  left: code('7771000', 'SCT', 'Left'),
  /** CID 244. */
  right: code('24028007', 'SCT', 'Right'),
  /** CID 2, anatomic modifier. */
  anterior: code('255549009', 'SCT', 'Anterior'),
  /** CID 2. */
  posterior: code('255551008', 'SCT', 'Posterior'),

  /** CID 7021, title of a document of TID 1500. */
  imagingMeasurementReport: code('126000', 'DCM', 'Imaging Measurement Report'),
  /** TID 1204. */
  language: code('121049', 'DCM', 'Language of Content Item and Descendants'),
  /** CID 5000. */
  englishUnitedStates: code('en-US', 'RFC5646', 'English (United States)'),
  /** TID 1002. */
  observerType: code('121005', 'DCM', 'Observer Type'),
  /** CID 270. */
  device: code('121007', 'DCM', 'Device'),
  /** TID 1004. */
  deviceObserverUid: code('121012', 'DCM', 'Device Observer UID'),
  /** TID 1004. */
  deviceObserverName: code('121013', 'DCM', 'Device Observer Name'),
  /** TID 1004. */
  deviceObserverManufacturer: code('121014', 'DCM', 'Device Observer Manufacturer'),
  /** TID 1004. */
  deviceObserverModelName: code('121015', 'DCM', 'Device Observer Model Name'),
  /** TID 1004. */
  deviceObserverSerialNumber: code('121016', 'DCM', 'Device Observer Serial Number'),
  /** TID 1500. */
  procedureReported: code('121058', 'DCM', 'Procedure reported'),
  /** CID 646. */
  brainMri: code('24590-2', 'LN', 'Brain MRI'),
  /** TID 1600. */
  imageLibrary: code('111028', 'DCM', 'Image Library'),
  /** TID 1600. */
  imageLibraryGroup: code('126200', 'DCM', 'Image Library Group'),
  /** TID 1602. */
  modality: code('121139', 'DCM', 'Modality'),
  /** CID 29. */
  magneticResonance: code('MR', 'DCM', 'Magnetic Resonance'),
  /** TID 1602. */
  frameOfReferenceUid: code('112227', 'DCM', 'Frame of Reference UID'),
  /** TID 1601: purpose of an image in the library. */
  source: code('260753009', 'SCT', 'Source'),
  /** TID 1500. */
  imagingMeasurements: code('126010', 'DCM', 'Imaging Measurements'),
  /** TID 1411 and 1501. */
  measurementGroup: code('125007', 'DCM', 'Measurement Group'),
  /** TID 1411 and 1501. */
  trackingIdentifier: code('112039', 'DCM', 'Tracking Identifier'),
  /** TID 1411 and 1501. */
  trackingUniqueIdentifier: code('112040', 'DCM', 'Tracking Unique Identifier'),
  /** TID 1411 and 1501. */
  findingCategory: code('276214006', 'SCT', 'Finding category'),
  /** TID 1411 and 1501. */
  finding: code('121071', 'DCM', 'Finding'),
  /** TID 1419 and 1501. */
  findingSite: code('363698007', 'SCT', 'Finding Site'),
  /** TID 1419 and 1501. */
  laterality: code('272741003', 'SCT', 'Laterality'),
  /** TID 1419 and 1501. */
  topographicalModifier: code('106233006', 'SCT', 'Topographical modifier'),
  /** TID 1411. */
  referencedSegment: code('121191', 'DCM', 'Referenced Segment'),
  /** TID 320, what a number was measured on. */
  sourceOfMeasurement: code('121112', 'DCM', 'Source of Measurement'),
  /** TID 1411. */
  sourceSeriesForSegmentation: code('121232', 'DCM', 'Source series for segmentation'),
  /** CID 7469, name of a measurement. */
  volume: code('118565006', 'SCT', 'Volume'),
  /** CID 7181, unit. */
  cubicMillimeter: code('mm3', 'UCUM', 'cubic millimeter'),
  /** TID 300 and 1419. */
  derivation: code('121401', 'DCM', 'Derivation'),
  /** CID 7464. */
  total: code('255619001', 'SCT', 'Total'),
  /** CID 244. */
  rightAndLeft: code('51440002', 'SCT', 'Right and left'),
  /** CID 227, where a measurement stands in a population. */
  percentileRanking: code('121415', 'DCM', 'Percentile Ranking of measurement'),
  /** CID 227. */
  zScore: code('121416', 'DCM', 'Z-Score of measurement'),
  /** CID 225, how far a measurement may be off to either side. */
  uncertaintyRange: code('371884006', 'SCT', '+/-, range of measurement uncertainty'),
  /** CID 225, the same upwards and downwards. */
  upperUncertainty: code('371886008', 'SCT', '+, range of upper measurement uncertainty'),
  /** CID 225. */
  lowerUncertainty: code('371885007', 'SCT', '-, range of lower measurement uncertainty'),
  /** CID 226, what a population is like. */
  meanOfPopulation: code('373098007', 'SCT', 'Mean Value of population'),
  /** CID 226. */
  deviationOfPopulation: code('121414', 'DCM', 'Standard deviation of population'),
  /** TID 311. */
  populationDescription: code('121405', 'DCM', 'Population Description'),
  /** TID 311. */
  referenceAuthority: code('121406', 'DCM', 'Reference Authority'),
  /** CID 223, normal range. */
  normalRangeLower: code('385524004', 'SCT', 'Normal Range Lower Limit'),
  /** CID 223. */
  normalRangeUpper: code('371933006', 'SCT', 'Normal Range Upper Limit'),
  /** TID 312. */
  normalRangeDescription: code('121407', 'DCM', 'Normal Range description'),
  /** TID 312. */
  normalRangeAuthority: code('121408', 'DCM', 'Normal Range Authority'),
  /** CID 7469 has none: (L - R) / ((L + R) / 2). */
  asymmetryIndex: code('ASYMMETRY', privateScheme, 'Left-right asymmetry index'),
  /** CID 7469 has none: hippocampus / (hippocampus + temporal horn). */
  occupancyScore: code('OCCUPANCY', privateScheme, 'Hippocampal occupancy score'),
  /** CID 7469 has none: change of a volume since an earlier study, loss negative. */
  volumeChange: code('VOLUMECHANGE', privateScheme, 'Change of volume since an earlier study'),
  /** The same a year. */
  volumeChangePerYear: code('VOLUMECHANGERATE', privateScheme, 'Change of volume a year'),
  /** Lower end of its 95 % interval. */
  intervalLower: code('INTERVALLOWER', privateScheme, 'Lower end of the 95 % interval'),
  /** Upper end of its 95 % interval. */
  intervalUpper: code('INTERVALUPPER', privateScheme, 'Upper end of the 95 % interval'),
  /** Time between two studies. */
  timeBetween: code('TIMEBETWEEN', privateScheme, 'Time between the studies'),
  /** TID 1600 and others. */
  studyInstanceUid: code('110180', 'DCM', 'Study Instance UID'),
  /** UCUM. */
  year: code('a', 'UCUM', 'year'),
  /** UCUM. */
  percentPerYear: code('%/a', 'UCUM', 'percent per year'),
  /** UCUM. */
  percent: code('%', 'UCUM', 'Percent'),
  /** UCUM. */
  noUnits: code('1', 'UCUM', 'no units'),
  /** TID 4019. */
  algorithmName: code('111001', 'DCM', 'Algorithm Name'),
  /** TID 4019. */
  algorithmVersion: code('111003', 'DCM', 'Algorithm Version'),
  /** TID 4019. */
  algorithmParameters: code('111002', 'DCM', 'Algorithm Parameters'),
  /** TID 4019. */
  algorithmFamily: code('111000', 'DCM', 'Algorithm Family'),
  /** TID 4019. */
  algorithmManufacturer: code('122405', 'DCM', 'Algorithm Manufacturer'),
  /** TID 1500. */
  qualitativeEvaluations: code('C0034375', 'UMLS', 'Qualitative Evaluations'),
  /** TID 1500. */
  comment: code('121106', 'DCM', 'Comment'),
  /** CID 7002. */
  impression: code('121073', 'DCM', 'Impression'),
  /** CID 270. */
  person: code('121006', 'DCM', 'Person'),
  /** TID 1003. */
  personObserverName: code('121008', 'DCM', 'Person Observer Name'),
  /** CID 7010, title of a Key Object Selection. */
  rejectedForQuality: code('113001', 'DCM', 'Rejected for Quality Reasons'),
  /** TID 2010. */
  keyObjectDescription: code('113012', 'DCM', 'Key Object Description'),
  /** CID 7020, what an encapsulated document is. */
  diagnosticImagingReport: code('18748-4', 'LN', 'Diagnostic Imaging Report'),
} as const satisfies Record<string, Code>

/** One item of a code sequence (Code Sequence Macro, PS3.3 8.8). */
export function codeItem({ value, scheme, meaning }: Code): DicomAttributes {
  return { CodeValue: value, CodingSchemeDesignator: scheme, CodeMeaning: meaning }
}
