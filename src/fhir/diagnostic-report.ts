import { codes } from '../dicom/codes.ts'
import { concept, hl7Concept } from './codings.ts'
import { device } from './device.ts'
import type { FhirInput } from './fhir-input.ts'
import { orderReferences, resultIdentifier, subjectReference } from './identifiers.ts'
import { imagingStudy } from './imaging-study.ts'
import { listObservations } from './observations.ts'
import {
  type BundleEntry,
  effectiveTime,
  entryOf,
  makeUuid,
  researchMeta,
  researchNote,
  statusOf,
} from './resource-common.ts'

export interface FhirBundle {
  readonly resourceType: 'Bundle'
  readonly type: string
  readonly entry: readonly BundleEntry[]
  readonly [element: string]: unknown
}

/** The reader's answer, the impression, then notes that qualify it. */
function conclude({ impression, norms, warnings, answer }: FhirInput): string {
  const rejected = answer?.answer === 'rejected' ? [`Rejected by a reader: ${answer.reason}`] : []
  const told = impression ? [impression.text] : []
  const without = norms?.compared === false ? [`No percentile. ${norms.sentence}`] : []
  return [...rejected, ...told, researchNote, ...without, ...warnings].join(' ')
}

/**
 * A result as a FHIR R4 Bundle (collection): a DiagnosticReport with its Observations, the ImagingStudy
 * and the Device that made them. The patient and the order are named by the identifiers of the images.
 * Equal input gives an equal bundle.
 */
export function buildFhirBundle(input: FhirInput): FhirBundle {
  const { jobId, analysedAt, reportUrl } = input
  const maker = device(input)
  const study = imagingStudy(input)
  const observations = listObservations(input, maker.fullUrl, study.fullUrl)
  const basedOn = orderReferences(input)
  const report = entryOf(input, 'report', {
    resourceType: 'DiagnosticReport',
    meta: researchMeta,
    identifier: [resultIdentifier(input, 'report')],
    ...(basedOn.length > 0 && { basedOn }),
    status: statusOf(input),
    category: [
      hl7Concept('v2-0074', 'RAD', 'Radiology'),
      hl7Concept('v2-0074', 'NMR', 'Nuclear Magnetic Resonance'),
    ],
    code: concept(codes.brainMri, 'Hippocampal volumes'),
    subject: subjectReference(input),
    ...effectiveTime(input.scannedAt),
    issued: analysedAt,
    imagingStudy: [{ reference: study.fullUrl }],
    result: observations.map(({ fullUrl }) => ({ reference: fullUrl })),
    conclusion: conclude(input),
    ...(reportUrl !== undefined && {
      presentedForm: [{ contentType: 'image/png', url: reportUrl, title: 'Report page' }],
    }),
  })
  return {
    resourceType: 'Bundle',
    id: makeUuid(jobId, 'bundle'),
    type: 'collection',
    timestamp: analysedAt,
    entry: [report, ...observations, study, maker],
  }
}
