import type { FhirBundle } from './diagnostic-report.ts'
import type { BundleEntry } from './resource-common.ts'

/** What others may know already: made only where the server has none, and never overwritten. */
const shared: readonly string[] = ['ImagingStudy', 'Device']

function describeRequest({ resource }: BundleEntry) {
  const { resourceType: type } = resource
  const [first] = resource.identifier as { system: string; value: string }[]
  const query = `identifier=${encodeURIComponent(`${first!.system}|${first!.value}`)}`
  return shared.includes(type)
    ? { method: 'POST', url: type, ifNoneExist: query }
    : { method: 'PUT', url: `${type}?${query}` }
}

/**
 * A report as a transaction for a server (R4 3.1.0.11): report and Observations are written over those
 * of the same study, so that the same transaction sent twice leaves one report; study and device are made
 * only where the server has none.
 */
export function makeTransaction({ entry, timestamp, id }: FhirBundle): FhirBundle {
  return {
    resourceType: 'Bundle',
    id,
    type: 'transaction',
    timestamp,
    entry: entry.map((one) => {
      // The server gives out its own.
      const { id: _, ...resource } = one.resource
      return { fullUrl: one.fullUrl, resource, request: describeRequest(one) } as BundleEntry
    }),
  }
}
