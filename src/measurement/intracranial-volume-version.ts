/**
 * Version of the intracranial volume estimate. Norms are calibrated for one version: increment it
 * whenever the estimate changes, and calibrate again (docs/norms.md).
 */
export const intracranialVolumeVersion = '2'
