import { type CopiedModules, copyModules } from '../dicom/copy-modules.ts'
import type { DicomAttributes, DicomInstance } from '../dicom/dicom-instance.ts'
import { readString } from '../dicom/read-attributes.ts'
import { writePart10 } from '../dicom/write-part10.ts'
import { generalEquipmentModule, type ResultMakers, sopCommonModule } from './common-modules.ts'
import type { EncodedResult } from './encoded-result.ts'
import type { ResultIdentity } from './result-identity.ts'
import { findOffset, formatResultTime, type ResultTime } from './result-time.ts'
import { makeResultUids, type ResultRole, type ResultUids } from './result-uids.ts'
import { orderSources } from './source-images.ts'

/** Inputs of every result. */
export interface ResultInput extends ResultMakers {
  readonly identity: ResultIdentity
  /** All instances of the measured series, at least one, in any order. */
  readonly sources: readonly DicomInstance[]
  /** IANA name of the site's time zone, which applies to sources without a stated offset. */
  readonly timeZone?: string | undefined
}

/** The common part of all results. */
export interface ResultStart {
  /** In an order independent of how they were fetched. */
  readonly sources: readonly DicomInstance[]
  readonly uids: ResultUids
  readonly time: ResultTime
  /** Encodes the result; `attributes` are its modules without the common ones. */
  encode(sopClassUid: string, attributes: DicomAttributes): EncodedResult
}

/** The day of the study, which determines daylight saving time. */
function findStudyMoment({ dataset }: DicomInstance): Date | undefined {
  const date = /^(\d{4})(\d\d)(\d\d)$/.exec(readString(dataset, 'StudyDate')?.trim() ?? '')
  if (date === null) return undefined
  const moment = new Date(`${date.slice(1).join('-')}T12:00:00Z`)
  return Number.isNaN(moment.getTime()) ? undefined : moment
}

/**
 * Starts a result in the study and of the patient of its sources (Patient, Study and Clinical Trial
 * modules copied), made by this product (General Equipment, SOP Common), with the UIDs of its role.
 * Equal input gives equal bytes. Throws ATTRIBUTE_MISSING for a source without StudyInstanceUID;
 * encoding throws DICOM_WRITE_REFUSED if a value cannot be written without loss.
 */
export function startResult(input: ResultInput, role: ResultRole): ResultStart {
  const { identity } = input
  const sources = orderSources(input.sources)
  const first = sources[0]!
  const time = formatResultTime(
    identity.analysedAt,
    readString(first.dataset, 'TimezoneOffsetFromUTC') ??
      findOffset(input.timeZone, findStudyMoment(first) ?? identity.analysedAt),
  )
  const uids = makeResultUids(identity, role)
  const { attributes: patientAndStudy, inherited }: CopiedModules = copyModules(first)
  return {
    sources,
    uids,
    time,
    encode(sopClassUid, attributes) {
      const bytes = writePart10(
        {
          ...patientAndStudy,
          ...generalEquipmentModule(input),
          ...sopCommonModule(first, input, time),
          ...attributes,
        },
        { sopClassUid, sopInstanceUid: uids.sopInstanceUid, inherited },
      )
      return { sopClassUid, ...uids, bytes }
    },
  }
}
