import type { DicomAttributes } from './dicom-instance.ts'

/** A coded concept (PS3.3 8): value, scheme and meaning. */
export interface Code {
  readonly value: string
  readonly scheme: string
  readonly meaning: string
}

const code = (value: string, scheme: string, meaning: string): Code => ({ value, scheme, meaning })

/** The concepts this product writes, named once; the context group that asks for each beside it. */
export const codes = {
  /** CID 7202, purpose of SourceImageSequence. */
  sourceImageForProcessing: code('121322', 'DCM', 'Source image for image processing operation'),
  /** CID 7005, purpose of ContributingEquipmentSequence. */
  acquisitionEquipment: code('109101', 'DCM', 'Acquisition Equipment'),
  /** CID 7005. */
  processingEquipment: code('109102', 'DCM', 'Processing Equipment'),
} as const satisfies Record<string, Code>

/** One item of a code sequence (Code Sequence Macro, PS3.3 8.8). */
export function codeItem({ value, scheme, meaning }: Code): DicomAttributes {
  return { CodeValue: value, CodingSchemeDesignator: scheme, CodeMeaning: meaning }
}
