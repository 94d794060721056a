import { toVector3 } from '../volume/vector3.ts'
import type { HeadLocalization } from './head-localization.ts'

type HeadAxes = HeadLocalization['headAxes']

/**
 * In the template's axes the long axis of a hippocampus falls by 37 degrees from behind to the front
 * (36 to 38 in four heads), in the crops of training by 24 (209 manual labels): scanners take heads with
 * the chin lower. docs/adr/0008-boxes-of-whole-heads.md.
 */
export const tiltRadians = (13 * Math.PI) / 180

/** The head's axes turned about the one to the right, so that hippocampi lie in a box as in training. */
export function tiltToTraining({ right, anterior, superior }: HeadAxes): HeadAxes {
  const [cos, sin] = [Math.cos(tiltRadians), Math.sin(tiltRadians)]
  const mix = (a: number, b: number) =>
    toVector3([0, 1, 2].map((i) => a * anterior[i]! + b * superior[i]!))
  return { right, anterior: mix(cos, -sin), superior: mix(sin, cos) }
}
