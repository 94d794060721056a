import { createSegmenter, type Segmenter } from '../../src/inference/segmenter.ts'
import type { HeadLocalization } from '../../src/localization/head-localization.ts'
import { createLocalizer } from '../../src/localization/localizer.ts'
import { checkMotion } from '../../src/measurement/quality/check-motion.ts'
import { checkVessels } from '../../src/measurement/quality/check-vessels.ts'
import { estimateNoise } from '../../src/measurement/quality/estimate-noise.ts'
import { estimateRipple } from '../../src/measurement/quality/estimate-ripple.ts'
import { measureBrightShare } from '../../src/measurement/quality/measure-bright-share.ts'
import { lookForHippocampus } from '../../src/measuring/look-for-hippocampus.ts'
import { partOfBrain } from '../../src/measuring/part-of-brain.ts'
import type { Volume } from '../../src/volume/grid.ts'
import { cutPart } from '../../src/volume/part-of-grid.ts'
import { affineColumn, voxelVolumeOf } from '../../src/volume/patient-affine.ts'
import { seededRandom } from '../seeded-random.ts'
import { whiteMatterOf } from '../spoil-head/degrade.ts'
import { brightenVessels } from './brighten-vessels.ts'
import type { HeadSource } from './list-heads.ts'
import { drawMotion, motionPatterns } from './list-motions.ts'
import { moveHead } from './move-head.ts'

export interface HeadsStudy {
  readonly heads: readonly HeadSource[]
  readonly manifestPath: string
  readonly threads: number
  /** Millimetres and degrees by which heads move. */
  readonly sizes: readonly number[]
  /** Levels of the vessels relative to white matter. */
  readonly levels: readonly number[]
}

/** Results for one head after one degradation; errors are in percent of the original volume. */
export interface SpoiltHead {
  readonly head: string
  /** Half of heads and motions: limits are chosen on 0, and reported on 1. */
  readonly half: 0 | 1
  readonly spoiltBy: string
  readonly errors: readonly number[]
  /** The gate's value, and whether it warns. */
  readonly values: readonly (number | undefined)[]
  readonly warns: boolean
}

interface Look {
  readonly mm3: number
  readonly noise: number
  readonly brightShare: number
}

/** The axis of the grid closest to an axis of the patient. */
function gridAxis({ affine }: Volume, patient: 0 | 1 | 2): 0 | 1 | 2 {
  const along = ([0, 1, 2] as const).map((axis) => {
    const step = affineColumn(affine, axis)
    return Math.abs(step[patient]) / Math.hypot(...step)
  })
  return along.indexOf(Math.max(...along)) as 0 | 1 | 2
}

async function look(
  head: Volume,
  localization: HeadLocalization,
  segmenter: Segmenter,
): Promise<readonly Look[]> {
  const found: Look[] = []
  for (const side of ['left', 'right'] as const) {
    const seen = await lookForHippocampus(head, side, localization, segmenter, undefined)
    const voxels = seen?.labels.reduce((sum, label) => sum + (label > 0 ? 1 : 0), 0) ?? 0
    const part = seen === undefined ? undefined : cutPart(head, seen.part)
    found.push({
      mm3: voxels * voxelVolumeOf(head.affine),
      noise: part === undefined ? 0 : estimateNoise(part),
      brightShare: part === undefined ? 0 : measureBrightShare(part),
    })
  }
  return found
}

const rippleOf = (head: Volume, localization: HeadLocalization) => {
  const brain = partOfBrain(head, localization)
  return brain === undefined ? undefined : estimateRipple(cutPart(head, brain))
}

/**
 * Degrades every head by motion or a contrast agent, and yields the effect on its volumes and the
 * gates' findings, first for the unchanged head. Uses the localization of the unchanged head.
 */
export async function* studyHeads(
  study: 'motion' | 'vessels',
  { heads, manifestPath, threads, sizes, levels }: HeadsStudy,
): AsyncGenerator<SpoiltHead> {
  const segmenter = await createSegmenter({ manifestPath, threads })
  const localizer = await createLocalizer({ timeLimit: 3_600_000 })
  try {
    for (const [index, { name, read }] of heads.entries()) {
      const head = await read()
      const localization = await localizer.locate(head)
      const before = await look(head, localization, segmenter)
      const random = seededRandom(500 + index)
      const half = (index % 2) as 0 | 1
      const judge = async (spoiltBy: string, spoilt: Volume): Promise<SpoiltHead> => {
        const after = spoilt === head ? before : await look(spoilt, localization, segmenter)
        const errors = after.map(({ mm3 }, side) => 100 * (mm3 / before[side]!.mm3 - 1))
        const ripple = rippleOf(spoilt, localization)
        const shares = after.map(({ brightShare }) => brightShare)
        const findings =
          study === 'motion'
            ? [checkMotion(ripple, Math.max(...after.map(({ noise }) => noise)))]
            : shares.map((share) => checkVessels('unknown', share))
        return {
          head: name,
          half,
          spoiltBy,
          errors,
          values: study === 'motion' ? [ripple?.likeness, ripple?.strength] : shares,
          warns: findings.some(({ verdict }) => verdict !== 'measured'),
        }
      }
      yield await judge('nothing', head)
      if (study === 'vessels') {
        const whiteMatter = whiteMatterOf(cutPart(head, partOfBrain(head, localization)!))
        for (const level of levels) {
          const bright = brightenVessels(head, localization, level * whiteMatter)
          yield await judge(`vessels at ${level} of white matter`, bright)
        }
        continue
      }
      for (const pattern of motionPatterns) {
        for (const size of sizes) {
          const axis = gridAxis(head, ([1, 0, 1, 2] as const)[Math.floor(4 * random())]!)
          const share = 0.05 + 0.35 * random()
          const motion = drawMotion(pattern, axis, share, size * (0.6 + 0.8 * random()), random)
          yield await judge(motion.name, moveHead(head, motion, partOfBrain(head, localization)))
        }
      }
    }
  } finally {
    await Promise.all([segmenter.close(), localizer.close()])
  }
}
