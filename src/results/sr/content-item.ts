import { type Code, codeItem } from '../../dicom/codes.ts'
import type { DicomAttributes } from '../../dicom/dicom-instance.ts'
import { formatDecimal } from '../../dicom/value-checks.ts'

/** How an item relates to the one above it (PS3.3 C.17.3.2.4). */
export type Relationship =
  | 'CONTAINS'
  | 'HAS CONCEPT MOD'
  | 'HAS OBS CONTEXT'
  | 'HAS ACQ CONTEXT'
  | 'HAS PROPERTIES'
  | 'INFERRED FROM'

/** One item of the content tree of an SR document with its children. */
export type ContentItem = DicomAttributes

/** A referenced image, a frame of it, or segments of a segmentation. */
export interface ImageReference {
  readonly sopClassUid: string
  readonly sopInstanceUid: string
  readonly frameNumber?: number | undefined
  readonly segmentNumber?: number | readonly number[]
}

function makeItem(
  relationship: Relationship | undefined,
  valueType: string,
  concept: Code,
  value: DicomAttributes,
  children: readonly ContentItem[],
): ContentItem {
  return {
    ...(relationship === undefined ? {} : { RelationshipType: relationship }),
    ValueType: valueType,
    ConceptNameCodeSequence: [codeItem(concept)],
    ...value,
    ...(children.length === 0 ? {} : { ContentSequence: children }),
  }
}

/**
 * A heading. `templateId` names the template of PS3.16 that its content follows; without a
 * relationship it is the root of the document.
 */
export function containerItem(
  relationship: Relationship | undefined,
  concept: Code,
  children: readonly ContentItem[],
  templateId?: string,
): ContentItem {
  const template =
    templateId === undefined
      ? {}
      : {
          ContentTemplateSequence: [{ MappingResource: 'DCMR', TemplateIdentifier: templateId }],
        }
  const value = { ContinuityOfContent: 'SEPARATE', ...template }
  return makeItem(relationship, 'CONTAINER', concept, value, children)
}

/** A coded value. */
export function codeContentItem(
  relationship: Relationship,
  concept: Code,
  answer: Code,
  children: readonly ContentItem[] = [],
): ContentItem {
  const value = { ConceptCodeSequence: [codeItem(answer)] }
  return makeItem(relationship, 'CODE', concept, value, children)
}

/** A text. */
export function textItem(
  relationship: Relationship,
  concept: Code,
  text: string,
  children: readonly ContentItem[] = [],
): ContentItem {
  return makeItem(relationship, 'TEXT', concept, { TextValue: text }, children)
}

/** A person by name (PN). */
export function personItem(relationship: Relationship, concept: Code, name: string): ContentItem {
  return makeItem(relationship, 'PNAME', concept, { PersonName: name }, [])
}

/** A unique identifier. */
export function uidReferenceItem(
  relationship: Relationship,
  concept: Code,
  uid: string,
): ContentItem {
  return makeItem(relationship, 'UIDREF', concept, { UID: uid }, [])
}

/** A number with its unit. */
export function numberItem(
  relationship: Relationship,
  concept: Code,
  number: number,
  unit: Code,
  children: readonly ContentItem[] = [],
): ContentItem {
  const measured = {
    NumericValue: formatDecimal(number),
    MeasurementUnitsCodeSequence: [codeItem(unit)],
  }
  return makeItem(relationship, 'NUM', concept, { MeasuredValueSequence: [measured] }, children)
}

/** A reference to an image, to a frame of it or to segments. */
export function imageItem(
  relationship: Relationship,
  concept: Code,
  { sopClassUid, sopInstanceUid, frameNumber, segmentNumber }: ImageReference,
): ContentItem {
  const reference = {
    ReferencedSOPClassUID: sopClassUid,
    ReferencedSOPInstanceUID: sopInstanceUid,
    ...(frameNumber === undefined ? {} : { ReferencedFrameNumber: frameNumber }),
    ...(segmentNumber === undefined ? {} : { ReferencedSegmentNumber: segmentNumber }),
  }
  return makeItem(relationship, 'IMAGE', concept, { ReferencedSOPSequence: [reference] }, [])
}
