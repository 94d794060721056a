import { readErnstAngle } from './ernst-angle.ts'
import type { SeriesFacts } from './series-facts.ts'
import { readCoverage } from './slice-coverage.ts'

export type SeriesValue = string | number | readonly string[] | undefined

/** Values of a series that rules may test, by name; undefined if not stated. */
export type SeriesValues = Readonly<Record<string, SeriesValue>>

/** Longer names are truncated, to limit the cost of a rule's expression. */
const longestName = 200

const millimetres = (value: number) => `${Number(value.toFixed(2))} mm`

/** Images in the series: a multi-frame instance counts its frames. */
export function countImages(facts: SeriesFacts): number {
  return facts.instances.length * Math.max(1, facts.numberOfFrames ?? 1)
}

/** Cyrillic and Greek letters that are typed for the T of T1 and T2, because they look the same. */
const likeT = /[\u0422\u0442\u03a4\u03c4](?=[12])/gu

/**
 * Underscores part words like blanks do, so that rules can ask for whole words; letters of another script or
 * width that look the same are the same.
 */
function plainName(...texts: readonly (string | undefined)[]): string | undefined {
  const joined = texts
    .flatMap((text) => text?.trim() || [])
    .join(' ')
    .normalize('NFKC')
    .replaceAll('_', ' ')
    .replace(likeT, 'T')
    .slice(0, longestName)
  return joined || undefined
}

/** Thickness beyond this many steps between slices is a mistake in the header, not an overlap. */
const mostOverlap = 4.05

/** Positions take precedence; SliceThickness is only trusted for overlapping slices. */
function readSliceSizes(facts: SeriesFacts, step: number | undefined) {
  const thickness = positive(facts.sliceThickness)
  const spacing = positive(facts.spacingBetweenSlices)
  if (step === undefined) return { thickness, spacing }
  const isBelieved = thickness !== undefined && thickness <= step * mostOverlap
  return { thickness: isBelieved ? thickness : undefined, spacing: step }
}

function describeAgent(facts: SeriesFacts): string {
  const { contrastBolusAgent, contrastBolusIngredient, contrastBolusVolume } = facts
  const dose = contrastBolusVolume ?? facts.contrastBolusTotalDose
  return [
    ...(contrastBolusAgent || contrastBolusIngredient
      ? [contrastBolusAgent || contrastBolusIngredient]
      : []),
    ...(dose === undefined ? [] : [`dose ${Number(dose.toFixed(2))} ml`]),
  ].join(', ')
}

function describeSlices(thickness: number | undefined, spacing: number | undefined): string {
  return [
    ...(thickness === undefined ? [] : [`${millimetres(thickness)} thick`]),
    ...(spacing === undefined ? [] : [`${millimetres(spacing)} apart`]),
  ].join(' and ')
}

/** Known sequence times, for sentences. */
function describeParameters(facts: SeriesFacts): string {
  const parts: readonly (readonly [string, number | undefined, string])[] = [
    ['TR', facts.repetitionTime, 'ms'],
    ['TE', facts.echoTime, 'ms'],
    ['TI', facts.inversionTime, 'ms'],
    ['flip angle', facts.flipAngle, 'degrees'],
  ]
  const known = parts.flatMap(([name, value, unit]) =>
    value === undefined ? [] : [`${name} ${Number(value.toFixed(2))} ${unit}`],
  )
  return known.length === 0 ? 'none is given' : known.join(', ')
}

const greatest = (...values: readonly (number | undefined)[]) => {
  const known = values.filter((value) => value !== undefined)
  return known.length === 0 ? undefined : Math.max(...known)
}
const positive = (value: number | undefined) =>
  value !== undefined && value > 0 ? value : undefined
const product = (a: number | undefined, b: number | undefined) =>
  a === undefined || b === undefined ? undefined : a * b

/** Sizes in millimetres: of a voxel, and of what the images cover. */
function measureGrid(facts: SeriesFacts, images: number) {
  const coverage = readCoverage(facts, images)
  const { thickness, spacing } = readSliceSizes(facts, coverage?.step)
  const [rowSpacing, columnSpacing] = facts.pixelSpacing?.map(positive) ?? []
  const sliceStep = spacing ?? thickness
  const sides = [rowSpacing, columnSpacing, sliceStep]
  const known = sides.filter((side) => side !== undefined)
  const isWhole = known.length === 3
  const planeExtents = [
    product(facts.rows, rowSpacing),
    product(facts.columns, columnSpacing),
  ].filter((extent) => extent !== undefined)
  return {
    positions: coverage?.positions,
    imagesPerPosition: coverage && coverage.images / coverage.positions,
    sliceStep,
    sliceSize: greatest(thickness, spacing),
    sliceSizes: describeSlices(thickness, spacing),
    pixelSize: greatest(rowSpacing, columnSpacing),
    voxelVolume: isWhole ? known.reduce((volume, side) => volume * side, 1) : undefined,
    anisotropy: isWhole ? Math.max(...known) / Math.min(...known) : undefined,
    voxelSizes: isWhole ? known.map((side) => Number(side.toFixed(2))).join(' x ') : undefined,
    sliceExtent: coverage?.extent ?? product(coverage?.positions ?? images, sliceStep),
    planeExtent: planeExtents.length === 2 ? Math.min(...planeExtents) : undefined,
  }
}

/**
 * Everything a rule may test: the facts by their names, and values derived from them. Lengths in
 * millimetres, times in milliseconds, angles in degrees.
 */
export function readValues(facts: SeriesFacts): SeriesValues {
  const {
    instances,
    pixelSpacing,
    imageOrientationPatient,
    isOwnResult,
    // Rules and their sentences must not use identifying facts.
    patientId,
    issuerOfPatientId,
    ...plain
  } = facts
  const images = countImages(facts)
  return {
    ...plain,
    images,
    pixelDataCharacteristics: facts.imageType[0],
    patientExaminationCharacteristics: facts.imageType[1],
    description: plainName(facts.seriesDescription),
    label: plainName(facts.seriesDescription ?? facts.protocolName),
    protocol: plainName(facts.protocolName),
    name: plainName(facts.seriesDescription ?? facts.protocolName, facts.sequenceName),
    parameters: describeParameters(facts),
    contrastAgent: describeAgent(facts),
    ...readErnstAngle(facts),
    ...measureGrid(facts, images),
  }
}
