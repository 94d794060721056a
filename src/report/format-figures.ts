import type { Interval } from '../measurement/norms/place-volume.ts'
import { notStated } from './format-facts.ts'

const minus = '\u2212'
const dash = '\u2013'
const thinSpace = '\u2009'

const signed = (text: string) => text.replace('-', minus)

/** A volume in mm3, whole, with thousands separated. */
export function formatVolume(mm3: number): string {
  if (!Number.isFinite(mm3) || Math.abs(mm3) >= 1e7) return notStated
  return signed(mm3.toFixed(0)).replace(/\B(?=(\d{3})+$)/g, thinSpace)
}

/** One standard error after its volume: "\u00b1 150". */
export function formatError(mm3: number): string {
  return `\u00b1 ${formatVolume(mm3)}`
}

/** A readable percentile: whole, with "below 1" and "above 99" at the ends. */
export function formatPercentile(percentile: number): string {
  if (percentile < 1) return '<1'
  if (percentile > 99) return '>99'
  return percentile.toFixed(0)
}

/** "31 (12-57)". */
export function formatPercentileInterval({ value, low, high }: Interval): string {
  return `${formatPercentile(value)} (${formatPercentile(low)}${dash}${formatPercentile(high)})`
}

/** A number with a true minus sign and without negative zero. */
export function formatSigned(value: number, digits = 1): string {
  const text = value.toFixed(digits)
  return signed(Number(text) === 0 ? text.replace('-', '') : text)
}

/** "-0.5 (-1.2, 0.2)". */
export function formatScore({ value, low, high }: Interval): string {
  return `${formatSigned(value)} (${formatSigned(low)}, ${formatSigned(high)})`
}

/** A signed percentage: "-4.1 %". */
export function formatPercent(value: number, digits = 1): string {
  return `${formatSigned(value, digits)} %`
}

/** Cubic millimetres as litres, two decimals. */
export function formatLitres(mm3: number): string {
  return (mm3 / 1e6).toFixed(2)
}

/** "2 980-4 120". */
export function formatRange(low: number, high: number): string {
  return `${formatVolume(low)}${dash}${formatVolume(high)}`
}
