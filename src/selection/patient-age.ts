/** DICOM AS with its three digits; undefined if it is not an age (PS3.5 6.2). */
export function parseAge(text: string | undefined): string | undefined {
  const match = /^(\d{1,3})([DWMY])$/.exec((text ?? '').trim().toUpperCase())
  return match?.[1] === undefined ? undefined : `${match[1].padStart(3, '0')}${match[2]}`
}

function parseDate(
  text: string | undefined,
): { year: number; month: number; day: number } | undefined {
  const match = /^(\d{4})\.?(\d{2})\.?(\d{2})$/.exec((text ?? '').trim())
  if (match === null) return undefined
  const [year, month, day] = match.slice(1).map(Number) as [number, number, number]
  return month >= 1 && month <= 12 && day >= 1 && day <= 31 ? { year, month, day } : undefined
}

/** De-identified data often carries a birth date of 1900: such an age is not a fact. */
const oldestPlausible = 115

/**
 * Age on the day of the study as DICOM AS: whole years, or whole months under two years. Undefined if
 * either date (DICOM DA) is unusable or the result is impossible.
 */
export function computeAge(
  birthDate: string | undefined,
  studyDate: string | undefined,
): string | undefined {
  const born = parseDate(birthDate)
  const seen = parseDate(studyDate)
  if (born === undefined || seen === undefined) return undefined
  const months =
    (seen.year - born.year) * 12 + seen.month - born.month - (seen.day < born.day ? 1 : 0)
  const years = Math.floor(months / 12)
  if (months < 0 || years > oldestPlausible) return undefined
  const [value, unit] = years < 2 ? [months, 'M'] : [years, 'Y']
  return `${String(value).padStart(3, '0')}${unit}`
}
