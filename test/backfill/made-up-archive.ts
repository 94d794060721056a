import { createHash } from 'node:crypto'
import type { DescribedStudy } from '../../src/archive/describe-studies.ts'
import type { StudyListQuery } from '../../src/archive/list-studies.ts'
import type { DriveOptions } from '../../src/backfill/drive-backfill.ts'

export interface MadeUpStudy {
  readonly uid: string
  readonly day?: string
  readonly patientId?: string
  readonly description?: string
  readonly series?: readonly string[]
  readonly isStable?: boolean
}

/** Orthanc's identifier of a made-up study. */
export function orthancIdOf(uid: string): string {
  return createHash('sha1')
    .update(uid)
    .digest('hex')
    .replaceAll(/(.{8})(?!$)/g, '$1-')
}

/** An archive that holds the given studies; `before` may wait or throw on each call. */
export function makeUpArchive(
  studies: readonly MadeUpStudy[],
  before: (call: 'list' | 'count' | 'resolve' | 'series') => void | Promise<void> = () => {},
): DriveOptions['archive'] & { readonly lists: StudyListQuery[] } {
  const lists: StudyListQuery[] = []
  const find = ({ from, to, patientId, limit }: StudyListQuery) =>
    studies
      .filter(
        ({ day = '' }) => (from === undefined || day >= from) && (to === undefined || day <= to),
      )
      .filter((study) => patientId === undefined || study.patientId === patientId)
      .slice(0, limit)
  return {
    lists,
    async listStudies(query) {
      await before('list')
      lists.push(query)
      return find(query).map(({ uid, day }) => ({ studyInstanceUid: uid, studyDate: day }))
    },
    async countStudies(query) {
      await before('count')
      return find(query).length
    },
    async resolveStudies(uids) {
      await before('resolve')
      return studies
        .filter(({ uid }) => uids.includes(uid))
        .map(
          (study): DescribedStudy => ({
            orthancStudyId: orthancIdOf(study.uid),
            studyInstanceUid: study.uid,
            isStable: study.isStable ?? true,
            studyDate: study.day,
            studyDescription: study.description,
            patientId: study.patientId,
            patientBirthDate: undefined,
            patientSex: undefined,
          }),
        )
    },
    async listSeriesDescriptions(orthancStudyId) {
      await before('series')
      return studies.find(({ uid }) => orthancIdOf(uid) === orthancStudyId)?.series ?? []
    },
  }
}
