/**
 * What a set of results is made from. Equal identities give equal UIDs and, with the same source,
 * equal bytes: a resumed or replayed job writes what it wrote before.
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
