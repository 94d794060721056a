import type { PublishedRate, RateOfChange } from './change-over-time.ts'
import type { Side } from './hippocampus-volumes.ts'

const minus = '\u2212'
/** One digit; zero has no sign. */
const percent = (value: number) => {
  const rounded = Number(value.toFixed(1)) || 0
  return `${rounded < 0 ? minus : ''}${Math.abs(rounded).toFixed(1)} %`
}
const published = (value: number) => `${value.toFixed(2).replace('-', minus)} %`
const plural = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`

/** A time in words: days under two months, whole months under two years, years beyond. */
export function nameSpan(years: number): string {
  const days = Math.round(years * 365.25)
  if (days < 60) return plural(days, 'day')
  if (years < 2) return plural(Math.floor(years * 12 + 1e-9), 'month')
  return `${years.toFixed(1)} years`
}

const names: Readonly<Record<Side | 'both', string>> = {
  left: 'left',
  right: 'right',
  both: 'both together',
  unknown: 'side not stated',
}

/** The rates in plain words. `rates` holds at least one. */
export function describeRates(rates: readonly RateOfChange[]): string {
  const [{ years, timePoints }] = rates as [RateOfChange]
  const changes = rates.map(({ side, percentPerYear, lower, upper }) => {
    const isClear = lower > 0 || upper < 0
    const size = `${percentPerYear >= 0.05 ? '+' : ''}${percent(percentPerYear)} a year`
    return `${names[side]} ${size}${isClear ? '' : ' (within the error of repeated scans)'}`
  })
  return `Over ${nameSpan(years)} (${timePoints} studies) the volume of the hippocampus changed: ${changes.join(', ')}.`
}

/** Their intervals, and published rates for comparison. */
export function explainRates(
  rates: readonly RateOfChange[],
  references: readonly PublishedRate[],
): string {
  const intervals = rates.map(
    ({ side, lower, upper }) => `${names[side]} ${percent(lower)} to ${percent(upper)}`,
  )
  const averages = references.map(({ group, percentPerYear, lower, upper, source }) => {
    const isRange = lower !== undefined && upper !== undefined
    const range = isRange
      ? `; 95 % interval of this mean ${published(lower)} to ${published(upper)}`
      : ''
    return `${group} ${published(percentPerYear)} (${source}${range})`
  })
  return `95 % intervals from the error of repeated scans: ${intervals.join(', ')}. For comparison, means of groups in published studies: ${averages.join('; ')}. They are not ranges for individuals, who differ from such means by far more and for many reasons. This is not a diagnosis.`
}

/** Why there is no rate, given the numbers of earlier studies found and comparable. */
export function explainNoRate(
  earlier: { readonly found: number; readonly comparable: number },
  years: number,
  minimumYears: number,
): string {
  if (earlier.found === 0) return 'No earlier study of this patient was found in the archive.'
  if (earlier.comparable === 0) {
    return earlier.found === 1
      ? 'The archive holds an earlier study under this patient ID, but it cannot be compared with this one.'
      : `The archive holds ${earlier.found} earlier studies under this patient ID, but none can be compared with this one.`
  }
  return `The oldest study to compare with is ${nameSpan(years)} older: less than ${nameSpan(minimumYears)} is too short to distinguish a change from measurement error.`
}
