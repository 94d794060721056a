import { builtinNorms } from '../../src/measurement/norms/builtin-norms.ts'
import { type Calibration, sameMethod } from '../../src/measurement/norms/calibration.ts'
import type { RegressionNorms } from '../../src/measurement/norms/norms.ts'

/** A model that the norms below are calibrated for, whatever the shipped ones know. */
export const calibratedModel = { name: 'calibrated-unet', version: '1.4.0' } as const

/** Measures as the norms do, and nothing is uncertain: only the regression is left. */
export const plainCalibration: Calibration = {
  model: calibratedModel.name,
  from: '1.0.0',
  people: 100,
  sites: 4,
  ages: { minimum: 18, maximum: 100 },
  agePivot: 50,
  icvPivotMm3: 1_500_000,
  beyondAgesPerYear: 0,
  scanDeviation: 0,
  whole: sameMethod,
  basis: 'The same method.',
}

const variances = (...diagonal: number[]) =>
  diagonal.map((variance, row) => diagonal.map((_, column) => (row === column ? variance : 0)))

/** As a shipped one looks: a ratio, slopes, errors and parts. */
export const usualCalibration: Calibration = {
  ...plainCalibration,
  beyondAgesPerYear: 0.003,
  ages: { minimum: 20, maximum: 75 },
  scanDeviation: 0.012,
  whole: {
    ratio: 0.8,
    right: -0.02,
    agePerYear: -0.001,
    icvPerLitre: 0.05,
    spread: 0.9,
    covariance: variances(0.0002, 0.00003, 4e-7, 0.002, 0.005),
    siteScatter: 0.02,
  },
  parts: {
    anterior: { ...sameMethod, ratio: 0.42, spread: 1.1, siteScatter: 0.03 },
    posterior: { ...sameMethod, ratio: 0.38, spread: 1.1, siteScatter: 0.03 },
  },
}

const regression = builtinNorms as RegressionNorms
export const plainNorms: RegressionNorms = { ...regression, calibrations: [plainCalibration] }
export const calibratedNorms: RegressionNorms = { ...regression, calibrations: [usualCalibration] }
