import type { AttributeSource } from './attribute-source.ts'
import { isOwnResult } from './own-result.ts'

type Read<Value> = (source: AttributeSource) => Value

/**
 * The first item of a macro in the shared functional groups, then in those of the first frame
 * (enhanced multi-frame objects, PS3.3 C.7.6.16).
 */
function macroItems(source: AttributeSource, macro: string): readonly AttributeSource[] {
  return ['SharedFunctionalGroupsSequence', 'PerFrameFunctionalGroupsSequence'].flatMap((groups) =>
    source
      .items(groups)
      .slice(0, 1)
      .flatMap((group) => group.items(macro).slice(0, 1)),
  )
}

function readNested(source: AttributeSource, macro: string, keyword: string): readonly number[] {
  const places = [source, ...macroItems(source, macro)]
  return places.map((place) => place.numbers(keyword)).find(({ length }) => length > 0) ?? []
}

/** The first value found by several readers. */
function firstOf<Value>(...ways: readonly Read<Value | undefined>[]): Read<Value | undefined> {
  return (source) => {
    for (const read of ways) {
      const value = read(source)
      if (value !== undefined) return value
    }
    return undefined
  }
}

const text =
  (keyword: string): Read<string | undefined> =>
  (source) =>
    source.text(keyword)

const texts =
  (keyword: string): Read<readonly string[]> =>
  (source) =>
    source.texts(keyword)

const number =
  (keyword: string): Read<number | undefined> =>
  (source) =>
    source.numbers(keyword)[0]

/** From the image itself, else from the macro of its functional groups. */
const nestedNumber =
  (macro: string, keyword: string): Read<number | undefined> =>
  (source) =>
    readNested(source, macro, keyword)[0]

const nestedText =
  (macro: string, keyword: string): Read<string | undefined> =>
  (source) =>
    [source, ...macroItems(source, macro)]
      .map((place) => place.text(keyword))
      .find((found) => found !== undefined)

const timing = (keyword: string) => nestedNumber('MRTimingAndRelatedParametersSequence', keyword)
const measure = (keyword: string) => nestedNumber('PixelMeasuresSequence', keyword)

function readPixelSpacing(source: AttributeSource): readonly [number, number] | undefined {
  const [row, column] = readNested(source, 'PixelMeasuresSequence', 'PixelSpacing')
  return row === undefined || column === undefined ? undefined : [row, column]
}

function readOrientation(source: AttributeSource): readonly number[] | undefined {
  const cosines = readNested(source, 'PlaneOrientationSequence', 'ImageOrientationPatient')
  return cosines.length === 6 ? cosines : undefined
}

function readLaterality(source: AttributeSource): 'L' | 'R' | undefined {
  const [anatomy] = macroItems(source, 'FrameAnatomySequence')
  const side =
    source.text('ImageLaterality') ?? source.text('Laterality') ?? anatomy?.text('FrameLaterality')
  return side === 'L' || side === 'R' ? side : undefined
}

/**
 * Facts that one image gives about its series, and their attributes. Lengths in millimetres, times
 * in milliseconds, as in DICOM.
 */
export const seriesAttributes = {
  seriesNumber: number('SeriesNumber'),
  seriesDescription: text('SeriesDescription'),
  modality: text('Modality'),
  sopClassUid: text('SOPClassUID'),
  imageType: texts('ImageType'),
  manufacturer: text('Manufacturer'),
  manufacturerModelName: text('ManufacturerModelName'),
  bodyPartExamined: text('BodyPartExamined'),
  protocolName: text('ProtocolName'),
  numberOfFrames: number('NumberOfFrames'),
  rows: number('Rows'),
  columns: number('Columns'),
  sliceThickness: measure('SliceThickness'),
  spacingBetweenSlices: measure('SpacingBetweenSlices'),
  pixelSpacing: readPixelSpacing,
  mrAcquisitionType: text('MRAcquisitionType'),
  scanningSequence: texts('ScanningSequence'),
  sequenceVariant: texts('SequenceVariant'),
  repetitionTime: timing('RepetitionTime'),
  echoTime: firstOf(number('EchoTime'), nestedNumber('MREchoSequence', 'EffectiveEchoTime')),
  inversionTime: firstOf(
    number('InversionTime'),
    nestedNumber('MRModifierSequence', 'InversionTimes'),
  ),
  flipAngle: timing('FlipAngle'),
  magneticFieldStrength: number('MagneticFieldStrength'),
  contrastBolusAgent: firstOf(text('ContrastBolusAgent'), (source) =>
    source.items('ContrastBolusAgentSequence')[0]?.text('CodeMeaning'),
  ),
  /** Millilitres, as the scanner's operator typed them. */
  contrastBolusVolume: number('ContrastBolusVolume'),
  contrastBolusTotalDose: number('ContrastBolusTotalDose'),
  contrastBolusIngredient: text('ContrastBolusIngredient'),
  /** YES or NO (enhanced images, PS3.3 C.8.13.5.6). */
  inversionRecovery: nestedText('MRModifierSequence', 'InversionRecovery'),
  /** SequenceName of classic images, PulseSequenceName of enhanced ones. */
  sequenceName: firstOf(text('SequenceName'), text('PulseSequenceName')),
  scanOptions: texts('ScanOptions'),
  echoTrainLength: timing('EchoTrainLength'),
  /** SPIN, GRADIENT or BOTH (enhanced images, PS3.3 C.8.13.4). */
  echoPulseSequence: text('EchoPulseSequence'),
  echoPlanarPulseSequence: text('EchoPlanarPulseSequence'),
  timeOfFlightContrast: text('TimeOfFlightContrast'),
  phaseContrast: text('PhaseContrast'),
  angioFlag: text('AngioFlag'),
  /** T1, T2, DIFFUSION and the like (enhanced images, PS3.3 C.8.13.3.1.2). */
  acquisitionContrast: nestedText('MRImageFrameTypeSequence', 'AcquisitionContrast'),
  /** MAGNITUDE, PHASE, REAL, IMAGINARY or MIXED (enhanced images). */
  complexImageComponent: nestedText('MRImageFrameTypeSequence', 'ComplexImageComponent'),
  diffusionBValue: nestedNumber('MRDiffusionSequence', 'DiffusionBValue'),
  numberOfTemporalPositions: number('NumberOfTemporalPositions'),
  /** Row, then column direction of the first image, LPS. */
  imageOrientationPatient: readOrientation,
  /** DICOM TM. */
  seriesTime: text('SeriesTime'),
  /** L or R from ImageLaterality or Laterality; undefined if not stated. */
  laterality: readLaterality,
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
  /** True for results of this product. */
  isOwnResult: (source: AttributeSource) => isOwnResult(source.text('Manufacturer')),
} as const
