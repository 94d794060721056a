import { makeUid } from '../dicom/uids.ts'
import type { ResultIdentity } from './result-identity.ts'

/** The kinds of results, each in a series of its own. */
export type ResultRole = 'sc'

/** UIDs of one result: equal identities give equal UIDs, whenever they are asked for. */
export interface ResultUids {
  readonly seriesInstanceUid: string
  readonly sopInstanceUid: string
}

/**
 * UIDs of a result from all that it is made from. The time of the analysis is no part of them: the
 * same work done again is the same result.
 */
export function makeResultUids(
  identity: Omit<ResultIdentity, 'analysedAt'>,
  role: ResultRole,
): ResultUids {
  const parts = [
    identity.studyInstanceUid,
    identity.sourceSeriesInstanceUid,
    identity.contentDigest,
    identity.modelSha256,
    identity.softwareVersion,
    identity.configDigest,
    identity.runNumber,
  ]
  return {
    seriesInstanceUid: makeUid(role, 'series', ...parts),
    sopInstanceUid: makeUid(role, 'instance', ...parts),
  }
}

/** UID of the device that a model is (0018,1002): it changes with every training. */
export function makeDeviceUid(modelSha256: string): string {
  return makeUid('device', modelSha256)
}
