const perYear: Readonly<Record<string, number>> = { D: 365.25, W: 365.25 / 7, M: 12, Y: 1 }

/** DICOM AS such as 061Y in years; undefined for what is not an age (PS3.5 6.2). */
export function parseYears(age: string | undefined): number | undefined {
  const parts = /^(\d{1,3})([DWMY])$/.exec(age?.trim() ?? '')
  return parts ? Number(parts[1]) / perYear[parts[2]!]! : undefined
}
