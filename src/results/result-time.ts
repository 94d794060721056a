/** A time in DICOM format for one instance. */
export interface ResultTime {
  /** DA. */
  readonly date: string
  /** TM, whole seconds. */
  readonly time: string
  /** DT with its offset. */
  readonly dateTime: string
  /** TimezoneOffsetFromUTC to write, or undefined to write none. */
  readonly timezoneOffset: string | undefined
}

function minutesOf(offset: string | undefined): number | undefined {
  const parts = /^([+-])(0\d|1[0-4])([0-5]\d)$/.exec(offset?.trim() ?? '')
  if (!parts) return undefined
  return (parts[1] === '-' ? -1 : 1) * (Number(parts[2]) * 60 + Number(parts[3]))
}

/**
 * Offset of a time zone (IANA name) at a time in DICOM format, such as +0100; undefined without a
 * zone.
 */
export function findOffset(timeZone: string | undefined, moment: Date): string | undefined {
  if (timeZone === undefined) return undefined
  const format = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' })
  const name = format.formatToParts(moment).find(({ type }) => type === 'timeZoneName')?.value
  const offset = name?.replace('GMT', '').replace(':', '')
  return offset === '' ? '+0000' : offset
}

/**
 * Dates and times of a result. TimezoneOffsetFromUTC (PS3.3 C.12.1.1.8) applies to all dates and
 * times of an instance, including those copied from the source: if the source states one, or the
 * site's time zone determines it, times are written with it; otherwise in UTC and without an
 * offset, because the zone of the source's own times is unknown.
 */
export function formatResultTime(moment: Date, sourceOffset: string | undefined): ResultTime {
  const minutes = minutesOf(sourceOffset)
  const local = new Date(moment.getTime() + (minutes ?? 0) * 60_000).toISOString()
  const date = local.slice(0, 10).replaceAll('-', '')
  const time = local.slice(11, 19).replaceAll(':', '')
  const timezoneOffset = minutes === undefined ? undefined : sourceOffset!.trim()
  return { date, time, dateTime: `${date}${time}${timezoneOffset ?? '+0000'}`, timezoneOffset }
}
