/** A number as DS with as much precision as fits into 16 characters. */
export function formatDecimal(value: number): string {
  const plain = String(value)
  if (plain.length <= 16) return plain
  for (let digits = 16; digits > 0; digits -= 1) {
    const text = String(Number(value.toPrecision(digits)))
    if (text.length <= 16) return text
  }
  return value.toExponential(8)
}

const maximumLengths: Readonly<Record<string, number>> = {
  AE: 16,
  CS: 16,
  DS: 16,
  DT: 26,
  IS: 12,
  LO: 64,
  LT: 10240,
  SH: 16,
  ST: 1024,
  TM: 14,
  UI: 64,
}

const date = '\\d{4}(0[1-9]|1[0-2])(0[1-9]|[12]\\d|3[01])'
const time = '([01]\\d|2[0-3])([0-5]\\d(([0-5]\\d|60)(\\.\\d{1,6})?)?)?'

/** Syntax of PS3.5 6.2, with its name in errors. */
const syntaxes: Readonly<Record<string, readonly [RegExp, string]>> = {
  AS: [/^\d{3}[DWMY]$/, 'an age such as 061Y'],
  CS: [/^[A-Z0-9_ ]*$/, 'capital letters, digits, spaces and underscores'],
  DA: [new RegExp(`^${date}$`), 'a date such as 20260131'],
  DS: [/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/, 'a decimal number'],
  DT: [
    new RegExp(`^\\d{4}((0[1-9]|1[0-2])((0[1-9]|[12]\\d|3[01])(${time})?)?)?([+-]\\d{4})?$`),
    'a date and time such as 20260131120000',
  ],
  IS: [/^[+-]?\d+$/, 'a whole number'],
  TM: [new RegExp(`^${time}$`), 'a time such as 235959'],
  // Real scanners write components with leading zeros; references to their instances must stay
  // unchanged.
  UI: [/^\d+(\.\d+)*$/, 'digits and single dots'],
}

const multiLineVrs = new Set(['LT', 'ST', 'UT'])
const backslashVrs = new Set(['LT', 'ST', 'UT', 'UR'])

/** Lone surrogates and backslashes would be changed in the file, whatever the source. */
function findLoss(text: string, vr: string): string | undefined {
  if (!text.isWellFormed()) return 'it contains half of a surrogate pair'
  if (text.includes('\\') && !backslashVrs.has(vr)) {
    return 'it contains a backslash, which would split it into two values'
  }
  return undefined
}

/**
 * The fault of one text value for its VR (PS3.5 6.2), as the end of a sentence without the value;
 * undefined if it can be written. `lenient` reports only what would be lost.
 */
export function findTextProblem(text: string, vr: string, lenient = false): string | undefined {
  const loss = findLoss(text, vr)
  if (loss !== undefined || lenient || text === '') return loss
  const control = multiLineVrs.has(vr) ? /[^\P{Cc}\t\n\f\r]/u : /\p{Cc}/u
  if (control.test(text)) return 'it contains control characters'
  const characters = [...text].length
  const maximum = maximumLengths[vr]
  if (maximum !== undefined && characters > maximum) {
    return `it has ${characters} characters; ${maximum} are allowed (${vr})`
  }
  const [syntax, wish] = syntaxes[vr] ?? []
  if (syntax !== undefined && !syntax.test(text)) return `it is not ${wish} (${vr})`
  if (vr === 'IS' && Math.abs(Number(text)) > 2 ** 31) return 'it is too large (IS)'
  return vr === 'PN' ? findNameProblem(text) : undefined
}

/** PN (PS3.5 6.2.1): alphabetic, ideographic and phonetic groups of up to five components. */
function findNameProblem(text: string): string | undefined {
  const groups = text.split('=')
  if (groups.length > 3) return 'it has more than three component groups (PN)'
  for (const group of groups) {
    if ([...group].length > 64) return 'a component group has more than 64 characters (PN)'
    if (group.split('^').length > 5) return 'a component group has more than five components (PN)'
  }
  return undefined
}

const wholeRanges: Readonly<Record<string, readonly [number, number]>> = {
  US: [0, 2 ** 16 - 1],
  SS: [-(2 ** 15), 2 ** 15 - 1],
  UL: [0, 2 ** 32 - 1],
  SL: [-(2 ** 31), 2 ** 31 - 1],
  AT: [0, 2 ** 32 - 1],
  IS: [-(2 ** 31), 2 ** 31 - 1],
}

/** The fault of one number for its VR, like findTextProblem. */
export function findNumberProblem(value: number, vr: string): string | undefined {
  if (!Number.isFinite(value)) return 'it is not a finite number'
  const range = wholeRanges[vr]
  if (range === undefined) return undefined
  const [least, most] = range
  return Number.isInteger(value) && value >= least && value <= most
    ? undefined
    : `it is not a whole number from ${least} to ${most} (${vr})`
}
