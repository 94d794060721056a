import { createHash } from 'node:crypto'
import type { DicomDataset, DicomInstance } from './dicom-instance.ts'
import {
  readNumber,
  readNumbers,
  readSequence,
  readString,
  readStrings,
  requireString,
} from './read-attributes.ts'

/** The files' own answer to what an archive tells of its series; fits SeriesFacts of selection/. */
export type SeriesFactsOfFiles = ReturnType<typeof describeSeries>

/** The first value that has one, in the data set, then in the macro of the functional groups. */
function readNested(
  dataset: DicomDataset,
  macro: string,
  keyword: string,
): readonly number[] | undefined {
  const places = [dataset, ...macroItems(dataset, macro)]
  return places.map((place) => readNumbers(place, keyword)).find((found) => found !== undefined)
}

/** The macro's items in the shared functional groups, then in those of the first frame. */
function macroItems(dataset: DicomDataset, macro: string): readonly DicomDataset[] {
  return ['SharedFunctionalGroupsSequence', 'PerFrameFunctionalGroupsSequence'].flatMap(
    (groups) => {
      const [first] = readSequence(dataset, groups) ?? []
      return first === undefined ? [] : (readSequence(first, macro) ?? []).slice(0, 1)
    },
  )
}

function readLaterality(dataset: DicomDataset): 'L' | 'R' | undefined {
  const [anatomy] = macroItems(dataset, 'FrameAnatomySequence')
  const side =
    readString(dataset, 'ImageLaterality') ??
    readString(dataset, 'Laterality') ??
    (anatomy && readString(anatomy, 'FrameLaterality'))
  return side === 'L' || side === 'R' ? side : undefined
}

type Position = readonly [number, number, number]

const isPosition = (numbers: readonly number[] | undefined): numbers is Position =>
  numbers?.length === 3

/** Where the frames of an image lie; undefined unless every one says it. */
function readPositions(dataset: DicomDataset): readonly Position[] | undefined {
  const frames = readSequence(dataset, 'PerFrameFunctionalGroupsSequence') ?? []
  const places =
    frames.length === 0
      ? [dataset]
      : frames.flatMap((frame) => (readSequence(frame, 'PlanePositionSequence') ?? []).slice(0, 1))
  const positions = places.map((place) => readNumbers(place, 'ImagePositionPatient'))
  const isWhole = positions.length >= frames.length && positions.every(isPosition)
  return isWhole ? (positions as readonly Position[]) : undefined
}

function readOrientation(dataset: DicomDataset): readonly number[] | undefined {
  const cosines = readNested(dataset, 'PlaneOrientationSequence', 'ImageOrientationPatient')
  return cosines?.length === 6 ? cosines : undefined
}

function describeSeries(
  seriesInstanceUid: string,
  instances: readonly DicomInstance[],
  isOwnResult: (manufacturer: string | undefined) => boolean,
) {
  const { dataset, sopClassUid } = instances[0] as DicomInstance
  const text = (keyword: string) => readString(dataset, keyword)
  const texts = (keyword: string) => readStrings(dataset, keyword) ?? []
  const number = (keyword: string) => readNumber(dataset, keyword)
  const measure = (keyword: string) => readNested(dataset, 'PixelMeasuresSequence', keyword)
  const timing = (keyword: string) =>
    readNested(dataset, 'MRTimingAndRelatedParametersSequence', keyword)?.[0]
  const nestedText = (macro: string, keyword: string) =>
    [dataset, ...macroItems(dataset, macro)]
      .map((place) => readString(place, keyword))
      .find((found) => found !== undefined)
  const [rowSpacing, columnSpacing] = measure('PixelSpacing') ?? []
  const [agent] = readSequence(dataset, 'ContrastBolusAgentSequence') ?? []
  return {
    seriesInstanceUid,
    orthancSeriesId: undefined,
    seriesNumber: number('SeriesNumber'),
    seriesDescription: text('SeriesDescription'),
    modality: text('Modality'),
    sopClassUid,
    imageType: texts('ImageType'),
    manufacturer: text('Manufacturer'),
    manufacturerModelName: text('ManufacturerModelName'),
    bodyPartExamined: text('BodyPartExamined'),
    protocolName: text('ProtocolName'),
    instances: instances.map(({ sopInstanceUid, bytes, dataset }) => ({
      sopInstanceUid,
      orthancInstanceId: undefined,
      revision: createHash('sha256').update(bytes).digest('hex'),
      instanceNumber: readNumber(dataset, 'InstanceNumber'),
      imagePositions: readPositions(dataset),
    })),
    numberOfFrames: number('NumberOfFrames'),
    rows: number('Rows'),
    columns: number('Columns'),
    sliceThickness: measure('SliceThickness')?.[0],
    spacingBetweenSlices: measure('SpacingBetweenSlices')?.[0],
    pixelSpacing:
      rowSpacing === undefined || columnSpacing === undefined
        ? undefined
        : ([rowSpacing, columnSpacing] as const),
    mrAcquisitionType: text('MRAcquisitionType'),
    scanningSequence: texts('ScanningSequence'),
    sequenceVariant: texts('SequenceVariant'),
    repetitionTime: timing('RepetitionTime'),
    echoTime: number('EchoTime') ?? readNested(dataset, 'MREchoSequence', 'EffectiveEchoTime')?.[0],
    inversionTime:
      number('InversionTime') ?? readNested(dataset, 'MRModifierSequence', 'InversionTimes')?.[0],
    flipAngle: timing('FlipAngle'),
    magneticFieldStrength: number('MagneticFieldStrength'),
    contrastBolusAgent: text('ContrastBolusAgent') ?? (agent && readString(agent, 'CodeMeaning')),
    contrastBolusVolume: number('ContrastBolusVolume'),
    contrastBolusTotalDose: number('ContrastBolusTotalDose'),
    contrastBolusIngredient: text('ContrastBolusIngredient'),
    inversionRecovery: nestedText('MRModifierSequence', 'InversionRecovery'),
    sequenceName: text('SequenceName') ?? text('PulseSequenceName'),
    scanOptions: texts('ScanOptions'),
    echoTrainLength: timing('EchoTrainLength'),
    echoPulseSequence: text('EchoPulseSequence'),
    echoPlanarPulseSequence: text('EchoPlanarPulseSequence'),
    timeOfFlightContrast: text('TimeOfFlightContrast'),
    phaseContrast: text('PhaseContrast'),
    angioFlag: text('AngioFlag'),
    acquisitionContrast: nestedText('MRImageFrameTypeSequence', 'AcquisitionContrast'),
    complexImageComponent: nestedText('MRImageFrameTypeSequence', 'ComplexImageComponent'),
    diffusionBValue: readNested(dataset, 'MRDiffusionSequence', 'DiffusionBValue')?.[0],
    numberOfTemporalPositions: number('NumberOfTemporalPositions'),
    imageOrientationPatient: readOrientation(dataset),
    seriesTime: text('SeriesTime'),
    laterality: readLaterality(dataset),
    patientId: text('PatientID'),
    issuerOfPatientId: text('IssuerOfPatientID'),
    patientAge: text('PatientAge'),
    patientSex: text('PatientSex'),
    patientBirthDate: text('PatientBirthDate'),
    patientSize: number('PatientSize'),
    patientWeight: number('PatientWeight'),
    studyDate: text('StudyDate'),
    studyTime: text('StudyTime'),
    accessionNumber: text('AccessionNumber'),
    studyDescription: text('StudyDescription'),
    isOwnResult: isOwnResult(text('Manufacturer')),
  }
}

/**
 * What files tell about their series, one entry per series in the order of first appearance; values
 * come from its first instance. Lengths in millimetres, times in milliseconds, as in DICOM; absent
 * or malformed values are undefined. An instance's revision is the SHA-256 of its bytes.
 *
 * `isOwnResult` decides by Manufacturer. Throws ATTRIBUTE_MISSING without SeriesInstanceUID.
 */
export function readSeriesFacts(
  instances: readonly DicomInstance[],
  isOwnResult: (manufacturer: string | undefined) => boolean,
): readonly SeriesFactsOfFiles[] {
  const series = Map.groupBy(instances, ({ dataset }) =>
    requireString(dataset, 'SeriesInstanceUID'),
  )
  return [...series].map(([uid, members]) => describeSeries(uid, members, isOwnResult))
}
