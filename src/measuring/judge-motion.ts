import type { HeadLocalization } from '../localization/head-localization.ts'
import { checkMotion } from '../measurement/quality/check-motion.ts'
import { estimateNoise } from '../measurement/quality/estimate-noise.ts'
import { estimateRipple } from '../measurement/quality/estimate-ripple.ts'
import type { Volume } from '../volume/grid.ts'
import { cutPart } from '../volume/part-of-grid.ts'
import { partOfBrain } from './part-of-brain.ts'

/** Whether the middle of a located head's brain shows ripples, as after the patient moved. */
export function showsMotion(head: Volume, localization: HeadLocalization): boolean {
  const brain = partOfBrain(head, localization)
  if (brain === undefined) return false
  const part = cutPart(head, brain)
  return checkMotion(estimateRipple(part), estimateNoise(part)).verdict !== 'measured'
}
