import { createHash } from 'node:crypto'
import type { FhirInput } from './fhir-input.ts'

/** A resource with its place in the bundle. */
export interface BundleEntry {
  readonly fullUrl: string
  readonly resource: Readonly<Record<string, unknown>> & { readonly resourceType: string }
}

/** A UUID that is the same for the same names (RFC 9562, version 8). */
export function makeUuid(...names: readonly string[]): string {
  const bytes = createHash('sha256').update(names.join('\n')).digest().subarray(0, 16)
  bytes[6] = (bytes[6]! & 0x0f) | 0x80
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-')
}

/** The entry of a resource of a report, by its name in it. */
export function entryOf(
  { jobId }: Pick<FhirInput, 'jobId'>,
  name: string,
  resource: BundleEntry['resource'],
): BundleEntry {
  const id = makeUuid(jobId, name)
  const { resourceType, ...content } = resource
  return { fullUrl: `urn:uuid:${id}`, resource: { resourceType, id, ...content } }
}

/**
 * Time of the scan as a FHIR dateTime: to the second if its zone is known, else its date, because
 * FHIR allows no time without a zone. Undefined if unknown.
 */
export function effectiveTime(scannedAt: string | undefined): { effectiveDateTime?: string } {
  if (scannedAt === undefined) return {}
  const date = /^(\d{4})-?(\d\d)-?(\d\d)/.exec(scannedAt)?.slice(1, 4).join('-')
  const isZoned = /T\d\d:\d\d:\d\d.*(Z|[+-]\d\d:\d\d)$/.test(scannedAt)
  const time = isZoned ? scannedAt : date
  return time === undefined ? {} : { effectiveDateTime: time }
}

const statuses = { accepted: 'final', rejected: 'entered-in-error' } as const

/** Preliminary until a person has accepted or rejected the result. */
export function statusOf({ answer }: Pick<FhirInput, 'answer'>) {
  return answer === undefined ? 'preliminary' : statuses[answer.answer]
}

/** Marks a resource as made for research (HL7 v3 ActReason). */
export const researchMeta = {
  security: [
    {
      system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason',
      code: 'HRESCH',
      display: 'healthcare research',
    },
  ],
} as const

export const researchNote = 'Research use only. Not for diagnostic use.'
