import { parseAnswer, pluginsAnswer, systemAnswer } from './answers.ts'
import { readOnlyError } from './archive-error.ts'
import {
  type ArchiveHttp,
  type ArchiveHttpOptions,
  type CallOptions,
  openArchiveHttp,
} from './archive-http.ts'
import {
  type DescribedStudy,
  describeStudies,
  listSeriesDescriptions,
  resolveStudies,
} from './describe-studies.ts'
import { type FetchLimits, fetchSeries, type SeriesToFetch } from './fetch-series.ts'
import { type FoundStudy, findStudy, studiesOf } from './find-study.ts'
import {
  cancelTransfer,
  type ForwardTarget,
  readTransfer,
  startTransfer,
  type TransferState,
} from './forward-instance.ts'
import { type LabelChange, labelStudy } from './label-study.ts'
import {
  countStudies,
  findPatientStudies,
  type ListedStudy,
  listStudies,
  type StudyListQuery,
} from './list-studies.ts'
import { noteAnnouncement } from './note-announcement.ts'
import { requestJson } from './read-answer.ts'
import { readCatalogue, type StudyCatalogue } from './read-catalogue.ts'
import { type ChangesPage, findChangeBefore, readChanges } from './read-changes.ts'
import { requireDicomWeb } from './require-dicom-web.ts'
import {
  findInstance,
  readInstance,
  readUnpacked,
  renderInstance,
  type StoredInstance,
  storeInstance,
  verifyInstance,
} from './store-instance.ts'

export interface ArchiveOptions extends ArchiveHttpOptions {
  /** Path of DICOMweb below the base URL, such as /dicom-web. */
  readonly dicomWebRoot: string
}

export interface ArchiveStatus {
  /** Orthanc's version, such as 1.10.1. */
  readonly version: string
  readonly hasDicomWeb: boolean
}

/**
 * The PACS: everything this product requests from Orthanc. Every failure is a HippoError of the
 * step's usual stage, or of `stage` if the caller names one; the reason of an aborted signal is
 * thrown unchanged. Short transport failures are retried here; the queue handles longer ones.
 */
export interface Archive {
  /** Whether the archive responds, accepts our account and is not read-only. */
  ping(options?: CallOptions): Promise<ArchiveStatus>
  requireDicomWeb(options?: CallOptions): Promise<void>
  findStudy(orthancIdOrStudyInstanceUid: string, options?: CallOptions): Promise<FoundStudy>
  findPatientStudies(patientId: string, options?: CallOptions): Promise<readonly ListedStudy[]>
  listStudies(query: StudyListQuery, options?: CallOptions): Promise<readonly ListedStudy[]>
  countStudies(query: StudyListQuery, options?: CallOptions): Promise<number>
  resolveStudies(
    studyInstanceUids: readonly string[],
    options?: CallOptions,
  ): Promise<readonly DescribedStudy[]>
  describeStudies(
    orthancStudyIds: readonly string[],
    options?: CallOptions,
  ): Promise<readonly DescribedStudy[]>
  listSeriesDescriptions(orthancStudyId: string, options?: CallOptions): Promise<readonly string[]>
  readCatalogue(orthancStudyId: string, options?: CallOptions): Promise<StudyCatalogue>
  fetchSeries(series: SeriesToFetch, limits: FetchLimits): Promise<Uint8Array<ArrayBuffer>[]>
  storeInstance(file: Uint8Array, options?: CallOptions): Promise<StoredInstance>
  readInstance(
    orthancInstanceId: string,
    options?: CallOptions,
  ): Promise<Uint8Array<ArrayBuffer> | undefined>
  readUnpacked(
    orthancInstanceId: string,
    options?: CallOptions,
  ): Promise<Uint8Array<ArrayBuffer> | undefined>
  renderInstance(
    orthancInstanceId: string,
    options?: CallOptions,
  ): Promise<Uint8Array<ArrayBuffer> | undefined>
  findInstance(sopInstanceUid: string, options?: CallOptions): Promise<string | undefined>
  verifyInstance(orthancInstanceId: string, file: Uint8Array, options?: CallOptions): Promise<void>
  startTransfer(
    target: ForwardTarget,
    orthancInstanceId: string,
    options?: CallOptions,
  ): Promise<string>
  readTransfer(orthancJobId: string, options?: CallOptions): Promise<TransferState | undefined>
  cancelTransfer(orthancJobId: string, options?: CallOptions): Promise<void>
  readChanges(since: number, limit: number, options?: CallOptions): Promise<ChangesPage>
  findChangeBefore(time: number, options?: CallOptions): Promise<number>
  studiesOf(orthancIds: readonly string[], options?: CallOptions): Promise<readonly FoundStudy[]>
  labelStudy(orthancStudyId: string, change: LabelChange, options?: CallOptions): Promise<void>
  noteAnnouncement(orthancStudyId: string, jobId: string, options?: CallOptions): Promise<void>
  close(): Promise<void>
}

async function ping(
  http: ArchiveHttp,
  { signal, stage = 'catalogue' }: CallOptions = {},
): Promise<ArchiveStatus> {
  const [system, plugins] = await Promise.all([
    requestJson(http, { path: '/system', stage, signal }),
    requestJson(http, { path: '/plugins', stage, signal }),
  ])
  const { Version, ReadOnly } = parseAnswer(systemAnswer, system, stage)
  if (ReadOnly) throw readOnlyError({ stage })
  return {
    version: Version,
    hasDicomWeb: parseAnswer(pluginsAnswer, plugins, stage).includes('dicom-web'),
  }
}

/** Opens the connection pool; nothing is sent before the first call. close() it at the end. */
export function createArchive(options: ArchiveOptions): Archive {
  const http = openArchiveHttp(options)
  return {
    ping: (call) => ping(http, call),
    requireDicomWeb: (call) => requireDicomWeb(http, options.dicomWebRoot, call),
    findStudy: (id, call) => findStudy(http, id, call),
    findPatientStudies: (id, call) => findPatientStudies(http, options.dicomWebRoot, id, call),
    listStudies: (query, call) => listStudies(http, options.dicomWebRoot, query, call),
    countStudies: (query, call) => countStudies(http, query, call),
    resolveStudies: (uids, call) => resolveStudies(http, uids, call),
    describeStudies: (ids, call) => describeStudies(http, ids, call),
    listSeriesDescriptions: (id, call) => listSeriesDescriptions(http, id, call),
    readCatalogue: (id, call) => readCatalogue(http, id, call),
    fetchSeries: (series, limits) => fetchSeries(http, options.dicomWebRoot, series, limits),
    storeInstance: (file, call) => storeInstance(http, file, call),
    readInstance: (id, call) => readInstance(http, id, call),
    readUnpacked: (id, call) => readUnpacked(http, id, call),
    renderInstance: (id, call) => renderInstance(http, id, call),
    findInstance: (uid, call) => findInstance(http, uid, call),
    verifyInstance: (id, file, call) => verifyInstance(http, id, file, call),
    startTransfer: (target, id, call) => startTransfer(http, target, id, call),
    readTransfer: (id, call) => readTransfer(http, id, call),
    cancelTransfer: (id, call) => cancelTransfer(http, id, call),
    readChanges: (since, limit, call) => readChanges(http, since, limit, call),
    findChangeBefore: (time, call) => findChangeBefore(http, time, call),
    studiesOf: (ids, call) => studiesOf(http, ids, call),
    labelStudy: (id, change, call) => labelStudy(http, id, change, call),
    noteAnnouncement: (id, jobId, call) => noteAnnouncement(http, id, jobId, call),
    close: () => http.close(),
  }
}
