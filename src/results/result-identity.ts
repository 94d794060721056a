/**
 * The inputs that identify a set of results. Equal identities give equal UIDs and, with the same
 * source, equal bytes: a resumed or repeated job writes the same instances.
 */
export interface ResultIdentity {
  readonly studyInstanceUid: string
  readonly sourceSeriesInstanceUid: string
  readonly contentDigest: string
  readonly modelSha256: string
  readonly softwareVersion: string
  readonly configDigest: string
  readonly runNumber: number
  /** Start of the analysis as recorded by the job: every date and time written comes from it. */
  readonly analysedAt: Date
}
