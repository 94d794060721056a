import type { DicomInstance } from '../dicom/part10.ts'
import { hasAttribute, readNumber } from '../dicom/read-attributes.ts'
import { HippoError } from '../errors.ts'

/**
 * An error about an attribute that an image lacks, with how many images of the series lack it: one
 * odd object among good images is different from a series without it. Other errors are unchanged.
 */
export function nameLacking(
  error: unknown,
  instance: DicomInstance,
  all: readonly DicomInstance[],
): unknown {
  if (!(error instanceof HippoError) || error.code !== 'ATTRIBUTE_MISSING') return error
  const attribute = error.details?.attribute
  if (typeof attribute !== 'string' || hasAttribute(instance.dataset, attribute)) return error
  const lacking = all.filter(({ dataset }) => !hasAttribute(dataset, attribute)).length
  if (lacking === all.length) return error
  const number = readNumber(instance.dataset, 'InstanceNumber')
  const which = number === undefined ? instance.sopInstanceUid : `instance number ${number}`
  const verb = lacking === 1 ? 'has' : 'have'
  return new HippoError(
    'ATTRIBUTE_MISSING',
    `${lacking} of the ${all.length} images of the series ${verb} no ${attribute}, the first of them ${which}; the others have it.`,
    { details: { attribute, lacking, images: all.length } },
  )
}
