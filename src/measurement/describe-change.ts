import type { PublishedRate, RateOfChange } from './change-over-time.ts'
import type { Side } from './hippocampus-volumes.ts'

const percent = (value: number) => `${value.toFixed(1).replace('-', '\u2212')} %`
const published = (value: number) => `${value.toFixed(2).replace('-', '\u2212')} %`
const plural = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`

/** A time in words: days under two months, months under two years, years beyond. */
export function nameSpan(years: number): string {
  const days = Math.round(years * 365.25)
  if (days < 60) return plural(days, 'day')
  if (years < 2) return plural(Math.round(years * 12), 'month')
  return `${years.toFixed(1)} years`
}

const subjects: Readonly<Record<Side | 'both', string>> = {
  left: 'the left hippocampus',
  right: 'the right hippocampus',
  both: 'both together',
  unknown: 'the hippocampus',
}

function describeRate({ side, percentPerYear, lower, upper }: RateOfChange): string {
  const interval = `95 % interval ${percent(lower)} to ${percent(upper)}`
  const size = `${percentPerYear > 0 ? '+' : ''}${percent(percentPerYear)} a year (${interval})`
  const isClear = lower > 0 || upper < 0
  return `${subjects[side]} ${size}${isClear ? '' : ', which repeated scans alone could make'}`
}

function describePublished(rates: readonly PublishedRate[]): string {
  const parts = rates.map(({ group, percentPerYear, lower, upper, source }) => {
    const range =
      lower === undefined || upper === undefined
        ? ''
        : `, ${published(lower)} to ${published(upper)}`
    return `${group} ${published(percentPerYear)} (${source}${range})`
  })
  return `For comparison, averages of published studies: ${parts.join('; ')}. One person's change may differ from such averages for many reasons; it is not a diagnosis.`
}

/** The rates in plain words beside what is published. `rates` holds at least one. */
export function describeRates(
  rates: readonly RateOfChange[],
  references: readonly PublishedRate[],
): string {
  const [{ years, timePoints }] = rates as [RateOfChange]
  const changes = rates.map(describeRate)
  return `Change over ${nameSpan(years)} (${timePoints} studies): ${changes.join('; ')}. ${describePublished(references)}`
}

/** Why there is no rate, for a number of earlier studies that were measured and that can be compared. */
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
  return `The oldest study that can be compared with this one is ${nameSpan(years)} older. Less than ${nameSpan(minimumYears)} is too short to tell a change from the error of measurement, so no rate is given.`
}
