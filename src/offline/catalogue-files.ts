import { parsePart10 } from '../dicom/part10.ts'
import { requireString } from '../dicom/read-attributes.ts'
import { toHippoError } from '../errors.ts'
import { isScreenPicture } from '../selection/screen-picture.ts'
import type { SeriesFacts } from '../selection/series-facts.ts'
import { seriesFactsOfFiles } from './series-facts-of-files.ts'

/** A study found among files: its series and their files. */
export interface FileStudy {
  readonly studyInstanceUid: string
  readonly series: readonly SeriesFacts[]
  /** Paths by SeriesInstanceUID. */
  readonly files: ReadonlyMap<string, readonly string[]>
}

export interface FileCatalogue {
  readonly studies: readonly FileStudy[]
  /** Files that are not readable DICOM images, each with the reason. */
  readonly skipped: readonly { readonly path: string; readonly reason: string }[]
}

type Reference = SeriesFacts['instances'][number]

interface GrowingSeries {
  /** Facts from its first file, with only that file's instance. */
  facts: SeriesFacts
  readonly members: { readonly instance: Reference; readonly path: string }[]
}

/** The order in which an archive lists them, so that both give the same facts of a series. */
function compareInstances(a: Reference, b: Reference): number {
  const byNumber = (a.instanceNumber ?? 0) - (b.instanceNumber ?? 0)
  return byNumber || (a.sopInstanceUid < b.sopInstanceUid ? -1 : 1)
}

/** For several multi-frame instances an archive gives only the positions of the first. */
function listInstance({ instance }: { readonly instance: Reference }, index: number): Reference {
  const { imagePositions, ...others } = instance
  return index > 0 && (imagePositions?.length ?? 0) > 1 ? others : instance
}

function completeSeries({ facts, members }: GrowingSeries) {
  const sorted = members.toSorted((a, b) => compareInstances(a.instance, b.instance))
  return {
    facts: { ...facts, instances: sorted.map(listInstance) },
    paths: sorted.map(({ path }) => path),
  }
}

/**
 * Sorts DICOM files into studies and series by content, one file in memory at a time. The same
 * instance in two files counts once.
 */
export async function catalogueFiles(
  paths: readonly string[],
  readFile: (path: string) => Promise<Uint8Array>,
  onProgress: (done: number) => void,
): Promise<FileCatalogue> {
  const studies = new Map<string, Map<string, GrowingSeries>>()
  const skipped: { path: string; reason: string }[] = []
  for (const [index, path] of paths.entries()) {
    try {
      const instance = parsePart10(await readFile(path))
      const study = requireString(instance.dataset, 'StudyInstanceUID')
      const [facts] = seriesFactsOfFiles([instance])
      addFile(studies, study, facts!, path)
    } catch (error) {
      skipped.push({ path, reason: toHippoError(error, 'decode').message })
    }
    onProgress(index + 1)
  }
  return {
    studies: [...studies].map(([studyInstanceUid, growing]) => {
      const series = [...growing.values()].map(completeSeries)
      return {
        studyInstanceUid,
        series: series.map(({ facts }) => facts),
        files: new Map(series.map(({ facts, paths }) => [facts.seriesInstanceUid, paths])),
      }
    }),
    skipped,
  }
}

const isPicture = (facts: SeriesFacts) =>
  isScreenPicture(facts, facts.instances[0]?.imagePositions !== undefined)

function addFile(
  studies: Map<string, Map<string, GrowingSeries>>,
  studyInstanceUid: string,
  facts: SeriesFacts,
  path: string,
): void {
  const series = studies.get(studyInstanceUid) ?? new Map<string, GrowingSeries>()
  studies.set(studyInstanceUid, series)
  const known = series.get(facts.seriesInstanceUid)
  const instance = facts.instances[0]!
  if (known === undefined) {
    series.set(facts.seriesInstanceUid, { facts, members: [{ instance, path }] })
    return
  }
  const isSame = ({ sopInstanceUid, revision }: Reference) =>
    sopInstanceUid === instance.sopInstanceUid && revision === instance.revision
  if (known.members.some((member) => isSame(member.instance))) return
  known.members.push({ instance, path })
  // A screen capture does not represent the series.
  const [isNow, wasBefore] = [isPicture(facts), isPicture(known.facts)]
  const isEarlier = compareInstances(instance, known.facts.instances[0]!) < 0
  if (isNow === wasBefore ? isEarlier : wasBefore) known.facts = facts
}
