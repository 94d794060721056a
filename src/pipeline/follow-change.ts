import type { Archive } from '../archive/archive.ts'
import { HippoError } from '../errors.ts'
import type { EarlierImages } from '../history/comparison.ts'
import { measureChange, type SideReading } from '../longitudinal/measure-change.ts'
import { middlesOfOutlines } from '../longitudinal/middles-of-outlines.ts'
import { judgeChange, withoutChange } from '../measurement/judge-change.ts'
import type { LongitudinalChange } from '../measurement/longitudinal-change.ts'
import { showsMotion } from '../measuring/judge-motion.ts'
import type { MeasuringTools } from '../measuring/measure-head.ts'
import type { MeasuredSeries } from '../measuring/measure-series.ts'
import { readSeries } from '../measuring/read-series.ts'
import { parseWithinBudget, requireListed } from './read-listed.ts'

/** A change, and slices of both scans around each hippocampus if it was measured. */
export interface FollowedChange {
  readonly change: LongitudinalChange
  readonly sides: readonly SideReading[]
}

export interface FollowOptions {
  readonly archive: Pick<Archive, 'fetchSeries'>
  readonly tools: MeasuringTools
  readonly maximumBytes: number
  readonly patientId: string | undefined
  readonly signal: AbortSignal
}

const motionSentence =
  'shows ripples, probably because the patient moved: the images are not compared.'

/**
 * Fetches the images of an earlier study and measures the change of both hippocampi image against
 * image. If that is impossible, the result has no sides but the reason; only an abort throws. Both
 * heads are in memory meanwhile.
 */
export async function followChange(
  earlier: EarlierImages,
  measured: MeasuredSeries,
  options: FollowOptions,
): Promise<FollowedChange> {
  const { studyInstanceUid, studyDate, years } = earlier
  const moment = { studyInstanceUid, studyDate, years }
  const refuse = (reason: string, sentence: string): FollowedChange => ({
    change: withoutChange(moment, reason, sentence),
    sides: [],
  })
  const middles = middlesOfOutlines(measured.labelMap)
  const { localization } = measured
  if (measured.kind !== 'head' || localization === undefined || middles === undefined) {
    return refuse('CROP', 'Only whole heads are compared image against image, not crops.')
  }
  const own = measured.quality.find(({ check }) => check === 'MOTION')
  if (own !== undefined && own.verdict !== 'measured') {
    return refuse('MOTION', `This study ${motionSentence}`)
  }
  try {
    const then = await readEarlierHead(earlier, options)
    const { tools, signal } = options
    const located = await tools.localizer.locate(then, { signal })
    if (!located.found) {
      return refuse('HEAD_NOT_FOUND', 'No head was found in the images of the earlier study.')
    }
    if (showsMotion(then, located)) {
      return refuse('MOTION', `The earlier study ${motionSentence}`)
    }
    const reading = await measureChange(
      { volume: then, localization: located },
      { volume: measured.volume, localization, middles },
      tools.segmenter,
      signal,
    )
    if ('reason' in reading) return refuse(reading.reason, reading.sentence)
    const sides = reading.sides.map(({ side, signs }) => ({
      side,
      signs,
      volumeMm3: measured.volumes.find((one) => one.side === side)?.totalMm3 ?? 0,
    }))
    return { change: judgeChange(moment, sides), sides: reading.sides }
  } catch (error) {
    options.signal.throwIfAborted()
    if (!(error instanceof HippoError)) throw error
    return refuse(error.code, `The images of the earlier study could not be used. ${error.message}`)
  }
}

async function readEarlierHead(
  { studyInstanceUid, source }: EarlierImages,
  { archive, maximumBytes, patientId, signal }: FollowOptions,
) {
  const { seriesInstanceUid, instances } = source
  const files = await archive.fetchSeries(
    { studyInstanceUid, seriesInstanceUid, instances },
    { maximumBytes, signal },
  )
  requireListed(parseWithinBudget(files), { studyInstanceUid, series: source, patientId })
  const { volume } = await readSeries(files, async (_stage, run) => run(), signal)
  return volume
}
