/**
 * A time as HL7 v2 writes it (2.5.1, 2.A.83): YYYYMMDDHHMMSS and its offset, of an ISO 8601 time or of
 * a date (YYYYMMDD). Empty where it cannot be read.
 */
export function formatHl7Time(time: string | undefined): string {
  const parts =
    /^(\d{4})-?(\d\d)-?(\d\d)(?:T(\d\d):(\d\d):(\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)?)?$/.exec(
      time ?? '',
    )
  if (!parts) return ''
  const [year, month, day, hours = '', minutes = '', seconds = '', zone = ''] = parts.slice(1)
  const offset = zone === 'Z' ? '+0000' : zone.replace(':', '')
  return `${year}${month}${day}${hours}${minutes}${seconds}${offset}`
}
