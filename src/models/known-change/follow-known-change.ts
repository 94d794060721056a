import type { Segmenter } from '../../inference/segmenter.ts'
import { measureHippocampus } from '../../measurement/measure-hippocampus.ts'
import type { Volume } from '../../volume/grid.ts'
import { voxelVolumeOf } from '../../volume/patient-affine.ts'
import type { LabelledCase } from '../read-cases.ts'
import type { KnownMeasurement } from './change-slope.ts'
import { findFluid } from './fluid.ts'
import { growHorn } from './grow-horn.ts'
import { cutPatch, placePatch } from './patch.ts'
import { seededRandom, seedOf } from './seeded-random.ts'
import { type SimulatorName, simulatorNames, simulators } from './simulators.ts'

/** True remaining shares of the volume, and growth of the horn in millimetres. */
export const followedLosses = [0.8, 0.6, 0.4] as const
export const followedGrowths = [2, 4] as const

/** A model's measurements of one crop after known changes; volumes in mm3. */
export interface FollowedCase {
  readonly case: string
  /** Including the unchanged crop, per simulator. */
  readonly losses: Readonly<Record<SimulatorName, readonly KnownMeasurement[]>>
  /** Measured after over before. */
  readonly hornRatios: readonly { readonly mm: number; readonly ratio: number }[]
}

/**
 * Measures a labelled crop unchanged, after losses by both simulators, and after growth of the
 * temporal horn without loss. The changes of a case are deterministic. Undefined if nothing is
 * found in the unchanged crop. Throws like Segmenter.segment, and a sentence if the crop shows no
 * tissue next to the label.
 */
export async function followKnownChange(
  segmenter: Segmenter,
  { name, volume, truth }: LabelledCase,
  side: 'left' | 'right',
): Promise<FollowedCase | undefined> {
  const measure = async (changed: Volume) => {
    const { labelMap } = await segmenter.segment(changed, { side })
    return measureHippocampus(labelMap, side).totalMm3
  }
  const patch = cutPatch(volume, { labels: truth }, [1, 2], side)
  const fluid = findFluid(patch)
  const voxels = truth.reduce((count, label) => count + (label > 0 ? 1 : 0), 0)
  const trueMm3 = voxels * voxelVolumeOf(volume.affine)
  const before = await measure(volume)
  if (before === 0) return undefined

  const follow = async (simulator: SimulatorName) => {
    const measured: KnownMeasurement[] = [{ case: name, trueMm3, measuredMm3: before }]
    for (const left of followedLosses) {
      const random = seededRandom(seedOf(name, simulator, String(left)))
      const { intensities, ratio } = simulators[simulator](patch, fluid, { left }, random)
      const measuredMm3 = await measure(placePatch(volume, patch, intensities))
      // A logarithm needs a positive volume: an empty mask counts as one voxel.
      const seen = Math.max(measuredMm3, voxelVolumeOf(volume.affine))
      measured.push({ case: name, trueMm3: trueMm3 * ratio, measuredMm3: seen })
    }
    return [simulator, measured] as const
  }
  const losses = []
  for (const simulator of simulatorNames) losses.push(await follow(simulator))
  const hornRatios = []
  for (const mm of followedGrowths) {
    const random = seededRandom(seedOf(name, 'horn', String(mm)))
    const { intensities } = growHorn(patch, fluid, mm, random)
    const ratio = (await measure(placePatch(volume, patch, intensities))) / before
    hornRatios.push({ mm, ratio })
  }
  return {
    case: name,
    losses: Object.fromEntries(losses) as unknown as FollowedCase['losses'],
    hornRatios,
  }
}
