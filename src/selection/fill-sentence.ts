import type { SeriesValue, SeriesValues } from './series-values.ts'

function show(value: SeriesValue): string {
  if (value === undefined || value === '') return 'unknown'
  if (typeof value === 'number') return String(Number(value.toFixed(2)))
  return typeof value === 'string' ? value : value.join('\\')
}

/** Replaces names in braces with values and limits. */
export function fillSentence(
  sentence: string,
  values: SeriesValues,
  limits: Readonly<Record<string, number>>,
): string {
  return sentence.replace(/\{(\w+)\}/g, (_, name: string) => show(limits[name] ?? values[name]))
}
