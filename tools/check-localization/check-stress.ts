import type { Vector3 } from '../../src/volume/grid.ts'
import { determinantOf } from '../../src/volume/patient-affine.ts'
import { seededRandom } from '../seeded-random.ts'
import { disturbHead } from './disturb-head.ts'
import { type Head, measureLabels } from './read-head.ts'
import { meanOf, quantileOf, spreadOf } from './statistics.ts'
import { distance, farMm, type Locate, sides } from './try-head.ts'

/** Height of the centre of a brain above the midpoint of its hippocampi, mm. */
const aboveMm = 12

/** Disturbs a labelled head repeatedly. `errors` and `spread` are for recognised copies. */
async function stress(locate: Locate, head: Head, times: number, seed: number) {
  const volume = await head.read()
  const truth = measureLabels(head.labels!)
  const [l, r] = [truth.left.centroid, truth.right.centroid]
  const middle: Vector3 = [(l[0] + r[0]) / 2, (l[1] + r[1]) / 2, (l[2] + r[2]) / 2 + aboveMm]
  const random = seededRandom(seed)
  const errors: number[] = []
  const sizes: number[] = []
  let lost = 0
  for (let i = 0; i < times; i++) {
    const { volume: disturbed, move } = disturbHead(volume, middle, random)
    const found = locate(disturbed)
    if (!found.found) {
      lost++
      continue
    }
    errors.push(...sides.map((side) => distance(found.centers[side], move(truth[side].centroid))))
    sizes.push(1 / determinantOf(found.patientToTemplate))
  }
  return { lost, errors, spread: spreadOf(sizes) / meanOf(sizes) }
}

/** Prints how often each randomly disturbed head was lost and the errors of its centres. */
export async function checkStress(
  locate: Locate,
  heads: readonly Head[],
  times: number,
): Promise<void> {
  let [lost, far, centers] = [0, 0, 0]
  for (const [index, head] of heads.entries()) {
    const outcome = await stress(locate, head, times, 1000 + index)
    const wide = outcome.errors.filter((mm) => mm > farMm).length
    lost += outcome.lost
    far += wide
    centers += outcome.errors.length
    const median = quantileOf(outcome.errors, 0.5).toFixed(1)
    const most = Math.max(0, ...outcome.errors).toFixed(1)
    const size = (100 * outcome.spread).toFixed(1)
    console.log(
      `  ${head.name.padEnd(28)} lost ${outcome.lost} of ${times}, off by ${median} mm (median), ` +
        `${most} mm (most), ${wide} of ${outcome.errors.length} by over ${farMm} mm; size ${size} % (standard deviation)`,
    )
  }
  const all = times * heads.length
  console.log(
    `  together: ${lost} of ${all} lost, ${far} of ${centers} centres off by over ${farMm} mm`,
  )
}
