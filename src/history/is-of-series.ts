import type { MeasurementDocument } from '../results/sr/read-measurement-document.ts'
import type { SeriesFacts } from '../selection/series-facts.ts'

/** Whether the series that a report measured is among those of a study. */
export function isOfSeries(
  { sourceSeriesInstanceUid }: Pick<MeasurementDocument, 'sourceSeriesInstanceUid'>,
  series: readonly SeriesFacts[],
): boolean {
  return series.some(({ seriesInstanceUid }) => seriesInstanceUid === sourceSeriesInstanceUid)
}
