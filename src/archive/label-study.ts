import { labelsAnswer, parseAnswer } from './answers.ts'
import type { ArchiveHttp, CallOptions } from './archive-http.ts'
import { requestJson, requestShort } from './read-answer.ts'

/** Labels that a study is to have, and those it is to lose; others stay as they are. */
export interface LabelChange {
  readonly add: readonly string[]
  readonly remove: readonly string[]
}

/**
 * Changes the labels of a study, where they differ from what is wanted. Orthanc has labels since 1.12.0; an
 * older one, and one without the study, is left alone. Orthanc counts labels neither as a change of the study
 * nor as an update, so that they lead to no new event.
 */
export async function labelStudy(
  http: ArchiveHttp,
  orthancStudyId: string,
  { add, remove }: LabelChange,
  { signal, stage = 'store' }: CallOptions = {},
): Promise<void> {
  const path = `/studies/${encodeURIComponent(orthancStudyId)}/labels`
  const answer = await requestJson(http, { path, stage, signal })
  if (answer === undefined) return
  const present = parseAnswer(labelsAnswer, answer, stage)
  const change = (method: 'PUT' | 'DELETE', label: string) =>
    requestShort(http, {
      method,
      path: `${path}/${encodeURIComponent(label)}`,
      accept: '*/*',
      stage,
      signal,
    })
  for (const label of add) if (!present.includes(label)) await change('PUT', label)
  for (const label of remove) if (present.includes(label)) await change('DELETE', label)
}
