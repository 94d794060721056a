import {
  type CalibratedPlace,
  type Calibration,
  type CalibrationFit,
  ratioAt,
} from './calibration.ts'
import type { VolumeDistribution } from './expected-volume.ts'

/** A distribution of the norms on the scale of a model, with its ratio and spread. */
export function calibrateDistribution(
  norms: VolumeDistribution,
  calibration: Pick<Calibration, 'agePivot' | 'icvPivotMm3'>,
  fit: CalibrationFit,
  place: CalibratedPlace,
): VolumeDistribution {
  const ratio = ratioAt(calibration, fit, place)
  const { spread, icvPerLitre } = fit
  const medianMm3 = ratio * norms.medianMm3
  return {
    medianMm3,
    volumeAt: (z) => ratio * norms.volumeAt(z * spread),
    zOf: (volumeMm3) => norms.zOf(volumeMm3 / ratio) / spread,
    perIntracranialMm3: ratio * norms.perIntracranialMm3 + (icvPerLitre / 1e6) * medianMm3,
  }
}
