import type { HeadLocalization } from '../../src/localization/head-localization.ts'
import type { KnownSizes } from './known-sizes.ts'
import { type Head, measureLabels } from './read-head.ts'
import { meanOf, quantileOf, spreadOf } from './statistics.ts'
import {
  describeFound,
  distance,
  farMm,
  type Locate,
  print,
  sides,
  timeSearch,
} from './try-head.ts'

interface Outcome {
  readonly name: string
  readonly found: HeadLocalization
  readonly errors: readonly number[]
}

/** Distances of both centres to the labels, mm: to their centroids, then to the middles of their boxes. */
function holdAgainst(labels: NonNullable<Head['labels']>, { centers }: HeadLocalization): number[] {
  const truth = measureLabels(labels)
  return (['centroid', 'box'] as const).flatMap((what) =>
    sides.map((side) => distance(centers[side], truth[side][what])),
  )
}

function summarize(set: string, outcomes: readonly Outcome[], known: readonly KnownSizes[]): void {
  if (outcomes.length === 0) return
  const errors = outcomes.flatMap((one) => one.errors.slice(0, 2))
  const lost = outcomes.filter(({ found }) => !found.found).length
  const least = Math.min(...outcomes.map(({ found }) => found.score)).toFixed(3)
  console.log(`${set}: ${outcomes.length} heads, ${lost} refused, least score ${least}`)
  if (errors.length > 0) {
    const [median, most] = [quantileOf(errors, 0.5).toFixed(1), Math.max(...errors).toFixed(1)]
    const far = errors.filter((mm) => mm > farMm).length
    console.log(
      `  centres off by ${median} mm (median), ${most} mm (most), ${far} of ${errors.length} by over ${farMm} mm`,
    )
  }
  for (const { source, mm3 } of known) {
    const ratios = outcomes.flatMap(({ name, found }) => {
      const size = mm3.get(name)
      return size === undefined ? [] : [found.intracranialVolumeMm3 / size]
    })
    if (ratios.length === 0) continue
    const [mean, spread] = [meanOf(ratios).toFixed(3), spreadOf(ratios).toFixed(3)]
    console.log(`  intracranial volume next to ${source}: ${mean} (standard deviation ${spread})`)
  }
}

/** Tests the heads of a set, prints a line for each and a summary. */
export async function checkSet(
  locate: Locate,
  set: string,
  heads: readonly Head[],
  known: readonly KnownSizes[],
): Promise<void> {
  const outcomes: Outcome[] = []
  for (const head of heads) {
    try {
      const { found, seconds } = timeSearch(locate, await head.read())
      const errors = head.labels ? holdAgainst(head.labels, found) : []
      const shown = errors.map((mm) => mm.toFixed(1))
      print([head.name, ...describeFound(found), seconds.toFixed(2), ...shown])
      outcomes.push({ name: head.name, found, errors })
    } catch (error) {
      print([head.name, (error as Error).message])
      process.exitCode = 1
    }
  }
  summarize(set, outcomes, known)
}
