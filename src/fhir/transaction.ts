import type { FhirBundle } from './diagnostic-report.ts'
import type { BundleEntry } from './resource-common.ts'

/** Resources that may exist already: created only if the server has none, never overwritten. */
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
 * A report as a transaction for a server (R4 3.1.0.11): report and Observations replace those of
 * the same study, so that a transaction sent twice leaves one report; study and device are created
 * only if the server has none.
 */
export function makeTransaction({ entry, timestamp, id }: FhirBundle): FhirBundle {
  return {
    resourceType: 'Bundle',
    id,
    type: 'transaction',
    timestamp,
    entry: entry.map((one) => {
      // The server assigns its own.
      const { id: _, ...resource } = one.resource
      return { fullUrl: one.fullUrl, resource, request: describeRequest(one) } as BundleEntry
    }),
  }
}
