import { parsePart10 } from '../../src/dicom/part10.ts'
import { readString } from '../../src/dicom/read-attributes.ts'
import type { HippoError } from '../../src/errors.ts'
import type { ModelManifest } from '../../src/inference/model-manifest.ts'
import { SeriesRejection } from '../../src/measuring/series-rejection.ts'
import { seriesFactsOfFiles } from '../../src/offline/series-facts-of-files.ts'
import { composeRejection } from '../../src/pipeline/compose-rejection.ts'
import type { ResultInstance } from '../../src/pipeline/store-results.ts'

const noHead = new SeriesRejection('HEAD_NOT_FOUND', 'No head was recognised in the images.', [
  { check: 'HEAD_FOUND', verdict: 'rejected', sentence: 'No head was recognised in the images.' },
])

/** What the pipeline writes for a series that was looked at and not measured. */
export async function composeMadeUpRejection(
  files: readonly Uint8Array[],
  error: HippoError = noHead,
): Promise<readonly ResultInstance[]> {
  const instances = files.map((file) => parsePart10(file))
  const series = seriesFactsOfFiles(instances)
  const text = (keyword: string) => readString(instances[0]!.dataset, keyword) ?? ''
  const rejection = await composeRejection(
    {
      identity: {
        studyInstanceUid: text('StudyInstanceUID'),
        sourceSeriesInstanceUid: text('SeriesInstanceUID'),
        contentDigest: 'content',
        modelSha256: 'ab'.repeat(32),
        softwareVersion: '0.1.0',
        configDigest: 'c0ffee',
        runNumber: 0,
        analysedAt: new Date('2026-11-23T22:41:09Z'),
      },
      series,
      chosen: series[0]!,
      verdicts: [],
      manifest: {
        name: 'made-up-unet',
        version: '1.2.0',
        sha256: 'ab'.repeat(32),
      } as unknown as ModelManifest,
      software: { name: 'HippoVolume', version: '0.1.0' },
      drawIdentity: false,
      files,
      error,
    },
    async (_stage, step) => step(),
  )
  return rejection!.instances
}
