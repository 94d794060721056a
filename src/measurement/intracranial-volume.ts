/** Intracranial volume as estimated from the registration to a template, cubic millimetres. */
export interface IntracranialVolume {
  readonly mm3: number
  /** Standard error of the estimate, from heads with a known volume (docs say which). */
  readonly standardErrorMm3: number
}
