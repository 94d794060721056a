import type { HippocampusPatch } from './patch.ts'
import { gaussian } from './seeded-random.ts'
import { smoothValues } from './smooth-values.ts'

/** The fluid of an image near the hippocampus, and its noise. */
export interface Fluid {
  /** Median of the darkest places. */
  readonly level: number
  /** Standard deviation of noise in white matter. */
  readonly whiteNoise: number
  /** Values of single voxels of real fluid. */
  readonly voxels: readonly number[]
}

/** The darkest hundredth of the tissue counts as fluid; a ventricle or a cistern is larger. */
const darkestShare = 0.01
const fewestVoxels = 30

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[sorted.length >> 1]!
}

/** Indices of voxels away from the patch's border and from masked-out (zero) voxels. */
function listTissue({ grid: { dimensions }, intensities, label }: HippocampusPatch): number[] {
  const [columns, rows, slices] = dimensions
  const plane = columns * rows
  const tissue: number[] = []
  for (let k = 1; k < slices - 1; k++) {
    for (let j = 1; j < rows - 1; j++) {
      for (let i = 1; i < columns - 1; i++) {
        const at = i + columns * j + plane * k
        if (label[at] === 1) continue
        let masked = false
        for (let n = 0; n < 27 && !masked; n++) {
          const dx = (n % 3) - 1
          const dy = (Math.floor(n / 3) % 3) - 1
          const dz = Math.floor(n / 9) - 1
          masked = intensities[at + dx + columns * dy + plane * dz] === 0
        }
        if (!masked) tissue.push(at)
      }
    }
  }
  return tissue
}

/**
 * Finds the fluid of a patch: where the image, blurred by a millimetre, is darkest. Voxels that are
 * exactly 0 were masked out and are not fluid. Throws a sentence if the patch contains almost no
 * tissue.
 */
export function findFluid(patch: HippocampusPatch): Fluid {
  const { grid, intensities } = patch
  const tissue = listTissue(patch)
  if (tissue.length < 10 * fewestVoxels) throw new Error('There is no tissue next to the label.')
  const blurred = smoothValues(intensities, grid, 1)
  const byDarkness = tissue.toSorted((a, b) => blurred[a]! - blurred[b]!)
  const count = Math.max(fewestVoxels, Math.round(darkestShare * tissue.length))
  const voxels = byDarkness.slice(0, count).map((at) => intensities[at]!)
  const bright = byDarkness.slice(-Math.round(tissue.length / 5))
  const steps = bright.map((at) => Math.abs(intensities[at]! - intensities[at + 1]!))
  // The median of |a - b| of two normal deviates is 0.954 standard deviations.
  return { level: median(voxels), whiteNoise: median(steps) / 0.954, voxels }
}

/** One voxel of uniform fluid: its level with half the white matter's noise. */
export function drawEvenFluid(fluid: Fluid, random: () => number): number {
  return fluid.level + 0.5 * fluid.whiteNoise * gaussian(random)
}

/** One voxel of fluid sampled from the image. */
export function drawFoundFluid({ voxels }: Fluid, random: () => number): number {
  return voxels[Math.floor(random() * voxels.length)]!
}
