import { codes } from '../dicom/codes.ts'
import type { HippocampusVolumes, Side } from '../measurement/hippocampus-volumes.ts'
import { nameHippocampus } from '../measurement/name-hippocampus.ts'
import { describeCalibration } from '../measurement/norms/describe-calibration.ts'
import type { PlacedVolume } from '../measurement/norms/place-volume.ts'
import type { TemporalHorn } from '../measurement/temporal-horn.ts'
import { concept, hl7Concept, ownConcept, quantity } from './codings.ts'
import type { FhirInput } from './fhir-input.ts'
import { resultIdentifier, subjectReference } from './identifiers.ts'
import { describeChanges } from './longitudinal-components.ts'
import {
  type BundleEntry,
  effectiveTime,
  entryOf,
  researchMeta,
  researchNote,
  statusOf,
} from './resource-common.ts'

/** Full URLs of the resources in the bundle that Observations refer to. */
interface Referred {
  readonly deviceUrl: string
  readonly studyUrl: string
}

const sideCodes = { left: codes.left, right: codes.right, unknown: undefined } as const

/** The common part of all Observations of a report. */
function observation(
  input: FhirInput,
  name: string,
  { deviceUrl, studyUrl }: Referred,
  content: Readonly<Record<string, unknown>>,
): BundleEntry {
  return entryOf(input, name, {
    resourceType: 'Observation',
    meta: researchMeta,
    identifier: [resultIdentifier(input, name)],
    status: statusOf(input),
    category: [hl7Concept('observation-category', 'imaging', 'Imaging')],
    subject: subjectReference(input),
    derivedFrom: [{ reference: studyUrl }],
    ...effectiveTime(input.scannedAt),
    issued: input.analysedAt,
    device: { reference: deviceUrl },
    note: [{ text: researchNote }],
    ...content,
  })
}

function lateralityComponent(side: Side) {
  const code = sideCodes[side]
  return code === undefined
    ? []
    : [{ code: concept(codes.laterality), valueCodeableConcept: concept(code) }]
}

/** The standard error of a volume, if known: DICOM's code, and the kind of range in words. */
function errorComponent(standardErrorMm3: number | undefined) {
  return standardErrorMm3 === undefined
    ? []
    : [
        {
          code: concept(codes.uncertaintyRange, 'Standard error'),
          valueQuantity: quantity(standardErrorMm3, 'mm3'),
        },
      ]
}

/** Percentile and z-score with the ends of their 95 % intervals. */
function normsComponents(found: PlacedVolume | undefined) {
  if (found === undefined) return []
  const { percentile, zScore } = found
  const end = (name: string, which: 'lower' | 'upper', value: ReturnType<typeof quantity>) => ({
    code: ownConcept(
      `${name.toUpperCase()}-${which.toUpperCase()}`,
      `${name}, ${which} end of the 95 % interval`,
    ),
    valueQuantity: value,
  })
  const ends = (name: string, low: number, high: number, code: string, digits: number) => [
    end(name, 'lower', quantity(low, code, code, digits)),
    end(name, 'upper', quantity(high, code, code, digits)),
  ]
  return [
    { code: concept(codes.percentileRanking), valueQuantity: quantity(percentile.value, '%') },
    ...ends('Percentile', percentile.low, percentile.high, '%', 1),
    { code: concept(codes.zScore), valueQuantity: quantity(zScore.value, '1', '1', 2) },
    ...ends('z-score', zScore.low, zScore.high, '1', 2),
  ]
}

function referenceRange(
  { norms }: FhirInput,
  found: PlacedVolume | undefined,
  part?: 'anterior' | 'posterior',
) {
  if (found === undefined || !norms?.compared) return {}
  const { source, calibration } = norms
  const text = `2.5th to 97.5th percentile for this age, sex and intracranial volume: ${source.name}, ${source.population}, ${source.method}. ${describeCalibration(calibration, source, part)} ${source.citation}`
  return {
    referenceRange: [
      {
        low: quantity(found.normalLowMm3, 'mm3'),
        high: quantity(found.normalHighMm3, 'mm3'),
        text,
      },
    ],
  }
}

function volumeObservations(
  input: FhirInput,
  volumes: HippocampusVolumes,
  referred: Referred,
): BundleEntry[] {
  const { side, standardErrorMm3 } = volumes
  const found = input.norms?.compared
    ? input.norms.sides.find((one) => one.side === side)
    : undefined
  const name = nameHippocampus(side, 'hippocampus (side not stated)')
  const bodySite = concept(codes.hippocampus, name)
  const part = (which: 'anterior' | 'posterior', mm3: number) =>
    observation(input, `${which} ${side}`, referred, {
      code: concept(codes.volume, `Volume of the ${which} part of the ${name}`),
      bodySite,
      valueQuantity: quantity(mm3, 'mm3'),
      ...referenceRange(input, found?.parts?.[which], which),
      component: [
        ...lateralityComponent(side),
        { code: concept(codes.topographicalModifier), valueCodeableConcept: concept(codes[which]) },
        ...errorComponent(standardErrorMm3?.[which]),
        ...normsComponents(found?.parts?.[which]),
      ],
    })
  const side1 = lateralityComponent(side)
  const component = [
    ...side1,
    ...errorComponent(standardErrorMm3?.total),
    ...normsComponents(found),
  ]
  return [
    observation(input, `volume ${side}`, referred, {
      code: concept(codes.volume, `Volume of the ${name}`),
      bodySite,
      valueQuantity: quantity(volumes.totalMm3, 'mm3'),
      ...referenceRange(input, found),
      ...(component.length > 0 && { component }),
    }),
    part('anterior', volumes.anteriorMm3),
    part('posterior', volumes.posteriorMm3),
  ]
}

function asymmetryObservation(input: FhirInput, referred: Referred): BundleEntry[] {
  const { asymmetry } = input
  if (asymmetry === undefined) return []
  const { indexPercent, reference } = asymmetry
  const ranges = (reference?.limits ?? []).map(({ method, share, percent }) => ({
    low: quantity(-percent, '%'),
    high: quantity(percent, '%'),
    text: `${Math.round(100 * share)} % of people by ${method}: ${reference!.citation}`,
  }))
  return [
    observation(input, 'asymmetry', referred, {
      code: ownConcept('ASYMMETRY', 'Asymmetry of the hippocampi, (left - right) / mean'),
      bodySite: concept(codes.hippocampus, 'both hippocampi'),
      valueQuantity: quantity(indexPercent, '%', '%', 2),
      ...(ranges.length > 0 && { referenceRange: ranges }),
    }),
  ]
}

/** Volume of a temporal horn and the occupancy of its side, if available. */
function hornObservations(input: FhirInput, horn: TemporalHorn, referred: Referred): BundleEntry[] {
  if (horn.state !== 'measured') return []
  const { side, volumeMm3, standardErrorMm3, occupancy, occupancyStandardError } = horn
  const name = side === 'unknown' ? 'temporal horn (side not stated)' : `${side} temporal horn`
  const hippocampus = nameHippocampus(side, 'hippocampus (side not stated)')
  const laterality = lateralityComponent(side)
  const error = {
    code: concept(codes.uncertaintyRange, 'Standard error'),
    valueQuantity: quantity(occupancyStandardError, '1', '1', 3),
  }
  return [
    observation(input, `horn ${side}`, referred, {
      code: concept(codes.volume, `Volume of the ${name}`),
      bodySite: concept(codes.temporalHorn, name),
      valueQuantity: quantity(volumeMm3, 'mm3'),
      component: [...laterality, ...errorComponent(standardErrorMm3)],
    }),
    observation(input, `occupancy ${side}`, referred, {
      code: ownConcept(
        'OCCUPANCY',
        'Hippocampal occupancy score, hippocampus / (hippocampus + temporal horn)',
      ),
      bodySite: concept(codes.hippocampus, hippocampus),
      valueQuantity: quantity(occupancy, '1', '1', 3),
      component: [...laterality, error],
    }),
  ]
}

function intracranialObservation(input: FhirInput, referred: Referred): BundleEntry[] {
  const { intracranialVolume } = input
  if (intracranialVolume === undefined) return []
  const { mm3, standardErrorMm3 } = intracranialVolume
  return [
    observation(input, 'intracranial volume', referred, {
      code: concept(codes.volume, 'Intracranial volume'),
      bodySite: concept(codes.intracranialStructure),
      valueQuantity: quantity(mm3, 'mm3', 'mm3', 0),
      component: [
        {
          code: concept(codes.uncertaintyRange, 'Standard error'),
          valueQuantity: quantity(standardErrorMm3, 'mm3', 'mm3', 0),
        },
      ],
    }),
  ]
}

/** All Observations of a result: volumes of each side and its parts, asymmetry, intracranial volume, horns, change. */
export function listObservations(
  input: FhirInput,
  deviceUrl: string,
  studyUrl: string,
): BundleEntry[] {
  const referred = { deviceUrl, studyUrl }
  return [
    ...input.volumes.flatMap((volumes) => volumeObservations(input, volumes, referred)),
    ...asymmetryObservation(input, referred),
    ...intracranialObservation(input, referred),
    ...(input.horns ?? []).flatMap((horn) => hornObservations(input, horn, referred)),
    ...describeChanges(input.history?.longitudinal).map(({ name, content }) =>
      observation(input, name, referred, content),
    ),
  ]
}
