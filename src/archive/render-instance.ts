import type { ArchiveHttp, CallOptions } from './archive-http.ts'
import { readWhole } from './read-answer.ts'

/**
 * A stored page as PNG, drawn by the archive with the pixels as they are (Orthanc's preview of an RGB
 * image); undefined where the archive no longer holds it.
 */
export async function renderInstance(
  http: ArchiveHttp,
  orthancInstanceId: string,
  { signal, stage = 'catalogue' }: CallOptions = {},
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const path = `/instances/${encodeURIComponent(orthancInstanceId)}/preview`
  return http.exchange({ path, accept: 'image/png', stage, signal }, (body) => readWhole(body))
}
