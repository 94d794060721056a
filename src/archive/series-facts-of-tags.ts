import { isOwnResult } from '../selection/own-result.ts'
import type { SeriesFacts, SourceInstanceReference } from '../selection/series-facts.ts'

/** An instance's attributes by keyword as Orthanc's simplified-tags gives them. */
export type SimplifiedTags = Readonly<Record<string, unknown>>

function asItems(value: unknown): readonly SimplifiedTags[] {
  return Array.isArray(value)
    ? value.filter((item): item is SimplifiedTags => typeof item === 'object' && item !== null)
    : []
}

/** Values of an attribute, without padding; none when absent, empty or a sequence. */
function readValues(tags: SimplifiedTags | undefined, keyword: string): readonly string[] {
  const value = tags?.[keyword]
  if (typeof value !== 'string' || value.trim() === '') return []
  return value.split('\\').map((part) => part.trim())
}

function readText(tags: SimplifiedTags | undefined, keyword: string): string | undefined {
  const value = tags?.[keyword]
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined
}

function readNumbers(tags: SimplifiedTags | undefined, keyword: string): readonly number[] {
  const numbers = readValues(tags, keyword).map((text) => (text === '' ? Number.NaN : Number(text)))
  return numbers.every(Number.isFinite) ? numbers : []
}

/**
 * Looks an attribute up in the data set, then in the named macro of the shared functional groups, then
 * in that of the first frame (enhanced multi-frame objects, PS3.3 C.7.6.16).
 */
function readPlaces(tags: SimplifiedTags, macro: string): readonly (SimplifiedTags | undefined)[] {
  const groups = [
    ...asItems(tags.SharedFunctionalGroupsSequence).slice(0, 1),
    ...asItems(tags.PerFrameFunctionalGroupsSequence).slice(0, 1),
  ]
  return [tags, ...groups.map((group) => asItems(group[macro])[0])]
}

/** Numbers of an attribute from the first of these places that has it. */
function readNested(tags: SimplifiedTags, macro: string, keyword: string): readonly number[] {
  const values = readPlaces(tags, macro).map((place) => readNumbers(place, keyword))
  return values.find((found) => found.length > 0) ?? []
}

function readLaterality(tags: SimplifiedTags): 'L' | 'R' | undefined {
  const groups = [
    ...asItems(tags.SharedFunctionalGroupsSequence).slice(0, 1),
    ...asItems(tags.PerFrameFunctionalGroupsSequence).slice(0, 1),
  ]
  const anatomy = groups.flatMap((group) => asItems(group.FrameAnatomySequence))[0]
  const side =
    readText(tags, 'ImageLaterality') ??
    readText(tags, 'Laterality') ??
    readText(anatomy, 'FrameLaterality')
  return side === 'L' || side === 'R' ? side : undefined
}

type Position = readonly [number, number, number]

/** Where the frames of a multi-frame instance lie; undefined unless every one says it. */
function readFramePositions(tags: SimplifiedTags): readonly Position[] | undefined {
  const positions = asItems(tags.PerFrameFunctionalGroupsSequence).map((frame) =>
    readNumbers(asItems(frame.PlanePositionSequence)[0], 'ImagePositionPatient'),
  )
  const isWhole = positions.length > 0 && positions.every(({ length }) => length === 3)
  return isWhole ? (positions as unknown as readonly Position[]) : undefined
}

/** The position of a classic instance as Orthanc lists it, a text of three numbers. */
export function readListedPosition(text: string | undefined): readonly Position[] | undefined {
  const numbers = readNumbers({ position: text }, 'position')
  return numbers.length === 3 ? [numbers as unknown as Position] : undefined
}

function readOrientation(tags: SimplifiedTags): readonly number[] | undefined {
  const cosines = readNested(tags, 'PlaneOrientationSequence', 'ImageOrientationPatient')
  return cosines.length === 6 ? cosines : undefined
}

/** The listed instances, the first of them with the positions of its frames if it has several. */
function placeInstances(
  tags: SimplifiedTags,
  instances: readonly SourceInstanceReference[],
): readonly SourceInstanceReference[] {
  const imagePositions = readFramePositions(tags)
  const [first, ...others] = instances
  return first === undefined || imagePositions === undefined
    ? instances
    : [{ ...first, imagePositions }, ...others]
}

/**
 * What one instance (the first of `series.instances`) tells about its series. Lengths in millimetres, times in milliseconds, as in
 * DICOM; absent or malformed values are undefined.
 */
export function seriesFactsOfTags(
  tags: SimplifiedTags,
  series: {
    readonly seriesInstanceUid: string
    readonly orthancSeriesId: string
    readonly instances: readonly SourceInstanceReference[]
  },
): SeriesFacts {
  const text = (keyword: string) => readText(tags, keyword)
  const number = (keyword: string) => readNumbers(tags, keyword)[0]
  const measure = (keyword: string) => readNested(tags, 'PixelMeasuresSequence', keyword)
  const timing = (keyword: string) =>
    readNested(tags, 'MRTimingAndRelatedParametersSequence', keyword)[0]
  const nestedText = (macro: string, keyword: string) =>
    readPlaces(tags, macro)
      .map((place) => readText(place, keyword))
      .find((found) => found !== undefined)
  const [rowSpacing, columnSpacing] = measure('PixelSpacing')
  return {
    ...series,
    instances: placeInstances(tags, series.instances),
    seriesNumber: number('SeriesNumber'),
    seriesDescription: text('SeriesDescription'),
    modality: text('Modality'),
    sopClassUid: text('SOPClassUID'),
    imageType: readValues(tags, 'ImageType'),
    manufacturer: text('Manufacturer'),
    manufacturerModelName: text('ManufacturerModelName'),
    bodyPartExamined: text('BodyPartExamined'),
    protocolName: text('ProtocolName'),
    numberOfFrames: number('NumberOfFrames'),
    rows: number('Rows'),
    columns: number('Columns'),
    sliceThickness: measure('SliceThickness')[0],
    spacingBetweenSlices: measure('SpacingBetweenSlices')[0],
    pixelSpacing:
      rowSpacing === undefined || columnSpacing === undefined
        ? undefined
        : [rowSpacing, columnSpacing],
    mrAcquisitionType: text('MRAcquisitionType'),
    scanningSequence: readValues(tags, 'ScanningSequence'),
    sequenceVariant: readValues(tags, 'SequenceVariant'),
    repetitionTime: timing('RepetitionTime'),
    echoTime: number('EchoTime') ?? readNested(tags, 'MREchoSequence', 'EffectiveEchoTime')[0],
    inversionTime:
      number('InversionTime') ?? readNested(tags, 'MRModifierSequence', 'InversionTimes')[0],
    flipAngle: timing('FlipAngle'),
    magneticFieldStrength: number('MagneticFieldStrength'),
    contrastBolusAgent:
      text('ContrastBolusAgent') ??
      readText(asItems(tags.ContrastBolusAgentSequence)[0], 'CodeMeaning'),
    contrastBolusVolume: number('ContrastBolusVolume'),
    contrastBolusTotalDose: number('ContrastBolusTotalDose'),
    contrastBolusIngredient: text('ContrastBolusIngredient'),
    inversionRecovery: nestedText('MRModifierSequence', 'InversionRecovery'),
    sequenceName: text('SequenceName') ?? text('PulseSequenceName'),
    scanOptions: readValues(tags, 'ScanOptions'),
    echoTrainLength: timing('EchoTrainLength'),
    echoPulseSequence: text('EchoPulseSequence'),
    echoPlanarPulseSequence: text('EchoPlanarPulseSequence'),
    timeOfFlightContrast: text('TimeOfFlightContrast'),
    phaseContrast: text('PhaseContrast'),
    angioFlag: text('AngioFlag'),
    acquisitionContrast: nestedText('MRImageFrameTypeSequence', 'AcquisitionContrast'),
    complexImageComponent: nestedText('MRImageFrameTypeSequence', 'ComplexImageComponent'),
    diffusionBValue: readNested(tags, 'MRDiffusionSequence', 'DiffusionBValue')[0],
    numberOfTemporalPositions: number('NumberOfTemporalPositions'),
    imageOrientationPatient: readOrientation(tags),
    seriesTime: text('SeriesTime'),
    laterality: readLaterality(tags),
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
