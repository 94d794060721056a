import { toVector3 } from '../volume/vector3.ts'
import type { HeadLocalization } from './head-localization.ts'

type HeadAxes = HeadLocalization['headAxes']

/**
 * In the template's axes the long axis of a hippocampus descends by 37 degrees from back to front
 * (36 to 38 in four heads), in the training crops by 24 (209 manual labels): heads lie in the
 * scanner with the chin lower. docs/adr/0008-boxes-of-whole-heads.md.
 */
export const tiltRadians = (13 * Math.PI) / 180

/**
 * The head's axes rotated about the left-right axis, so that hippocampi are oriented as in
 * training.
 */
export function tiltToTraining({ right, anterior, superior }: HeadAxes): HeadAxes {
  const [cos, sin] = [Math.cos(tiltRadians), Math.sin(tiltRadians)]
  const mix = (a: number, b: number) =>
    toVector3([0, 1, 2].map((i) => a * anterior[i]! + b * superior[i]!))
  return { right, anterior: mix(cos, -sin), superior: mix(sin, cos) }
}
