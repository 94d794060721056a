import { HippoError } from '../errors.ts'
import { drawChange } from './draw-change.ts'
import { drawFooter, drawHeader } from './draw-header.ts'
import { drawImpression } from './draw-impression.ts'
import { drawChangeViews } from './draw-longitudinal.ts'
import { drawNormality } from './draw-normality.ts'
import { drawOblique } from './draw-oblique.ts'
import { drawSignature, signatureTop } from './draw-signature.ts'
import { drawStudyFacts } from './draw-study-facts.ts'
import { drawSymmetry } from './draw-symmetry.ts'
import { drawTrust } from './draw-trust.ts'
import { contentWidth, type Page, pageMargin } from './page.ts'
import type { ReportInput } from './report-input.ts'
import { texts } from './texts.ts'

const columnGap = 36
const columnWidth = (contentWidth - columnGap) / 2
const rightColumn = pageMargin + columnWidth + columnGap

/**
 * Draws the first page, 1240 x 1754 pixels, readable at half its size: the impression, the reader's
 * four questions with their answers, and oblique coronal images. Throws REPORT_FAILED if volume and
 * label map are not on one grid.
 */
export function drawReport(page: Page, input: ReportInput): void {
  checkGrids(input)
  let y = drawHeader(page, input, texts.title)
  y = drawStudyFacts(page, input, y)
  y = drawImpression(page, input, y)
  y = drawNormality(page, input, y)
  const symmetryEnd = drawSymmetry(page, input, pageMargin, y, columnWidth)
  const symmetryBottom = drawChangeViews(page, input, pageMargin, symmetryEnd, columnWidth)
  y = Math.max(symmetryBottom, drawChange(page, input, rightColumn, y, columnWidth)) + 4
  y = drawTrust(page, input, y)
  drawOblique(page, input, y, signatureTop - y)
  if (y <= signatureTop) drawSignature(page)
  drawFooter(page, texts.limits, 1)
}

/** Throws REPORT_FAILED when volume and label map do not lie on one grid. */
export function checkGrids({ volume, labelMap }: ReportInput): void {
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
