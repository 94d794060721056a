/**
 * Which way of estimating the intracranial volume this is. Norms are calibrated with one of them: raise it
 * whenever the estimate changes, and calibrate again (docs/norms.md).
 */
export const intracranialVolumeVersion = '2'
