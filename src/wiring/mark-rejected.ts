import type { Archive } from '../archive/archive.ts'
import { parsePart10 } from '../dicom/part10.ts'
import { readString } from '../dicom/read-attributes.ts'
import { HippoError } from '../errors.ts'
import type { AnswerOptions } from '../http/answer-route.ts'
import { outcomeOf } from '../outcome/outcome.ts'
import { buildRejectionNote } from '../results/rejection-note.ts'
import { software } from '../software.ts'

/**
 * Marks rejected results in the archive with a Key Object Selection. Throws FORWARD_RESULT_MISSING
 * if the archive no longer has the result, or like storing.
 */
export function markRejectedIn(
  archive: Pick<Archive, 'readInstance' | 'storeInstance' | 'verifyInstance'>,
): AnswerOptions['markRejected'] {
  return async (job, { reason = '', reader, by, at }) => {
    const result = outcomeOf(job)?.result
    const report = result?.stored.find(({ role }) => role === 'measurements')
    const bytes = report && (await archive.readInstance(report.orthancInstanceId))
    if (result === undefined || bytes === undefined) {
      throw new HippoError('NOT_FOUND', 'This result is no longer in the archive.')
    }
    const document = parsePart10(bytes)
    const note = buildRejectionNote({
      ...{ document, software, reason },
      model: result.model,
      studyInstanceUid: job.studyInstanceUid,
      rejected: result.stored,
      reader: reader ?? by,
      rejectedAt: new Date(at),
      timezoneOffset: readString(document.dataset, 'TimezoneOffsetFromUTC'),
    })
    const { orthancInstanceId, alreadyStored } = await archive.storeInstance(note.bytes)
    if (!alreadyStored) await archive.verifyInstance(orthancInstanceId, note.bytes)
  }
}
