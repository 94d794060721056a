import type { ForwardTarget } from '../archive/forward-instance.ts'
import type { ForwardedResult } from './outcome.ts'

/** What stands on a job before anything was sent. */
export function planForwarding(
  targets: readonly ForwardTarget[],
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
