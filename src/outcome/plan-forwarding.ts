import type { ForwardedResult } from './outcome.ts'

/**
 * A forwarding target: a DICOM application entity or another Orthanc, by its name in Orthanc, a
 * FHIR server or an HL7 receiver by its host.
 */
export interface ResultTarget {
  readonly kind: ForwardedResult['kind']
  readonly name: string
}

/** The forwarding states of a job before anything was sent. */
export function planForwarding(
  targets: readonly ResultTarget[],
  clock: () => number,
): ForwardedResult[] {
  const at = new Date(clock()).toISOString()
  return targets.map(({ kind, name }) => ({
    target: name,
    kind,
    state: 'pending',
    at,
    sentInstances: [],
  }))
}
