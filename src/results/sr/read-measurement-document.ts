import { type Code, codes } from '../../dicom/codes.ts'
import type { DicomDataset, DicomInstance } from '../../dicom/dicom-instance.ts'
import { readNumber, readSequence, readString, readStrings } from '../../dicom/read-attributes.ts'
import { HippoError } from '../../errors.ts'
import type { HippocampusVolumes, Side } from '../../measurement/hippocampus-volumes.ts'
import { isOwnResult } from '../../selection/own-result.ts'
import { readResultTime } from '../read-result-time.ts'
import { comprehensive3dSrStorage } from './measurement-document.ts'

/** The content of a structured report of this product, read from its tree. */
export interface MeasurementDocument {
  readonly sopInstanceUid: string
  readonly studyInstanceUid: string
  /** Series that was measured. */
  readonly sourceSeriesInstanceUid: string
  readonly volumes: readonly HippocampusVolumes[]
  /** Absent in a report on a crop. */
  readonly intracranialVolumeMm3?: number
  readonly model: { readonly name: string; readonly version: string; readonly sha256: string }
  readonly software: { readonly name: string; readonly version: string }
  /** Content date and time. */
  readonly analysedAt: Date | undefined
  /** SOPInstanceUIDs of the documents that it replaces. */
  readonly replaces: readonly string[]
}

const items = (level: DicomDataset, keyword: string) => readSequence(level, keyword) ?? []

function isCode(level: DicomDataset | undefined, keyword: string, { value, scheme }: Code) {
  const item = level && items(level, keyword)[0]
  return (
    item !== undefined &&
    readString(item, 'CodeValue') === value &&
    readString(item, 'CodingSchemeDesignator') === scheme
  )
}

/** The child items with this concept name. */
function children(level: DicomDataset, concept: Code): readonly DicomDataset[] {
  return items(level, 'ContentSequence').filter((item) =>
    isCode(item, 'ConceptNameCodeSequence', concept),
  )
}

const textOf = (level: DicomDataset, concept: Code) =>
  children(level, concept).flatMap((item) => readString(item, 'TextValue') ?? [])

function damaged(what: string): HippoError {
  return new HippoError('DICOM_UNREADABLE', `The earlier structured report ${what}.`)
}

/** Whether an instance is a measurement report of this product, by class, maker and title. */
function isOurs({ sopClassUid, dataset }: DicomInstance): boolean {
  return (
    sopClassUid === comprehensive3dSrStorage &&
    isOwnResult(readString(dataset, 'Manufacturer')) &&
    readString(dataset, 'Modality') === 'SR' &&
    isCode(dataset, 'ConceptNameCodeSequence', codes.imagingMeasurementReport)
  )
}

function readSide(site: DicomDataset): Side {
  const [laterality] = children(site, codes.laterality)
  if (laterality === undefined) return 'unknown'
  if (isCode(laterality, 'ConceptCodeSequence', codes.left)) return 'left'
  if (isCode(laterality, 'ConceptCodeSequence', codes.right)) return 'right'
  throw damaged('names a side this version does not know')
}

type Part = 'anterior' | 'posterior' | 'total'

function readPart(site: DicomDataset): Part {
  const [modifier] = children(site, codes.topographicalModifier)
  if (modifier === undefined) return 'total'
  if (isCode(modifier, 'ConceptCodeSequence', codes.anterior)) return 'anterior'
  if (isCode(modifier, 'ConceptCodeSequence', codes.posterior)) return 'posterior'
  throw damaged('names a part this version does not know')
}

interface MeasuredVolume {
  readonly side: Side
  readonly part: Part
  readonly mm3: number
  readonly standardErrorMm3: number | undefined
  /** Name, version and checksum of the model. */
  readonly model: readonly [string, string, string]
  readonly sourceSeries: string | undefined
}

function readCubicMillimeters(volume: DicomDataset): number {
  const [measured] = items(volume, 'MeasuredValueSequence')
  const mm3 = measured && readNumber(measured, 'NumericValue')
  if (!isCode(measured, 'MeasurementUnitsCodeSequence', codes.cubicMillimeter) || !mm3 || mm3 < 0) {
    throw damaged('contains an invalid volume')
  }
  return mm3
}

/** One standard error of a volume; undefined in reports of models without it. */
function readStandardError(volume: DicomDataset): number | undefined {
  const [range] = children(volume, codes.uncertaintyRange)
  return range && readCubicMillimeters(range)
}

/** The volume of a group whose finding site is this structure; undefined if it measures another. */
function volumeOf(group: DicomDataset, structure: Code) {
  const [site] = children(group, codes.findingSite)
  const [volume] = children(group, codes.volume)
  if (!isCode(site, 'ConceptCodeSequence', structure) || volume === undefined) return undefined
  return { site: site!, volume, mm3: readCubicMillimeters(volume) }
}

function readVolume(group: DicomDataset): readonly MeasuredVolume[] {
  const found = volumeOf(group, codes.hippocampus)
  if (found === undefined) return []
  const { site, volume, mm3 } = found
  const [name] = textOf(volume, codes.algorithmName)
  const [version] = textOf(volume, codes.algorithmVersion)
  const sha256 = textOf(volume, codes.algorithmParameters)
    .map((text) => /^sha256 ([0-9a-f]{64})$/.exec(text)?.[1])
    .find((digest) => digest !== undefined)
  if (!name || !version || !sha256) throw damaged('does not name the model that measured')
  const [series] = children(group, codes.sourceSeriesForSegmentation)
  return [
    {
      side: readSide(site),
      part: readPart(site),
      mm3,
      standardErrorMm3: readStandardError(volume),
      model: [name, version, sha256],
      sourceSeries: series && readString(series, 'UID'),
    },
  ]
}

/** Largest difference between a total and the sum of its parts, mm3: each is rounded to a tenth. */
const roundingMm3 = 0.16

function joinSide(side: Side, measured: readonly MeasuredVolume[]): HippocampusVolumes {
  const find = (part: Part) => {
    const [only, ...others] = measured.filter((one) => one.side === side && one.part === part)
    if (only === undefined || others.length > 0)
      throw damaged(`does not have one ${part} volume per side`)
    return only
  }
  const [anterior, posterior, total] = [find('anterior'), find('posterior'), find('total')]
  const [anteriorMm3, posteriorMm3, totalMm3] = [anterior.mm3, posterior.mm3, total.mm3]
  if (Math.abs(anteriorMm3 + posteriorMm3 - totalMm3) > roundingMm3) {
    throw damaged('contains a total that is not the sum of its parts')
  }
  const volumes = { side, anteriorMm3, posteriorMm3, totalMm3 }
  const [ofAnterior, ofPosterior] = [anterior.standardErrorMm3, posterior.standardErrorMm3]
  const ofTotal = total.standardErrorMm3
  if (ofAnterior === undefined || ofPosterior === undefined || ofTotal === undefined) return volumes
  const standardErrorMm3 = { anterior: ofAnterior, posterior: ofPosterior, total: ofTotal }
  return { ...volumes, standardErrorMm3 }
}

/** The single value of all; throws if they differ. */
function only(values: readonly string[], what: string): string {
  const [value, ...others] = new Set(values)
  if (value === undefined || others.length > 0) throw damaged(`does not name one ${what}`)
  return value
}

function readPredecessors(dataset: DicomDataset): readonly string[] {
  return items(dataset, 'PredecessorDocumentsSequence')
    .flatMap((study) => items(study, 'ReferencedSeriesSequence'))
    .flatMap((series) => items(series, 'ReferencedSOPSequence'))
    .flatMap((reference) => readString(reference, 'ReferencedSOPInstanceUID') ?? [])
}

function readSoftware(dataset: DicomDataset): MeasurementDocument['software'] {
  const name = readString(dataset, 'ManufacturerModelName') ?? ''
  const [first = ''] = readStrings(dataset, 'SoftwareVersions') ?? []
  if (!name || !first.startsWith(`${name} `)) throw damaged('does not name the software')
  return { name, version: first.slice(name.length + 1) }
}

/**
 * Reads volumes, model and software from a structured report of this product
 * (measurement-document.ts). Undefined for any other report, because numbers of other methods are
 * not comparable. Throws DICOM_UNREADABLE for an inconsistent report of ours.
 */
export function readMeasurementDocument(instance: DicomInstance): MeasurementDocument | undefined {
  if (!isOurs(instance)) return undefined
  const { dataset } = instance
  const groups = children(dataset, codes.imagingMeasurements).flatMap((container) =>
    children(container, codes.measurementGroup),
  )
  const measured = groups.flatMap(readVolume)
  const [head] = groups.flatMap((group) => volumeOf(group, codes.intracranialStructure) ?? [])
  const models = measured.map(({ model }) => JSON.stringify(model))
  const [name, version, sha256] = JSON.parse(only(models, 'model')) as [string, string, string]
  const sides = [...new Set(measured.map(({ side }) => side))]
  return {
    sopInstanceUid: instance.sopInstanceUid,
    studyInstanceUid: only([readString(dataset, 'StudyInstanceUID') ?? ''], 'study'),
    sourceSeriesInstanceUid: only(
      measured.flatMap(({ sourceSeries }) => sourceSeries ?? []),
      'measured series',
    ),
    volumes: sides.map((side) => joinSide(side, measured)),
    ...(head && { intracranialVolumeMm3: head.mm3 }),
    model: { name, version, sha256 },
    software: readSoftware(dataset),
    analysedAt: readResultTime(instance),
    replaces: readPredecessors(dataset),
  }
}

/** The newest of a study's documents that was not replaced. */
export function chooseCurrentDocument(
  documents: readonly MeasurementDocument[],
): MeasurementDocument | undefined {
  const replaced = new Set(documents.flatMap(({ replaces }) => replaces))
  return documents
    .filter(({ sopInstanceUid }) => !replaced.has(sopInstanceUid))
    .toSorted((a, b) => Number(b.analysedAt ?? 0) - Number(a.analysedAt ?? 0))[0]
}
