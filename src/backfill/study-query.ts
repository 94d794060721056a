/** A query for older studies: those that match all given criteria. */
export interface StudyQuery {
  /** First and last StudyDate, DICOM DA, both included. */
  readonly from?: string
  readonly to?: string
  /**
   * At least one of these must match the description of the study or of one of its series. Case is
   * ignored; * stands for any characters, ? for any single one.
   */
  readonly descriptions?: readonly string[]
  /** Patient IDs, without wildcards. */
  readonly patientIds?: readonly string[]
}

/** DICOM DA of YYYY-MM-DD or YYYYMMDD; undefined for an invalid date. */
export function parseDay(text: string): string | undefined {
  const digits = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text)?.slice(1).join('') ?? text
  if (!/^\d{8}$/.test(digits)) return undefined
  const day = new Date(`${toIsoDay(digits)}T00:00:00Z`)
  return !Number.isNaN(day.getTime()) && toDay(day.getTime()) === digits ? digits : undefined
}

/** YYYY-MM-DD of a DICOM DA. */
export function toIsoDay(day: string): string {
  return `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6, 8)}`
}

/** DICOM DA (UTC) of epoch milliseconds. */
export function toDay(time: number): string {
  return new Date(time).toISOString().slice(0, 10).replaceAll('-', '')
}

/** A day some days later, both DICOM DA. */
export function addDays(day: string, days: number): string {
  return toDay(Date.parse(`${toIsoDay(day)}T00:00:00Z`) + days * 86_400_000)
}

/** Whether a pattern with wildcards matches within a text, in time proportional to both lengths. */
function occursIn(text: string, pattern: string): boolean {
  const fits = (part: string, start: number) =>
    part.split('').every((sign, index) => sign === '?' || sign === text[start + index])
  let place = 0
  for (const part of pattern.split('*')) {
    while (place + part.length <= text.length && !fits(part, place)) place += 1
    if (place + part.length > text.length) return false
    place += part.length
  }
  return true
}

/** Whether one of the patterns matches one of the descriptions; true without patterns. */
export function matchesDescription(
  texts: readonly string[] | undefined,
  descriptions: readonly (string | undefined)[],
): boolean {
  if (texts === undefined || texts.length === 0) return true
  const patterns = texts.map((text) => text.toLowerCase())
  return descriptions.some((one) => {
    const text = one?.toLowerCase()
    return text !== undefined && patterns.some((pattern) => occursIn(text, pattern))
  })
}
