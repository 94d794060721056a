import { HippoError } from '../errors.ts'
import { checkDirections } from './check-slices.ts'
import { checkSpacing } from './check-spacing.ts'
import type { SliceGeometry } from './grid.ts'
import { cross, dot, normalize } from './vector3.ts'

/** Faults caused by a mixture of acquisitions. */
const symptoms = new Set(['GEOMETRY_MIXED', 'SLICES_DUPLICATED', 'SLICES_TILTED', 'SLICES_MISSING'])

/** Whether slices form one volume, ignoring pixels. */
function isOneVolume(slices: readonly SliceGeometry[]): boolean {
  try {
    checkDirections(slices)
    const { rowCosines, columnCosines } = slices[0]!
    const normal = normalize(cross(rowCosines, columnCosines))
    const distance = (slice: SliceGeometry) => dot(slice.imagePositionPatient, normal)
    checkSpacing(
      slices.toSorted((a, b) => distance(a) - distance(b)),
      normal,
    )
    return true
  } catch (error) {
    if (error instanceof HippoError) return false
    throw error
  }
}

function groupBy(slices: readonly SliceGeometry[], names: readonly string[]) {
  return [
    ...Map.groupBy(slices, (slice) =>
      names.map((name) => slice.acquisition?.[name] ?? 'unknown').join(', '),
    ),
  ]
}

/** A single slice is not an acquisition: it would be a volume on its own whatever is wrong with it. */
const isParting = (groups: ReturnType<typeof groupBy>) =>
  groups.length > 1 && groups.every(([, group]) => group.length > 1)

/** The names whose values, alone or together, divide the slices into separate volumes. */
function findParting(slices: readonly SliceGeometry[]): readonly string[] | undefined {
  const names = [...new Set(slices.flatMap((slice) => Object.keys(slice.acquisition ?? {})))]
  const varying = names.filter((name) => isParting(groupBy(slices, [name])))
  const pairs = varying.flatMap((first, index) =>
    varying.slice(index + 1).map((second) => [first, second]),
  )
  return [...varying.map((name) => [name]), ...pairs].slice(0, 40).find((parting) => {
    const groups = groupBy(slices, parting)
    return isParting(groups) && groups.every(([, group]) => isOneVolume(group))
  })
}

/**
 * Explains a geometry fault: if the slices are several acquisitions (echo times, time points,
 * stacks, repeats), returns ACQUISITIONS_MIXED with their differences; otherwise the original
 * fault.
 */
export function explainMixture(fault: unknown, slices: readonly SliceGeometry[]): unknown {
  if (!(fault instanceof HippoError && symptoms.has(fault.code))) return fault
  const parting = findParting(slices)
  if (parting === undefined) return fault
  const groups = groupBy(slices, parting)
  const shown = groups.slice(0, 4).map(([value, { length }]) => `${value}: ${length} slices`)
  const rest = groups.length > shown.length ? `; and ${groups.length - shown.length} more` : ''
  return new HippoError(
    'ACQUISITIONS_MIXED',
    `The series contains ${groups.length} acquisitions, which differ in ${parting.join(' and ')} (${shown.join('; ')}${rest}). Nothing indicates which one to measure.`,
    { details: { acquisitions: groups.length, differingIn: parting.join(', ') }, cause: fault },
  )
}
