import { parsePart10 } from '../dicom/part10.ts'
import { requireString } from '../dicom/read-attributes.ts'
import { readSeriesFacts } from '../dicom/read-series-facts.ts'
import { toHippoError } from '../errors.ts'
import { isOwnResult } from '../selection/own-result.ts'
import type { SeriesFacts } from '../selection/series-facts.ts'

/** A study found among files: its series, and which files each is made of. */
export interface FileStudy {
  readonly studyInstanceUid: string
  readonly series: readonly SeriesFacts[]
  /** Paths by SeriesInstanceUID. */
  readonly files: ReadonlyMap<string, readonly string[]>
}

export interface FileCatalogue {
  readonly studies: readonly FileStudy[]
  /** Files that are not readable DICOM images, each with why. */
  readonly skipped: readonly { readonly path: string; readonly reason: string }[]
}

interface GrowingSeries {
  facts: SeriesFacts
  readonly paths: string[]
}

/**
 * Sorts DICOM files into studies and series by what is in them, one file in memory at a time. The same
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
      const [facts] = readSeriesFacts([instance], isOwnResult)
      addFile(studies, study, facts!, path)
    } catch (error) {
      skipped.push({ path, reason: toHippoError(error, 'decode').message })
    }
    onProgress(index + 1)
  }
  return {
    studies: [...studies].map(([studyInstanceUid, series]) => ({
      studyInstanceUid,
      series: [...series.values()].map(({ facts }) => facts),
      files: new Map([...series].map(([uid, { paths }]) => [uid, paths])),
    })),
    skipped,
  }
}

function addFile(
  studies: Map<string, Map<string, GrowingSeries>>,
  studyInstanceUid: string,
  facts: SeriesFacts,
  path: string,
): void {
  const series = studies.get(studyInstanceUid) ?? new Map<string, GrowingSeries>()
  studies.set(studyInstanceUid, series)
  const known = series.get(facts.seriesInstanceUid)
  if (known === undefined) {
    series.set(facts.seriesInstanceUid, { facts, paths: [path] })
    return
  }
  const [instance] = facts.instances
  const isSame = ({ sopInstanceUid, revision }: SeriesFacts['instances'][number]) =>
    sopInstanceUid === instance?.sopInstanceUid && revision === instance.revision
  if (known.facts.instances.some(isSame)) return
  known.facts = { ...known.facts, instances: [...known.facts.instances, ...facts.instances] }
  known.paths.push(path)
}
