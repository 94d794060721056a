import { HippoError } from '../errors.ts'
import type { ArchiveHttp, CallOptions } from './archive-http.ts'
import { readWhole } from './read-answer.ts'

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
  const limit = {
    maximumBytes: 4_096,
    tooLarge: new HippoError('ARCHIVE_ANSWER_INVALID', 'The trace of the hook is too long.', {
      stage,
    }),
  }
  const request = { path, accept: '*/*', stage, signal }
  const etag = await http.exchange(request, async (body, headers) => {
    await readWhole(body, limit)
    return headers.etag
  })
  if (etag === undefined) return
  await http.exchange({ ...request, method: 'PUT', body: `sent ${jobId}`, ifMatch: etag }, (body) =>
    readWhole(body, limit),
  )
}
