import type { DicomInstance } from '../dicom/dicom-instance.ts'
import { readString } from '../dicom/read-attributes.ts'

/**
 * The start of the analysis stated by an instance of ours, read from ContentDate, ContentTime and
 * TimezoneOffsetFromUTC as result-time.ts wrote them. Undefined when they cannot be read.
 */
export function readResultTime({ dataset }: DicomInstance): Date | undefined {
  const date = /^(\d{4})(\d\d)(\d\d)$/.exec(readString(dataset, 'ContentDate') ?? '')
  const time = /^(\d\d)(\d\d)(\d\d)/.exec(readString(dataset, 'ContentTime') ?? '')
  if (!date || !time) return undefined
  const offset = /^([+-]\d\d)(\d\d)$/.exec(readString(dataset, 'TimezoneOffsetFromUTC') ?? '+0000')
  const zone = offset ? `${offset[1]}:${offset[2]}` : '+00:00'
  const moment = new Date(`${date.slice(1).join('-')}T${time.slice(1).join(':')}${zone}`)
  return Number.isNaN(moment.getTime()) ? undefined : moment
}
