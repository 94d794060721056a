import { HippoError } from '../errors.ts'
import { drawAnalysis, measureAnalysis } from './draw-analysis.ts'
import { drawFooter, drawHeader } from './draw-header.ts'
import {
  coronalStripHeight,
  coronalTiles,
  drawCoronalStrip,
  drawPlanes,
  panelHeightFor,
  panelWidth,
} from './draw-images.ts'
import { drawMeasuredSeries } from './draw-measured-series.ts'
import { drawOtherSeries, measureOtherSeries } from './draw-other-series.ts'
import { drawStudyFacts } from './draw-study-facts.ts'
import { drawVolumes, volumeTableWidth } from './draw-volumes.ts'
import { drawWarnings } from './draw-warnings.ts'
import { chooseViews } from './hippocampus-views.ts'
import { contentWidth, type Page, pageHeight, pageMargin } from './page.ts'
import type { ReportInput } from './report-input.ts'

const columnGap = 40
const footerTop = pageHeight - 84
const footerGap = 16

const limits = [
  'Volumes are counted from an automatic segmentation that no one has checked. Compare the outlines with the images before using them.',
  'Radiological convention: the patient\u2019s right is on the left of axial and coronal images. Positions are DICOM patient coordinates (LPS).',
  'Methods differ: compare only with volumes of the same model version.',
]

/**
 * Draws the report on a blank page of 1240 x 1754 pixels. Images lie along the patient's axes,
 * resampled through the source's affine. Throws REPORT_FAILED when volume and label map do not lie on
 * one grid.
 */
export function drawReport(page: Page, input: ReportInput): void {
  checkGrids(input)
  let y = drawHeader(page, input)
  y = drawStudyFacts(page, input, y)

  const tableWidth = volumeTableWidth(input.volumes.length)
  const seriesLeft = pageMargin + tableWidth + columnGap
  const seriesWidth = contentWidth - tableWidth - columnGap
  const seriesBottom = drawMeasuredSeries(page, input, seriesLeft, y + 14, seriesWidth)
  y = Math.max(drawVolumes(page, input.volumes, y + 14), seriesBottom)
  y = drawWarnings(page, input.warnings, y + 14) + 8

  const columnWidth = (contentWidth - columnGap) / 2
  const textHeight = Math.max(
    measureAnalysis(page, input, columnWidth),
    measureOtherSeries(page, input, columnWidth),
  )
  const textTop = footerTop - footerGap - textHeight
  const panelHeight = panelHeightFor(textTop - y - coronalStripHeight - 2 * 8)
  const proportions = panelWidth / panelHeight
  const views = chooseViews(input.volume, input.labelMap, coronalTiles, proportions)
  y = drawPlanes(page, views, y, panelHeight)
  y = drawCoronalStrip(page, views, y + 8) + 8

  const analysisLeft = pageMargin + columnWidth + columnGap
  drawOtherSeries(page, input, pageMargin, y, columnWidth, footerTop - footerGap)
  drawAnalysis(page, input, analysisLeft, y, columnWidth)
  drawFooter(page, footerTop, limits)
}

function checkGrids({ volume, labelMap }: ReportInput): void {
  const voxels = volume.dimensions.reduce((product, count) => product * count, 1)
  const fits =
    volume.dimensions.every((count, axis) => count === labelMap.dimensions[axis]) &&
    volume.intensities.length === voxels &&
    labelMap.labels.length === voxels &&
    volume.affine.every((value, index) => Math.abs(value - labelMap.affine[index]!) < 1e-3)
  if (!fits) {
    throw new HippoError(
      'REPORT_FAILED',
      'The report cannot be drawn because the segmentation does not lie on the grid of the images.',
    )
  }
}
