import type { Segmenter } from '../inference/segmenter.ts'
import { cropLabels, type LabelledRegion, listRegions } from '../measurement/hippocampus-labels.ts'
import type { HippocampusVolumes, Side } from '../measurement/hippocampus-volumes.ts'
import { measureHippocampus, requireHippocampus } from '../measurement/measure-hippocampus.ts'
import { checkOneBody } from '../measurement/quality/check-body.ts'
import { checkImageBorder, shareAtBorder } from '../measurement/quality/check-box.ts'
import { checkPicture } from '../measurement/quality/check-picture.ts'
import { checkResolution } from '../measurement/quality/check-resolution.ts'
import { checkVessels } from '../measurement/quality/check-vessels.ts'
import { checkParts, checkPlausibleVolume } from '../measurement/quality/check-volumes.ts'
import { measureBrightShare } from '../measurement/quality/measure-bright-share.ts'
import { worstVerdict } from '../measurement/quality/worst-verdict.ts'
import type { QualityFinding, QualityVerdict } from '../measurement/quality-finding.ts'
import type { TimeStep } from '../telemetry/time-steps.ts'
import type { LabelMap, Volume } from '../volume/grid.ts'
import { spacingOf } from '../volume/patient-affine.ts'
import { SeriesRejection } from './series-rejection.ts'

/** The hippocampus of a crop. */
export interface MeasuredCrop {
  /** On the crop's own grid: 1 anterior, 2 posterior. */
  readonly labelMap: LabelMap
  readonly regions: readonly LabelledRegion[]
  readonly volumes: readonly [HippocampusVolumes]
  readonly quality: readonly QualityFinding[]
  readonly verdict: QualityVerdict
  /** Expected Dice relative to an expert, if the model can predict it. */
  readonly expectedDice: number | undefined
  /** Dice that the network predicts for its own outline. */
  readonly ownEstimate: number
}

/** People who saw the images cut out the crop: gates warn where they would reject a whole head. */
const soften = (finding: QualityFinding): QualityFinding =>
  finding.verdict === 'rejected' ? { ...finding, verdict: 'warning' } : finding

/**
 * Fragments with an impossible volume: two independent findings, each of which would reject a head,
 * together show that the crop shows something else. A single one may come from a tight or unusual
 * crop.
 */
function requireCredibleBody(findings: readonly QualityFinding[]): void {
  const telling = findings.filter(
    ({ check, verdict }) =>
      verdict === 'rejected' && (check === 'ONE_BODY' || check === 'PLAUSIBLE_VOLUME'),
  )
  if (telling.length < 2) return
  throw new SeriesRejection(
    'QUALITY_REJECTED',
    telling.map(({ sentence }) => sentence).join(' '),
    findings,
  )
}

const lowConfidence: QualityFinding = {
  check: 'MODEL_CONFIDENCE',
  verdict: 'warning',
  sentence:
    'The model is less certain about this series than about most: check the outlines before using the volumes.',
}

/**
 * Measures the hippocampus in a crop. `acquisition` are findings about how the images were made.
 * Throws HIPPOCAMPUS_NOT_FOUND if the model labels nothing, SeriesRejection (QUALITY_REJECTED) if
 * the crop is not an image or the model labels fragments of an impossible volume, and like
 * Segmenter.segment.
 */
export async function measureCrop(
  crop: Volume,
  side: Side,
  segmenter: Segmenter,
  acquisition: readonly QualityFinding[],
  step: TimeStep,
  signal: AbortSignal | undefined,
): Promise<MeasuredCrop> {
  const picture = checkPicture(crop, 'crop')
  if (picture.verdict === 'rejected') {
    const findings = [...acquisition, picture]
    throw new SeriesRejection('QUALITY_REJECTED', picture.sentence, findings)
  }
  const { labelMap, confidence, volumeErrors } = await step('infer', () =>
    segmenter.segment(crop, { side, signal }),
  )
  const volumes = await step('measure', () => {
    const measured = {
      ...measureHippocampus(labelMap, side),
      standardErrorMm3: volumeErrors,
    }
    requireHippocampus(measured)
    return measured
  })
  const { isLow, clearedVoxels, expectedDice, ownEstimate } = confidence
  const labelled = labelMap.labels.reduce((count, label) => count + (label > 0 ? 1 : 0), 0)
  const findings = [
    ...acquisition,
    picture,
    checkResolution(spacingOf(crop.affine)),
    checkVessels(side, measureBrightShare(crop)),
    checkOneBody(side, clearedVoxels / (labelled + clearedVoxels)),
    checkImageBorder(side, shareAtBorder(labelMap)),
    checkPlausibleVolume(volumes),
    checkParts(volumes),
    ...(isLow ? [lowConfidence] : []),
  ]
  requireCredibleBody(findings)
  const quality = findings.map(soften)
  return {
    labelMap,
    regions: listRegions([{ side, labels: cropLabels }]),
    volumes: [volumes],
    quality,
    verdict: worstVerdict(quality),
    expectedDice,
    ownEstimate,
  }
}
