import { createHash } from 'node:crypto'
import { readFromDataset } from '../dicom/dataset-source.ts'
import type { DicomInstance } from '../dicom/dicom-instance.ts'
import { requireString } from '../dicom/read-attributes.ts'
import { readImagePositions, readSeriesFacts, type SeriesFacts } from '../selection/series-facts.ts'

/**
 * Facts about the series of files, one entry per series in order of first appearance; values come
 * from its first instance. An instance's revision is the SHA-256 of its bytes.
 *
 * Throws ATTRIBUTE_MISSING without SeriesInstanceUID.
 */
export function seriesFactsOfFiles(instances: readonly DicomInstance[]): readonly SeriesFacts[] {
  const series = Map.groupBy(instances, ({ dataset }) =>
    requireString(dataset, 'SeriesInstanceUID'),
  )
  return [...series].map(([seriesInstanceUid, members]) =>
    readSeriesFacts(readFromDataset(members[0]!.dataset), {
      seriesInstanceUid,
      orthancSeriesId: undefined,
      instances: members.map(listInstance),
    }),
  )
}

function listInstance({ sopInstanceUid, bytes, dataset }: DicomInstance) {
  const source = readFromDataset(dataset)
  return {
    sopInstanceUid,
    orthancInstanceId: undefined,
    revision: createHash('sha256').update(bytes).digest('hex'),
    instanceNumber: source.numbers('InstanceNumber')[0],
    imagePositions: readImagePositions(source),
  }
}
