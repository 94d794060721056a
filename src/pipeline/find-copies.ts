import type { Archive } from '../archive/archive.ts'
import { parsePart10 } from '../dicom/part10.ts'
import { isOfSeries } from '../history/is-of-series.ts'
import type { AnalysisOutcome, StoredResult } from '../outcome/outcome.ts'
import type { Job } from '../queue/job.ts'
import {
  type MeasurementDocument,
  readMeasurementDocument,
} from '../results/sr/read-measurement-document.ts'
import type { SeriesFacts } from '../selection/series-facts.ts'

/** Maximum number of reports read per study; an archive makes one copy at a time. */
const mostRead = 20

/** SOP Instance UIDs of everything that jobs of a study stored. */
function listKnown(jobs: readonly Job[]): ReadonlySet<string> {
  const outcomes = jobs.map(({ outcome }) => (outcome ?? {}) as Partial<AnalysisOutcome>)
  const stored = outcomes.flatMap(({ result }) => result?.stored ?? [])
  return new Set(stored.map(({ sopInstanceUid }) => sopInstanceUid))
}

function readQuietly(bytes: Uint8Array): MeasurementDocument | undefined {
  try {
    return readMeasurementDocument(parsePart10(bytes))
  } catch {
    return undefined // a damaged report is nobody's predecessor
  }
}

/**
 * Reports of this product in a study that describe images outside of it: an archive that modifies,
 * merges or anonymises a study with new UIDs copies our results, too. They represent an earlier
 * result of the same images, and the new one replaces them.
 */
export async function findCopies(
  series: readonly SeriesFacts[],
  jobs: readonly Job[],
  archive: Pick<Archive, 'readInstance'>,
  signal: AbortSignal,
): Promise<readonly StoredResult[]> {
  const known = listKnown(jobs)
  const unknown = series
    .filter(({ isOwnResult, modality }) => isOwnResult && modality === 'SR')
    .flatMap(({ seriesInstanceUid, instances }) =>
      instances.map((instance) => ({ seriesInstanceUid, ...instance })),
    )
    .filter(({ sopInstanceUid }) => !known.has(sopInstanceUid))
  const copies: StoredResult[] = []
  for (const { seriesInstanceUid, orthancInstanceId, sopInstanceUid } of unknown.slice(
    0,
    mostRead,
  )) {
    if (orthancInstanceId === undefined) continue
    const bytes = await archive.readInstance(orthancInstanceId, { signal, stage: 'catalogue' })
    const document = bytes && readQuietly(bytes)
    if (bytes === undefined || document === undefined || isOfSeries(document, series)) continue
    const { sopClassUid } = parsePart10(bytes)
    const names = { sopClassUid, sopInstanceUid, seriesInstanceUid, orthancInstanceId }
    copies.push({ role: 'measurements', ...names })
  }
  return copies
}
