/** Intracranial volume as estimated from the registration to a template, cubic millimetres. */
export interface IntracranialVolume {
  readonly mm3: number
  /** Standard error of the estimate, from heads with a known volume (docs say which). */
  readonly standardErrorMm3: number
}

/** Of the estimate; docs/adr/0009-intracranial-volume.md says where it comes from. */
const relativeStandardError = 0.05

/** The localizer's estimate (mm3) with how far it may be off. */
export function rateIntracranialVolume(mm3: number): IntracranialVolume {
  return { mm3, standardErrorMm3: relativeStandardError * mm3 }
}
