import type { SeriesFacts } from '../../src/selection/series-facts.ts'

/** Facts of a good T1 series, changed as the test needs; only what is given beyond that is known. */
export function makeFacts(
  changes: Partial<SeriesFacts> & { readonly images?: number } = {},
): SeriesFacts {
  const { images = 40, ...rest } = changes
  return {
    seriesInstanceUid: `1.2.3.${rest.seriesNumber ?? 1}`,
    orthancSeriesId: undefined,
    seriesNumber: 1,
    seriesDescription: 'T1 MPRAGE',
    modality: 'MR',
    sopClassUid: '1.2.840.10008.5.1.4.1.1.4',
    imageType: ['ORIGINAL', 'PRIMARY', 'OTHER'],
    manufacturer: 'A vendor',
    manufacturerModelName: undefined,
    bodyPartExamined: undefined,
    protocolName: undefined,
    instances: Array.from({ length: images }, (_, i) => ({
      sopInstanceUid: `1.2.3.4.${i}`,
      orthancInstanceId: undefined,
      revision: '1',
    })),
    numberOfFrames: undefined,
    rows: 256,
    columns: 256,
    sliceThickness: 1,
    spacingBetweenSlices: undefined,
    pixelSpacing: [1, 1],
    mrAcquisitionType: '3D',
    scanningSequence: [],
    sequenceVariant: [],
    repetitionTime: undefined,
    echoTime: undefined,
    inversionTime: undefined,
    flipAngle: undefined,
    magneticFieldStrength: undefined,
    contrastBolusAgent: undefined,
    laterality: undefined,
    patientAge: undefined,
    patientSex: undefined,
    patientBirthDate: undefined,
    patientSize: undefined,
    patientWeight: undefined,
    studyDate: '20200119',
    studyTime: undefined,
    accessionNumber: undefined,
    studyDescription: undefined,
    isOwnResult: false,
    ...rest,
  }
}
