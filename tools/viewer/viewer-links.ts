/** URL under which OHIF opens a study, optionally on a given series. */
export function viewerLink(
  baseUrl: string,
  studyInstanceUid: string,
  seriesInstanceUid?: string,
): string {
  const link = new URL('/viewer', baseUrl)
  link.searchParams.set('StudyInstanceUIDs', studyInstanceUid)
  if (seriesInstanceUid !== undefined) {
    link.searchParams.set('initialSeriesInstanceUID', seriesInstanceUid)
  }
  return link.href
}
