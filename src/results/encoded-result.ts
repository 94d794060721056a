/** One encoded instance of a result. */
export interface EncodedResult {
  readonly sopClassUid: string
  readonly sopInstanceUid: string
  readonly seriesInstanceUid: string
  readonly bytes: Uint8Array
}
