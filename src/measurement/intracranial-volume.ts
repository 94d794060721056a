/**
 * Intracranial volume as estimated from the registration to a template, cubic millimetres: brain and
 * fluid within the skull, as DLMUSE's label 702 counts it.
 */
export interface IntracranialVolume {
  readonly mm3: number
  /** Standard error of the estimate, from heads with a known volume (docs say which). */
  readonly standardErrorMm3: number
}

/** Standard error of the estimate; see docs/adr/0014-heads-in-any-light.md. */
const relativeStandardError = 0.04

/**
 * FreeSurfer's eTIV is larger than the volume within the skull: mean of NOMIS's people over that of as
 * many women as men of IXI (docs/adr/0014-heads-in-any-light.md).
 */
const freeSurferScale = { factor: 1.07, relativeStandardError: 0.03 } as const

/** The localizer's estimate (mm3) with its standard error. */
export function rateIntracranialVolume(mm3: number): IntracranialVolume {
  return { mm3, standardErrorMm3: relativeStandardError * mm3 }
}

/**
 * The same head's estimated total intracranial volume (eTIV) on FreeSurfer's scale, for norms made
 * with FreeSurfer; the error of the scale is in the standard error.
 */
export function toFreeSurferScale({
  mm3,
  standardErrorMm3,
}: IntracranialVolume): IntracranialVolume {
  const { factor, relativeStandardError: ofScale } = freeSurferScale
  return {
    mm3: factor * mm3,
    standardErrorMm3: factor * Math.hypot(standardErrorMm3, ofScale * mm3),
  }
}
