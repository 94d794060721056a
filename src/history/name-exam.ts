import type { SeriesFacts } from '../selection/series-facts.ts'

/** Whole seconds: some archives drop the fraction of a TM. */
const seconds = (time: string | undefined) => time?.trim().slice(0, 6) ?? ''

/**
 * Identifies an examination by the times of study and series: the same for each copy that an
 * archive keeps under other UIDs. Undefined if study or series have no date and time.
 */
export function nameExam(series: readonly SeriesFacts[]): string | undefined {
  const sources = series.filter(({ isOwnResult }) => !isOwnResult)
  const { studyDate, studyTime } = sources[0] ?? {}
  const times = sources.map(({ seriesTime }) => seconds(seriesTime))
  if (!studyDate || seconds(studyTime) === '' || times.includes('')) return undefined
  return [studyDate.trim(), seconds(studyTime), ...new Set(times.toSorted())].join(' ')
}
