import type { DicomDataset } from './dicom-instance.ts'
import { findTag } from './dictionary.ts'
import {
  isLittleEndian,
  readBytes,
  readNumber,
  readNumbers,
  readSequence,
  readString,
  readStrings,
} from './read-attributes.ts'

/** The part of the complex signal an image shows. */
export type SignalComponent = 'magnitude' | 'phase' | 'real' | 'imaginary'

/** Facts that distinguish frames at the same position. */
export interface AcquisitionFacts {
  /** Undefined if the image does not state it. */
  readonly component: SignalComponent | undefined
  /** Known values by their names in sentences ('echo time': '2.4 ms'). */
  readonly acquisition: Readonly<Record<string, string>>
}

type MacroLookup = (macro: string) => readonly DicomDataset[]

const components: Readonly<Record<string, SignalComponent>> = {
  M: 'magnitude',
  MAGNITUDE: 'magnitude',
  P: 'phase',
  PHASE: 'phase',
  'PHASE MAP': 'phase',
  R: 'real',
  REAL: 'real',
  I: 'imaginary',
  IMAGINARY: 'imaginary',
}

function readComponent(types: readonly string[], declared: string | undefined) {
  const known = (value: string) =>
    Object.hasOwn(components, value) ? components[value] : undefined
  const own = known(declared ?? '')
  // Vendors write it third or fourth into ImageType, behind ORIGINAL\PRIMARY.
  return (
    own ??
    types
      .slice(2)
      .map(known)
      .find((component) => component !== undefined)
  )
}

/** Dimensions that order frames within one volume. */
const placeDimensions = new Set([
  'StackID',
  'InStackPositionNumber',
  'TemporalPositionIndex',
  'ImagePositionPatient',
  'PlanePositionSequence',
  'SliceLocation',
])

/** Real images have up to six; a malicious one may state thousands per frame. */
const maximumDimensions = 16

const inWords = (keyword: string) => keyword.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase()

function nameDimension(item: DicomDataset, index: number): string | undefined {
  const bytes = readBytes(item, 'DimensionIndexPointer')
  if (bytes === undefined || bytes.length < 4) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const little = isLittleEndian(item)
  const tag = [0, 2].map((at) => view.getUint16(at, little).toString(16).padStart(4, '0')).join('')
  const keyword = findTag(tag)?.keyword
  if (keyword !== undefined && placeDimensions.has(keyword)) return undefined
  const label = keyword === undefined ? readString(item, 'DimensionDescriptionLabel') : undefined
  return keyword === undefined ? (label ?? `dimension ${index + 1}`) : inWords(keyword)
}

/**
 * Names of the dimensions of a multi-frame image (PS3.3 C.7.6.17) in the order of
 * DimensionIndexValues; undefined for those that order frames within one volume.
 */
export function readDimensions(dataset: DicomDataset): readonly (string | undefined)[] {
  const items = readSequence(dataset, 'DimensionIndexSequence') ?? []
  return items.slice(0, maximumDimensions).map(nameDimension)
}

/** Reads the facts that distinguish frames at the same position, classic or enhanced. */
export function readAcquisition(
  lookUp: MacroLookup,
  dimensions: readonly (string | undefined)[],
): AcquisitionFacts {
  const text = (macro: string, ...keywords: readonly string[]) =>
    keywords
      .flatMap((keyword) => lookUp(macro).map((level) => readString(level, keyword)))
      .find((value) => value !== undefined)
  const measure = (unit: string, macro: string, ...keywords: readonly string[]) => {
    const value = keywords
      .flatMap((keyword) => lookUp(macro).map((level) => readNumber(level, keyword)))
      .find((one) => one !== undefined)
    return value === undefined ? undefined : `${Number(value.toFixed(2))} ${unit}`.trim()
  }
  const types = lookUp('MRImageFrameTypeSequence')
    .map((level) => readStrings(level, 'FrameType') ?? readStrings(level, 'ImageType'))
    .find((values) => values !== undefined)
  const indices = lookUp('FrameContentSequence')
    .map((level) => readNumbers(level, 'DimensionIndexValues'))
    .find((values) => values !== undefined)
  const values: Readonly<Record<string, string | undefined>> = {
    stack: text('FrameContentSequence', 'StackID'),
    'time point': measure(
      '',
      'FrameContentSequence',
      'TemporalPositionIndex',
      'TemporalPositionIdentifier',
    ),
    'echo time': measure('ms', 'MREchoSequence', 'EffectiveEchoTime', 'EchoTime'),
    'diffusion weighting': measure('s/mm2', 'MRDiffusionSequence', 'DiffusionBValue'),
    'inversion time': measure('ms', 'MRModifierSequence', 'InversionTimes', 'InversionTime'),
    'flip angle': measure('degrees', 'MRTimingAndRelatedParametersSequence', 'FlipAngle'),
    'image type': types?.join('\\'),
    'trigger time': measure(
      'ms',
      'CardiacSynchronizationSequence',
      'NominalCardiacTriggerDelayTime',
      'TriggerTime',
    ),
    ...Object.fromEntries(
      dimensions.flatMap((name, index) =>
        name === undefined || indices?.[index] === undefined
          ? []
          : [[name, `number ${indices[index]}`]],
      ),
    ),
    acquisition: measure('', 'FrameContentSequence', 'FrameAcquisitionNumber', 'AcquisitionNumber'),
  }
  return {
    component: readComponent(
      types ?? [],
      text('MRImageFrameTypeSequence', 'ComplexImageComponent'),
    ),
    acquisition: Object.fromEntries(
      Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined),
    ),
  }
}
