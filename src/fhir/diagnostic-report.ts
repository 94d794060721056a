import { codes } from '../dicom/codes.ts'
import { ownManufacturer } from '../selection/own-result.ts'
import { concept } from './codings.ts'
import type { FhirInput } from './fhir-input.ts'
import { type BundleEntry, listObservations } from './observations.ts'
import {
  makeUuid,
  researchMeta,
  researchNote,
  studyReference,
  subjectReference,
} from './resource-common.ts'

export interface FhirBundle {
  readonly resourceType: 'Bundle'
  readonly [element: string]: unknown
}

function device({ jobId, model, softwareVersion }: FhirInput): BundleEntry {
  const id = makeUuid(jobId, 'device')
  return {
    fullUrl: `urn:uuid:${id}`,
    resource: {
      resourceType: 'Device',
      id,
      manufacturer: ownManufacturer,
      deviceName: [{ name: ownManufacturer, type: 'manufacturer-name' }],
      type: { text: 'Automatic hippocampal volumetry (research software)' },
      version: [
        { type: { text: 'software' }, value: softwareVersion },
        { type: { text: `model ${model.name}` }, value: model.version },
        { type: { text: 'model sha256' }, value: model.sha256 },
      ],
    },
  }
}

function conclude({ norms, warnings }: FhirInput): string {
  const without = norms?.compared === false ? [`No percentile. ${norms.sentence}`] : []
  return [researchNote, ...without, ...warnings].join(' ')
}

/**
 * A result as a FHIR R4 Bundle (collection): a DiagnosticReport with its Observations and the Device that
 * made them. The patient and the study are named by the StudyInstanceUID alone. Equal input gives an equal
 * bundle.
 */
export function buildFhirBundle(input: FhirInput): FhirBundle {
  const { jobId, analysedAt, reportPath } = input
  const maker = device(input)
  const observations = listObservations(input, maker.fullUrl)
  const id = makeUuid(jobId, 'report')
  const report: BundleEntry = {
    fullUrl: `urn:uuid:${id}`,
    resource: {
      resourceType: 'DiagnosticReport',
      id,
      meta: researchMeta,
      status: 'preliminary',
      category: [
        {
          coding: [
            {
              system: 'http://terminology.hl7.org/CodeSystem/v2-0074',
              code: 'NMR',
              display: 'Nuclear Magnetic Resonance',
            },
          ],
        },
      ],
      code: concept(codes.brainMri, 'Hippocampal volumes'),
      subject: subjectReference(input),
      issued: analysedAt,
      imagingStudy: [studyReference(input)],
      result: observations.map(({ fullUrl }) => ({ reference: fullUrl })),
      conclusion: conclude(input),
      presentedForm: [{ contentType: 'image/png', url: reportPath, title: 'Report page' }],
    },
  }
  return {
    resourceType: 'Bundle',
    id: makeUuid(jobId, 'bundle'),
    type: 'collection',
    timestamp: analysedAt,
    entry: [report, ...observations, maker],
  }
}
