import type { DicomInstance } from '../dicom/dicom-instance.ts'
import { readString } from '../dicom/read-attributes.ts'
import { findOffset } from './result-time.ts'

/** Attributes that may contain the time, the one closest to the scan first. */
const places = [
  ['AcquisitionDate', 'AcquisitionTime'],
  ['SeriesDate', 'SeriesTime'],
  ['StudyDate', 'StudyTime'],
] as const

interface LocalTime {
  /** YYYY-MM-DDThh:mm:ss. */
  readonly local: string
  /** As DICOM writes it, such as +0100. */
  readonly offset: string | undefined
}

function joinTime(date: string | undefined, time: string | undefined): string | undefined {
  const day = /^(\d{4})(\d\d)(\d\d)$/.exec(date ?? '')
  const clock = /^(\d\d)(\d\d)(\d\d)?/.exec(time ?? '')
  if (!day || !clock) return undefined
  const [hours, minutes, seconds = '00'] = clock.slice(1)
  const local = `${day.slice(1).join('-')}T${hours}:${minutes}:${seconds}`
  return Number.isNaN(Date.parse(`${local}Z`)) ? undefined : local
}

/**
 * AcquisitionDateTime (DT), which multi-frame images have instead; an offset in it takes
 * precedence.
 */
function readDateTime(text: string | undefined): LocalTime | undefined {
  const parts = /^(\d{8})(\d{4,6})(?:\.\d+)?([+-]\d{4})?$/.exec(text ?? '')
  const local = parts && joinTime(parts[1], parts[2])
  return local ? { local, offset: parts[3] } : undefined
}

/** The offset of a time zone at a local time; for an ambiguous hour the earlier one. */
function offsetAt(timeZone: string | undefined, local: string): string | undefined {
  const first = findOffset(timeZone, new Date(`${local}Z`))
  if (first === undefined) return undefined
  const written = `${local}${first.slice(0, 3)}:${first.slice(3)}`
  return findOffset(timeZone, new Date(written))
}

/**
 * When an image was acquired, ISO 8601 to the second: AcquisitionDateTime, else the times of
 * acquisition, series or study. The offset is the image's own (TimezoneOffsetFromUTC), else that of
 * the site's time zone (IANA name); without both it is omitted. Undefined if no time can be read.
 */
export function readScanTime(
  { dataset }: DicomInstance,
  timeZone: string | undefined,
): string | undefined {
  const found =
    readDateTime(readString(dataset, 'AcquisitionDateTime')) ??
    places
      .map(([date, time]) => joinTime(readString(dataset, date), readString(dataset, time)))
      .filter((local) => local !== undefined)
      .map((local): LocalTime => ({ local, offset: undefined }))[0]
  if (found === undefined) return undefined
  const { local } = found
  const stated = readString(dataset, 'TimezoneOffsetFromUTC')?.trim()
  const offset = found.offset ?? stated ?? offsetAt(timeZone, local)
  const isOffset = /^[+-]\d{4}$/.test(offset ?? '')
  return isOffset ? `${local}${offset!.slice(0, 3)}:${offset!.slice(3)}` : local
}
