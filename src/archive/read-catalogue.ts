import { HippoError, type Stage } from '../errors.ts'
import { isOwnResult } from '../selection/own-result.ts'
import { isScreenPicture } from '../selection/screen-picture.ts'
import {
  readImagePositions,
  readSeriesFacts,
  type SeriesFacts,
  type SourceInstanceReference,
} from '../selection/series-facts.ts'
import {
  type InstanceAnswer,
  instanceListAnswer,
  parseAnswer,
  seriesListAnswer,
  tagsAnswer,
} from './answers.ts'
import type { ArchiveHttp, CallOptions } from './archive-http.ts'
import { type FoundStudy, readStudy, toFoundStudy } from './find-study.ts'
import { mapConcurrently } from './map-concurrently.ts'
import { requestJson } from './read-answer.ts'
import { readFromTags, type SimplifiedTags } from './tags-source.ts'

/**
 * Everything the archive lists about a study: its series with all their instances, without pixels.
 */
export interface StudyCatalogue {
  readonly study: FoundStudy
  readonly studyDate: string | undefined
  readonly studyTime: string | undefined
  readonly studyDescription: string | undefined
  readonly accessionNumber: string | undefined
  /** Of the patient the archive files the study under. */
  readonly patientId: string | undefined
  readonly series: readonly SeriesFacts[]
}

const tagsAtOnce = 8

/** Identifying attributes of an instance, with the values in the archive's own lists. */
type Listed = Readonly<
  Record<
    'PatientID' | 'StudyInstanceUID' | 'SeriesInstanceUID' | 'SOPInstanceUID',
    string | undefined
  >
>

/**
 * Throws ARCHIVE_ANSWER_INVALID if the tags belong to a different instance, series, study or
 * patient than requested: a cache in between may have mixed up responses.
 */
function requireListed(tags: SimplifiedTags, listed: Listed, stage: Stage): void {
  const differing = Object.entries(listed).find(([keyword, expected]) => {
    const given = tags[keyword]
    return typeof given === 'string' && given.trim() !== (expected ?? '')
  })
  if (differing === undefined) return
  throw new HippoError(
    'ARCHIVE_ANSWER_INVALID',
    'The archive described a different image from the requested one. The request will be retried.',
    { stage, details: { attribute: differing[0] } },
  )
}

function compareInstances(a: InstanceAnswer, b: InstanceAnswer): number {
  const [first, second] = [a.MainDicomTags.SOPInstanceUID, b.MainDicomTags.SOPInstanceUID]
  const byIndex = (a.IndexInSeries ?? 0) - (b.IndexInSeries ?? 0)
  return byIndex || (first < second ? -1 : first > second ? 1 : 0)
}

/** By SeriesNumber, those without one first: Orthanc lists series in another order from version to version. */
function compareSeries(a: SeriesFacts, b: SeriesFacts): number {
  const byNumber = (a.seriesNumber ?? -1) - (b.seriesNumber ?? -1)
  return byNumber || (a.seriesInstanceUid < b.seriesInstanceUid ? -1 : 1)
}

function readWhole(text: string | undefined): number | undefined {
  const value = text?.trim() ? Number(text) : Number.NaN
  return Number.isFinite(value) ? value : undefined
}

function listInstance({ ID, FileUuid, MainDicomTags }: InstanceAnswer): SourceInstanceReference {
  return {
    sopInstanceUid: MainDicomTags.SOPInstanceUID,
    orthancInstanceId: ID,
    revision: FileUuid,
    instanceNumber: readWhole(MainDicomTags.InstanceNumber),
    imagePositions: readImagePositions(readFromTags(MainDicomTags)),
  }
}

/**
 * The listed instances; the one of these tags gets the positions of its frames if it has several.
 */
function placeFrames(
  instances: readonly SourceInstanceReference[],
  { ID }: InstanceAnswer,
  tags: SimplifiedTags,
): readonly SourceInstanceReference[] {
  const source = readFromTags(tags)
  const isMultiFrame = source.items('PerFrameFunctionalGroupsSequence').length > 0
  const imagePositions = isMultiFrame ? readImagePositions(source) : undefined
  if (imagePositions === undefined) return instances
  return instances.map((one) => (one.orthancInstanceId === ID ? { ...one, imagePositions } : one))
}

/** Maximum number of instances whose tags are read to find one that is not a screen capture. */
const mostAsked = 8

/**
 * The instances in the order in which they may represent the series: those with a position first.
 */
function orderSpokesmen(members: readonly InstanceAnswer[]): readonly InstanceAnswer[] {
  const [first, ...others] = members
  const isPlaced = ({ MainDicomTags }: InstanceAnswer) =>
    Boolean(MainDicomTags.ImagePositionPatient)
  const rest = [...others.filter(isPlaced), ...others.filter((one) => !isPlaced(one))]
  return [first!, ...rest].slice(0, mostAsked)
}

function isPicture(tags: SimplifiedTags): boolean {
  const source = readFromTags(tags)
  const facts = { sopClassUid: source.text('SOPClassUID'), imageType: source.texts('ImageType') }
  return isScreenPicture(facts, readImagePositions(source) !== undefined)
}

/**
 * Lists a study in three requests and one more per series of others; for our own results it
 * contains only what Orthanc lists of a series. The revision of an instance is the name of its
 * stored file (FileUuid): Orthanc gives a new one whenever the instance is replaced. Throws
 * STUDY_NOT_FOUND, STUDY_EMPTY, and ARCHIVE_FAILED when a series vanished while it was read.
 */
export async function readCatalogue(
  http: ArchiveHttp,
  orthancStudyId: string,
  { signal, stage = 'catalogue' }: CallOptions = {},
): Promise<StudyCatalogue> {
  const study = await readStudy(http, orthancStudyId, { signal, stage })
  const path = `/studies/${encodeURIComponent(orthancStudyId)}`
  const [seriesList, instanceList] = await Promise.all([
    requestJson(http, { path: `${path}/series?expand`, stage, signal }),
    requestJson(http, { path: `${path}/instances?expand`, stage, signal }),
  ])
  if (seriesList === undefined || instanceList === undefined) {
    throw new HippoError('STUDY_NOT_FOUND', 'The study was deleted while it was read.', { stage })
  }
  const instances = parseAnswer(instanceListAnswer, instanceList, stage)
  if (instances.length === 0) {
    throw new HippoError('STUDY_EMPTY', 'The study contains no instances.', { stage })
  }
  const bySeries = Map.groupBy(instances, (instance) => instance.ParentSeries)
  // A series without listed instances arrived between the requests: the next check will see it.
  const listed = parseAnswer(seriesListAnswer, seriesList, stage).filter(({ ID }) =>
    bySeries.has(ID),
  )

  const patientId = study.PatientMainDicomTags?.PatientID?.trim() || undefined
  const readTags = async ({ ID }: InstanceAnswer): Promise<SimplifiedTags> => {
    const tags = await requestJson(http, {
      path: `/instances/${encodeURIComponent(ID)}/simplified-tags`,
      stage,
      signal,
    })
    if (tags === undefined) {
      await readStudy(http, orthancStudyId, { signal, stage })
      const message = 'The study changed while it was read.'
      throw new HippoError('ARCHIVE_FAILED', message, { stage, details: { status: 404 } })
    }
    return parseAnswer(tagsAnswer, tags, stage)
  }
  const series = await mapConcurrently(listed, tagsAtOnce, async ({ ID, MainDicomTags }) => {
    const members = bySeries.get(ID)!.toSorted(compareInstances)
    // Our own results are recognised by Orthanc's listing; the tags of a segmentation are megabytes
    // of frames.
    const isOwn = isOwnResult(MainDicomTags.Manufacturer)
    const describe = (member: InstanceAnswer, tags: SimplifiedTags) => {
      requireListed(
        tags,
        {
          PatientID: patientId,
          StudyInstanceUID: study.MainDicomTags.StudyInstanceUID,
          SeriesInstanceUID: MainDicomTags.SeriesInstanceUID,
          SOPInstanceUID: member.MainDicomTags.SOPInstanceUID,
        },
        stage,
      )
      return readSeriesFacts(readFromTags(tags), {
        seriesInstanceUid: MainDicomTags.SeriesInstanceUID,
        orthancSeriesId: ID,
        instances: placeFrames(members.map(listInstance), member, tags),
      })
    }
    if (isOwn) return describe(members[0]!, MainDicomTags)
    let first: SeriesFacts | undefined
    // A screen capture does not represent the series unless there is nothing else.
    for (const member of orderSpokesmen(members)) {
      const tags = await readTags(member)
      const facts = describe(member, tags)
      if (!isPicture(tags)) return facts
      first ??= facts
    }
    return first!
  })
  const { StudyDate, StudyTime, StudyDescription, AccessionNumber } = study.MainDicomTags
  return {
    study: toFoundStudy(study),
    studyDate: StudyDate || undefined,
    studyTime: StudyTime || undefined,
    studyDescription: StudyDescription || undefined,
    accessionNumber: AccessionNumber || undefined,
    patientId,
    series: series.toSorted(compareSeries),
  }
}
