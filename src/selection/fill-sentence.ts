import type { SeriesValue, SeriesValues } from './series-values.ts'

function show(value: SeriesValue): string {
  if (value === undefined || value === '') return 'unknown'
  if (typeof value === 'number') return String(Number(value.toFixed(2)))
  return typeof value === 'string' ? value : value.join('\\')
}

/** Puts values and limits in the place of their names in braces. */
export function fillSentence(
  sentence: string,
  values: SeriesValues,
  limits: Readonly<Record<string, number>>,
): string {
  return sentence.replace(/\{(\w+)\}/g, (_, name: string) => show(limits[name] ?? values[name]))
}
