import { codes } from '../dicom/codes.ts'
import { concept } from './codings.ts'
import type { FhirInput } from './fhir-input.ts'
import { orderReferences, studyIdentifier, subjectReference } from './identifiers.ts'
import { type BundleEntry, effectiveTime, entryOf } from './resource-common.ts'

/** The study that was measured, with the series the volumes come from. */
export function imagingStudy(input: FhirInput): BundleEntry {
  const { seriesInstanceUid, studyInstanceUid } = input
  const [modality] = concept(codes.magneticResonance).coding!
  const basedOn = orderReferences(input)
  const { effectiveDateTime: started } = effectiveTime(input.scannedAt)
  return entryOf(input, 'imaging study', {
    resourceType: 'ImagingStudy',
    identifier: [studyIdentifier(studyInstanceUid)],
    status: 'available',
    modality: [modality],
    subject: subjectReference(input),
    ...(started !== undefined && { started }),
    ...(basedOn.length > 0 && { basedOn }),
    ...(seriesInstanceUid !== undefined && { series: [{ uid: seriesInstanceUid, modality }] }),
  })
}
