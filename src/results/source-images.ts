import { codeItem, codes } from '../dicom/codes.ts'
import { copyModules } from '../dicom/copy-modules.ts'
import type { DicomAttributes, DicomInstance } from '../dicom/dicom-instance.ts'
import type { ModuleTable } from '../dicom/module-tables.ts'
import { readString } from '../dicom/read-attributes.ts'

/** Source instances in an order that does not depend on how they were fetched. */
export function orderSources(sources: readonly DicomInstance[]): readonly DicomInstance[] {
  return sources.toSorted((one, other) => (one.sopInstanceUid < other.sopInstanceUid ? -1 : 1))
}

/**
 * Source Image Sequence (General Image, PS3.3 C.7.6.1.1.4): every source instance of the result.
 */
export function sourceImageSequence(
  sources: readonly Pick<DicomInstance, 'sopClassUid' | 'sopInstanceUid'>[],
): readonly DicomAttributes[] {
  return sources.map(({ sopClassUid, sopInstanceUid }) => ({
    ReferencedSOPClassUID: sopClassUid,
    ReferencedSOPInstanceUID: sopInstanceUid,
    PurposeOfReferenceCodeSequence: [codeItem(codes.sourceImageForProcessing)],
  }))
}

const lossyCompression: ModuleTable = {
  name: 'Lossy Image Compression',
  optional: false,
  type1: [],
  type2: [],
  type3: ['LossyImageCompressionRatio', 'LossyImageCompressionMethod'],
}

/** Lossy compression of the sources (C.7.6.1.1.5): lossy compression is recorded permanently. */
export function lossyImageCompression(sources: readonly DicomInstance[]): DicomAttributes {
  const lossy = sources.find(
    ({ dataset }) => readString(dataset, 'LossyImageCompression')?.trim() === '01',
  )
  if (lossy === undefined) return { LossyImageCompression: '00' }
  return { LossyImageCompression: '01', ...copyModules(lossy, [lossyCompression]).attributes }
}
