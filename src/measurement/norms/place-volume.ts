import { calibrateDistribution } from './calibrate-distribution.ts'
import {
  type CalibratedPlace,
  type Calibration,
  type CalibrationFit,
  ratioErrorAt,
} from './calibration.ts'
import type { VolumeDistribution } from './expected-volume.ts'
import { shareBelow } from './normal-distribution.ts'

/** A value with the ends of its 95 % interval. */
export interface Interval {
  readonly value: number
  readonly low: number
  readonly high: number
}

/** Errors of a z-score, each as one standard error of the volume, mm3. */
export interface PlacementErrors {
  /** Error of the calibration, including extrapolation beyond its ages. */
  readonly calibrationMm3: number
  readonly headSizeMm3: number
  /** Error from differences between sites. */
  readonly siteMm3: number
  /** Error between repeated scans. */
  readonly scanMm3: number
}

/** Position of a volume among healthy people; volumes on the scale of the model. */
export interface PlacedVolume {
  readonly volumeMm3: number
  readonly expectedMm3: number
  readonly standardDeviationMm3: number
  /** 2.5th and 97.5th percentile of the norms. */
  readonly normalLowMm3: number
  readonly normalHighMm3: number
  readonly zScore: Interval
  /** 0 to 100. */
  readonly percentile: Interval
  readonly errors: PlacementErrors
}

const ninetyFive = 1.96

/**
 * Places a volume (mm3) in a distribution of the norms, calibrated. `icvStandardErrorMm3` is that
 * of the intracranial volume. The 95 % interval includes the errors of calibration, head size,
 * site, scan and spread, assumed independent.
 */
export function placeVolume(
  volumeMm3: number,
  norms: VolumeDistribution,
  calibration: Calibration,
  fit: CalibrationFit,
  place: CalibratedPlace,
  icvStandardErrorMm3: number,
): PlacedVolume {
  const expected = calibrateDistribution(norms, calibration, fit, place)
  const { medianMm3 } = expected
  const errors = {
    calibrationMm3: medianMm3 * ratioErrorAt(calibration, fit, place),
    headSizeMm3: Math.abs(expected.perIntracranialMm3) * icvStandardErrorMm3,
    siteMm3: medianMm3 * fit.siteScatter,
    scanMm3: volumeMm3 * calibration.scanDeviation,
  }
  const reach = ninetyFive * Math.hypot(...Object.values(errors))
  const value = expected.zOf(volumeMm3)
  // A relative error of the spread changes a z-score by the same share.
  const ofSpread = ninetyFive * value * Math.sqrt(Math.max(0, fit.covariance[4]![4]!))
  const low = value - Math.hypot(value - expected.zOf(volumeMm3 - reach), ofSpread)
  const high = value + Math.hypot(expected.zOf(volumeMm3 + reach) - value, ofSpread)
  const percentOf = (z: number) => 100 * shareBelow(z)
  return {
    volumeMm3,
    expectedMm3: medianMm3,
    standardDeviationMm3: (expected.volumeAt(1) - expected.volumeAt(-1)) / 2,
    normalLowMm3: expected.volumeAt(-ninetyFive),
    normalHighMm3: expected.volumeAt(ninetyFive),
    zScore: { value, low, high },
    percentile: { value: percentOf(value), low: percentOf(low), high: percentOf(high) },
    errors,
  }
}
