/** Placeholder for facts that the study does not state. */
export const notStated = '\u2013'

/** DICOM DA (20190930) as 2019-09-30; anything else unchanged. */
export function formatDate(date: string | undefined): string {
  const text = date?.trim() ?? ''
  if (text === '') return notStated
  const parts = /^(\d{4})\.?(\d{2})\.?(\d{2})$/.exec(text)
  return parts ? `${parts[1]}-${parts[2]}-${parts[3]}` : text
}

const ageUnits: Readonly<Record<string, string>> = {
  D: 'days',
  W: 'weeks',
  M: 'months',
  Y: 'years',
}

/** DICOM AS (061Y) as "61 years"; anything else unchanged. */
export function formatAge(age: string | undefined): string {
  const text = age?.trim() ?? ''
  if (text === '') return notStated
  const parts = /^(\d{1,3})([DWMY])$/.exec(text)
  if (!parts) return text
  const count = Number(parts[1])
  const unit = ageUnits[parts[2]!]!
  return `${count} ${count === 1 ? unit.slice(0, -1) : unit}`
}

const sexes: Readonly<Record<string, string>> = { F: 'Female', M: 'Male', O: 'Other' }

/** DICOM CS of PatientSex as a word. */
export function formatSex(sex: string | undefined): string {
  const text = sex?.trim() ?? ''
  return text === '' ? notStated : (sexes[text] ?? text)
}

/**
 * DICOM PN in readable form: "Family, Given Middle". Of the groups (alphabetic, ideographic,
 * phonetic; PS3.5 6.2.1) the first non-empty one is shown.
 */
export function formatPersonName(name: string | undefined): string {
  const group = (name ?? '').split('=').find((part) => part.replace(/[\s^]/g, '') !== '')
  if (group === undefined) return notStated
  const [family, ...others] = group.split('^').map((part) => part.trim())
  const given = others.filter((part) => part !== '').join(' ')
  return [family, given].filter((part) => part !== '').join(', ')
}

/** A text of the study, or the placeholder. */
export function formatText(text: string | undefined): string {
  const trimmed = text?.trim() ?? ''
  return trimmed === '' ? notStated : trimmed
}

/** Cubic millimetres, whole. */
export function formatMm3(mm3: number): string {
  return Number.isFinite(mm3) ? mm3.toFixed(0) : notStated
}

/** Cubic millimetres as millilitres, two decimals. */
export function formatMl(mm3: number): string {
  return Number.isFinite(mm3) ? (mm3 / 1000).toFixed(2) : notStated
}

/**
 * A time as "2026-11-23 17:39 GMT+1" in a time zone (IANA name), or "2026-11-23 16:39 UTC" without
 * one.
 */
export function formatMoment(moment: Date, timeZone?: string): string {
  if (Number.isNaN(moment.getTime())) return notStated
  if (timeZone === undefined) {
    const [date, time] = moment.toISOString().split('T')
    return `${date} ${time!.slice(0, 5)} UTC`
  }
  const format = new Intl.DateTimeFormat('en-CA', {
    ...{ timeZone, year: 'numeric', month: '2-digit', day: '2-digit' },
    ...{ hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZoneName: 'shortOffset' },
  })
  const parts = Object.fromEntries(
    format.formatToParts(moment).map(({ type, value }) => [type, value]),
  )
  return `${parts.year}-${parts.month}-${parts.day} ${parts.hour}:${parts.minute} ${parts.timeZoneName}`
}

/** A position along an axis in millimetres with a true minus sign, one decimal. */
export function formatPosition(millimetres: number): string {
  const text = Math.abs(millimetres).toFixed(1)
  return millimetres < 0 && text !== '0.0' ? `\u2212${text}` : text
}
