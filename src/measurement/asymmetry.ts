import type { HippocampusVolumes } from './hippocampus-volumes.ts'
import type { AsymmetryReference } from './norms/norms.ts'

/** Asymmetry of a person's two hippocampi. */
export interface Asymmetry {
  /** (L - R) / ((L + R) / 2), %: negative where the left one is smaller. */
  readonly indexPercent: number
  /** The same of the anterior and of the posterior part. */
  readonly anteriorPercent: number
  readonly posteriorPercent: number
  /** The same of the volumes that norms expect of this person; undefined without norms. */
  readonly expectedPercent?: number | undefined
  readonly reference?: AsymmetryReference | undefined
  /** False when the index is beyond the narrowest limit of the reference. */
  readonly isUsual?: boolean | undefined
}

/** (L - R) / ((L + R) / 2) in %; 0 if both are 0. */
export function asymmetryIndex(left: number, right: number): number {
  const sum = left + right
  return sum === 0 ? 0 : (200 * (left - right)) / sum
}

/**
 * Asymmetry of a left and a right hippocampus (mm3); undefined unless both were measured. `expected` are
 * the volumes norms expect of the two sides.
 */
export function measureAsymmetry(
  volumes: readonly HippocampusVolumes[],
  reference?: AsymmetryReference,
  expected?: { readonly left: number; readonly right: number },
): Asymmetry | undefined {
  const left = volumes.find(({ side }) => side === 'left')
  const right = volumes.find(({ side }) => side === 'right')
  if (left === undefined || right === undefined) return undefined
  const indexPercent = asymmetryIndex(left.totalMm3, right.totalMm3)
  const narrowest = reference && Math.min(...reference.limits.map(({ percent }) => percent))
  return {
    indexPercent,
    anteriorPercent: asymmetryIndex(left.anteriorMm3, right.anteriorMm3),
    posteriorPercent: asymmetryIndex(left.posteriorMm3, right.posteriorMm3),
    ...(expected && { expectedPercent: asymmetryIndex(expected.left, expected.right) }),
    ...(reference && { reference, isUsual: Math.abs(indexPercent) <= narrowest! }),
  }
}
