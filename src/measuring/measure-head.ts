import type { Segmenter } from '../inference/segmenter.ts'
import type { HeadLocalization } from '../localization/head-localization.ts'
import type { Localizer } from '../localization/localizer.ts'
import { headLabels, type LabelledRegion, listRegions } from '../measurement/hippocampus-labels.ts'
import type { HippocampusVolumes } from '../measurement/hippocampus-volumes.ts'
import {
  type IntracranialVolume,
  rateIntracranialVolume,
} from '../measurement/intracranial-volume.ts'
import { measureHippocampus, requireHippocampus } from '../measurement/measure-hippocampus.ts'
import { checkOneBody } from '../measurement/quality/check-body.ts'
import { checkFieldOfView, checkMaskBorder } from '../measurement/quality/check-box.ts'
import {
  checkAgreement,
  checkConfidence,
  isUncertain,
} from '../measurement/quality/check-confidence.ts'
import { checkBrainCoverage, checkHeadFound } from '../measurement/quality/check-head.ts'
import { checkMotion } from '../measurement/quality/check-motion.ts'
import { checkNoise } from '../measurement/quality/check-noise.ts'
import { checkPicture } from '../measurement/quality/check-picture.ts'
import { checkResolution } from '../measurement/quality/check-resolution.ts'
import { checkVessels } from '../measurement/quality/check-vessels.ts'
import {
  checkAsymmetry,
  checkParts,
  checkPlausibleVolume,
} from '../measurement/quality/check-volumes.ts'
import { estimateNoise } from '../measurement/quality/estimate-noise.ts'
import { estimateRipple } from '../measurement/quality/estimate-ripple.ts'
import { measureBrightShare } from '../measurement/quality/measure-bright-share.ts'
import { findingsOf, worstVerdict } from '../measurement/quality/worst-verdict.ts'
import type { QualityFinding, QualityVerdict } from '../measurement/quality-finding.ts'
import { rateHorn, type TemporalHorn } from '../measurement/temporal-horn.ts'
import type { TimeStep } from '../telemetry/time-steps.ts'
import type { LabelMap, Volume } from '../volume/grid.ts'
import { cutPart } from '../volume/part-of-grid.ts'
import { spacingOf, voxelVolumeOf } from '../volume/patient-affine.ts'
import {
  compareWithShifted,
  type HippocampusLook,
  lookForHippocampus,
} from './look-for-hippocampus.ts'
import { addHorns, type HornLook, lookForHorn } from './look-for-horn.ts'
import { mergeLooks } from './merge-looks.ts'
import { partOfBrain } from './part-of-brain.ts'
import { SeriesRejection } from './series-rejection.ts'

/** The tools for measuring a volume. */
export interface MeasuringTools {
  readonly segmenter: Segmenter
  readonly localizer: Localizer
}

/** Both hippocampi of a whole head. */
export interface MeasuredHead {
  /** On the head's own grid: 1 left anterior, 2 left posterior, 3 right anterior, 4 right posterior. */
  readonly labelMap: LabelMap
  readonly regions: readonly LabelledRegion[]
  readonly volumes: readonly [HippocampusVolumes, HippocampusVolumes]
  /** Temporal horns; empty if the model has no network for them. */
  readonly horns: readonly TemporalHorn[]
  /** The label map with the horns that have a volume: 5 left, 6 right. */
  readonly withHorns: () => LabelMap
  readonly intracranialVolume: IntracranialVolume
  readonly quality: readonly QualityFinding[]
  readonly verdict: QualityVerdict
  readonly localization: HeadLocalization
  readonly looks: readonly HippocampusLook[]
}

/** Throws if any finding rejects, with the sentences of all that do. */
function requireQuality(quality: readonly QualityFinding[]): void {
  const rejecting = findingsOf(quality, 'rejected')
  if (rejecting.length === 0) return
  const code = rejecting.some(({ check }) => check === 'HEAD_FOUND')
    ? 'HEAD_NOT_FOUND'
    : 'QUALITY_REJECTED'
  throw new SeriesRejection(code, rejecting.map(({ sentence }) => sentence).join(' '), quality)
}

/** Image quality around a hippocampus. */
interface Surroundings {
  readonly noise: number
  readonly brightShare: number
}

function lookAround(head: Volume, look: HippocampusLook | undefined): Surroundings {
  if (look === undefined) return { noise: 0, brightShare: 0 }
  const part = cutPart(head, look.part)
  return { noise: estimateNoise(part), brightShare: measureBrightShare(part) }
}

function judgeLook(
  look: HippocampusLook,
  { noise, brightShare }: Surroundings,
  volumes: HippocampusVolumes,
): QualityFinding[] {
  const { side } = volumes
  return [
    checkNoise(side, noise),
    checkVessels(side, brightShare),
    checkMaskBorder(side, look.borderShare),
    checkOneBody(side, look.clearedShare),
    checkPlausibleVolume(volumes),
    checkParts(volumes),
    checkConfidence(side, look.ownEstimate),
  ]
}

interface MeasuredHorns {
  readonly horns: readonly TemporalHorn[]
  /** Of the horns that have a volume. */
  readonly shown: readonly HornLook[]
}

/** The temporal horns next to the found hippocampi, left before right. */
async function measureHorns(
  looks: readonly HippocampusLook[],
  labelMap: LabelMap,
  volumes: readonly HippocampusVolumes[],
  segmenter: Segmenter,
  signal: AbortSignal | undefined,
): Promise<MeasuredHorns> {
  const rule = segmenter.manifest.horn
  const horns: TemporalHorn[] = []
  const shown: HornLook[] = []
  for (const [index, look] of looks.entries()) {
    const found = rule && (await lookForHorn(look, labelMap, segmenter, signal))
    if (found === undefined) continue
    const { side, totalMm3, standardErrorMm3 } = volumes[index]!
    const horn = rateHorn(
      {
        side,
        volumeMm3: found.voxels * voxelVolumeOf(labelMap.affine),
        borderShare: found.borderShare,
        hippocampusMm3: totalMm3,
        hippocampusErrorMm3: standardErrorMm3?.total ?? 0,
      },
      rule!,
    )
    horns.push(horn)
    if (horn.state === 'measured') shown.push(found)
  }
  return { horns, shown }
}

/**
 * Finds and measures both hippocampi of a whole head on its own grid: locates, segments a box on
 * each side, merges, judges. `acquisition` are findings about how the images were made. If left and
 * right are unknown, the sides of all results are `unknown`, the left one of the grid first.
 *
 * Throws SeriesRejection (HEAD_NOT_FOUND, QUALITY_REJECTED) with all findings so far,
 * HIPPOCAMPUS_NOT_FOUND, and as Localizer.locate and Segmenter.predict do.
 */
export async function measureHead(
  head: Volume,
  { segmenter, localizer }: MeasuringTools,
  acquisition: readonly QualityFinding[],
  step: TimeStep,
  signal: AbortSignal | undefined,
  areSidesKnown = true,
): Promise<MeasuredHead> {
  const nameSide = (side: 'left' | 'right') => (areSidesKnown ? side : 'unknown')
  const quality: QualityFinding[] = [
    ...acquisition,
    checkPicture(head, 'head'),
    checkResolution(spacingOf(head.affine)),
  ]
  requireQuality(quality)
  const localization = await step('localize', () => localizer.locate(head, { signal }))
  const { score, found, doubt } = localization
  quality.push(checkHeadFound(score, found ? undefined : (doubt ?? 'unlike')))
  requireQuality(quality)
  quality.push(checkBrainCoverage(localization.brainCoverage))

  // Both sides concurrently: one is resampled and judged while the network segments the other.
  const sides = await step('infer', () =>
    Promise.all(
      (['left', 'right'] as const).map(async (side) => {
        const look = await lookForHippocampus(head, side, localization, segmenter, signal)
        return { side, look, around: lookAround(head, look) }
      }),
    ),
  )
  quality.push(
    ...sides.map(({ side, look }) => checkFieldOfView(nameSide(side), look?.shareInView ?? 0)),
  )
  requireQuality(quality)
  const brain = partOfBrain(head, localization)
  const ripple = brain === undefined ? undefined : estimateRipple(cutPart(head, brain))
  quality.push(checkMotion(ripple, Math.max(...sides.map(({ around }) => around.noise))))
  const seen = sides.flatMap(({ look, around }) => (look === undefined ? [] : [{ look, around }]))
  const looks = seen.map(({ look }) => look)

  const { labelMap, volumes } = await step('measure', () => {
    const labelMap = mergeLooks(head, looks)
    const measure = (side: 'left' | 'right') => ({
      ...measureHippocampus(labelMap, nameSide(side), headLabels[side]),
      standardErrorMm3: looks.find((look) => look.side === side)?.volumeErrors,
    })
    const volumes = [measure('left'), measure('right')] as const
    for (const one of volumes) requireHippocampus(one)
    return { labelMap, volumes }
  })
  for (const [index, { look, around }] of seen.entries()) {
    quality.push(...judgeLook(look, around, volumes[index]!))
    if (!isUncertain(look.ownEstimate)) continue
    const agreement = await step('infer', () => compareWithShifted(head, look, segmenter, signal))
    quality.push(checkAgreement(nameSide(look.side), agreement))
  }
  quality.push(checkAsymmetry(...volumes))
  requireQuality(quality)
  const { horns, shown } =
    segmenter.predictHorn === undefined
      ? { horns: [], shown: [] }
      : await step('infer', () => measureHorns(looks, labelMap, volumes, segmenter, signal))
  return {
    labelMap,
    regions: listRegions([
      { side: nameSide('left'), labels: headLabels.left },
      { side: nameSide('right'), labels: headLabels.right },
    ]),
    volumes,
    horns,
    withHorns: () => addHorns(labelMap, shown),
    intracranialVolume: rateIntracranialVolume(localization.intracranialVolumeMm3),
    quality,
    verdict: worstVerdict(quality),
    localization,
    looks,
  }
}
