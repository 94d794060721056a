import { readFromTags } from '../../src/archive/tags-source.ts'
import { readSeriesFacts, type SeriesFacts } from '../../src/selection/series-facts.ts'

/** Facts of a good T1 series, changed as the test needs; only what is given beyond that is known. */
export function makeFacts(
  changes: Partial<SeriesFacts> & { readonly images?: number } = {},
): SeriesFacts {
  const { images = 40, ...rest } = changes
  const source = readFromTags({
    SeriesNumber: '1',
    SeriesDescription: 'T1 MPRAGE',
    Modality: 'MR',
    SOPClassUID: '1.2.840.10008.5.1.4.1.1.4',
    ImageType: 'ORIGINAL\\PRIMARY\\OTHER',
    Manufacturer: 'A vendor',
    Rows: '256',
    Columns: '256',
    SliceThickness: '1',
    PixelSpacing: '1\\1',
    MRAcquisitionType: '3D',
    StudyDate: '20200119',
  })
  const facts = readSeriesFacts(source, {
    seriesInstanceUid: `1.2.3.${rest.seriesNumber ?? 1}`,
    orthancSeriesId: undefined,
    instances: Array.from({ length: images }, (_, i) => ({
      sopInstanceUid: `1.2.3.4.${i}`,
      orthancInstanceId: undefined,
      revision: '1',
    })),
  })
  return { ...facts, ...rest }
}

/** How a Siemens MPRAGE is acquired; times in ms, the angle in degrees. */
export const mprageFacts = {
  scanningSequence: ['GR', 'IR'],
  sequenceVariant: ['SP', 'MP'],
  repetitionTime: 2300,
  echoTime: 2.98,
  inversionTime: 900,
  flipAngle: 9,
} as const
