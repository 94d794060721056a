import type { ArchiveHttp, CallOptions } from './archive-http.ts'
import { requestShort } from './read-answer.ts'

/**
 * Writes `sent <job>` where the hook keeps its trace on a study (lua/on-stable-study.lua), in place of what
 * it says now. An Orthanc that checks revisions wants the ETag of what is overwritten, which Lua does not see.
 * A study without a trace gets none: the hook writes the first by itself.
 */
export async function noteAnnouncement(
  http: ArchiveHttp,
  orthancStudyId: string,
  jobId: string,
  { signal, stage = 'catalogue' }: CallOptions = {},
): Promise<void> {
  const path = `/studies/${encodeURIComponent(orthancStudyId)}/metadata/HippoHook`
  const request = { path, accept: '*/*', stage, signal }
  const present = await requestShort(http, request)
  if (present === undefined) return
  const body = `sent ${jobId}`
  await requestShort(http, { ...request, method: 'PUT', body, ifMatch: present.etag })
}
