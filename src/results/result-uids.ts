import { makeUid } from '../dicom/uids.ts'
import type { ResultIdentity } from './result-identity.ts'

/**
 * The kinds of results, each in its own series: Segmentation, SR, Secondary Capture, PDF, and the
 * Secondary Capture with the reason why a series was not measured. The second and third page,
 * `details` and `montage`, are in a separate series: viewers show the middle image of a series as
 * its thumbnail.
 */
export type ResultRole = 'seg' | 'sr' | 'sc' | 'details' | 'montage' | 'pdf' | 'rejection'

/** An identity without the time of the analysis: repeating the work gives the same result. */
export type TimelessIdentity = Omit<ResultIdentity, 'analysedAt'>

/** UIDs of one result: equal identities always give equal UIDs. */
export interface ResultUids {
  readonly seriesInstanceUid: string
  readonly sopInstanceUid: string
}

/** Everything that determines a result; all its UIDs are derived from it. */
function partsOf(identity: TimelessIdentity): readonly (string | number)[] {
  return [
    identity.studyInstanceUid,
    identity.sourceSeriesInstanceUid,
    identity.contentDigest,
    identity.modelSha256,
    identity.softwareVersion,
    identity.configDigest,
    identity.runNumber,
  ]
}

/** UIDs of the result of a role. */
export function makeResultUids(identity: TimelessIdentity, role: ResultRole): ResultUids {
  const parts = partsOf(identity)
  const seriesRole = role === 'montage' ? 'details' : role
  return {
    seriesInstanceUid: makeUid(seriesRole, 'series', ...parts),
    sopInstanceUid: makeUid(role, 'instance', ...parts),
  }
}

/** Tracking UID (0062,0021) of a structure, the same in segmentation and report. */
export function makeTrackingUid(identity: TimelessIdentity, trackingId: string): string {
  return makeUid('tracking', trackingId, ...partsOf(identity))
}

/** Dimension Organization UID of a segmentation. */
export function makeDimensionUid(identity: TimelessIdentity): string {
  return makeUid('dimension', ...partsOf(identity))
}

/** Frame of Reference UID for a source series that states none: always the same for the series. */
export function makeFrameOfReferenceUid(sourceSeriesInstanceUid: string): string {
  return makeUid('frame-of-reference', sourceSeriesInstanceUid)
}

/** UID of the model as a device (0018,1002): it changes with every training. */
export function makeDeviceUid(modelSha256: string): string {
  return makeUid('device', modelSha256)
}
