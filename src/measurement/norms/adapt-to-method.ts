import type { VolumeDistribution } from './expected-volume.ts'
import type { MethodOffset } from './norms.ts'

/**
 * A distribution of the norms on the scale of a model: volumes times the ratio, and wider by how far the
 * ratio differs from person to person.
 */
export function adaptToMethod(
  norms: VolumeDistribution,
  { ratio, relativeScatter }: Pick<MethodOffset, 'ratio' | 'relativeScatter'>,
): VolumeDistribution {
  const spread = (norms.volumeAt(1) - norms.volumeAt(-1)) / 2
  const widening = Math.hypot(spread, relativeScatter * norms.medianMm3) / spread
  return {
    medianMm3: ratio * norms.medianMm3,
    volumeAt: (z) => ratio * norms.volumeAt(z * widening),
    zOf: (volumeMm3) => norms.zOf(volumeMm3 / ratio) / widening,
    perIntracranialMm3: ratio * norms.perIntracranialMm3,
  }
}
