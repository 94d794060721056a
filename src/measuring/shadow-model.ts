import { AsyncLocalStorage } from 'node:async_hooks'
import { recordError, toHippoError } from '../errors.ts'
import type { Segmenter } from '../inference/segmenter.ts'
import { cropLabels, headLabels } from '../measurement/hippocampus-labels.ts'
import type { HippocampusVolumes } from '../measurement/hippocampus-volumes.ts'
import { measureHippocampus } from '../measurement/measure-hippocampus.ts'
import { diceOf } from '../measurement/overlap.ts'
import type { ModelName, PartComparison, ShadowComparison } from '../models/shadow-comparison.ts'
import { inSpan, noTracing, type Tracing } from '../telemetry/tracing.ts'
import type { LabelMap } from '../volume/grid.ts'
import { lookForHippocampus } from './look-for-hippocampus.ts'
import type { MeasuredSeries } from './measure-series.ts'
import { mergeLooks } from './merge-looks.ts'

/** A study measured and published with the active model. */
export interface ShadowedStudy {
  readonly jobId: string
  readonly orthancStudyId: string
  readonly measured: Pick<
    MeasuredSeries,
    'kind' | 'volume' | 'labelMap' | 'volumes' | 'localization'
  >
  readonly activeMilliseconds: number
}

export interface ShadowModel {
  readonly model: ModelName
  /** Keeps a study until the next `run`; a study that was not run is dropped. */
  keep(study: ShadowedStudy): void
  /** Measures the kept study. Never throws. */
  run(): Promise<void>
  /**
   * Resolves when no run is in progress: the next job waits for it, so that two heads are never in
   * memory together.
   */
  idle(): Promise<void>
}

export interface ShadowModelOptions {
  readonly segmenter: Segmenter
  readonly active: ModelName
  readonly tell: (comparison: ShadowComparison) => void
  /** Epoch milliseconds. */
  readonly clock: () => number
  /** Milliseconds of any fixed origin, for durations. */
  readonly monotonicClock: () => number
  readonly log: { warn(facts: object, message: string): void }
  readonly tracing?: Tracing | undefined
}

/** The identity of a model in results, without the rest of its manifest. */
export const nameModel = ({ name, version, sha256 }: ModelName): ModelName => ({
  name,
  version,
  sha256,
})

/** The labels of the second model in the same images, using the first one's localization. */
async function drawAgain(
  { kind, volume, volumes, localization }: ShadowedStudy['measured'],
  segmenter: Segmenter,
): Promise<LabelMap> {
  if (kind === 'crop' || localization === undefined) {
    const { labelMap } = await segmenter.segment(volume, { side: volumes[0]?.side ?? 'unknown' })
    return labelMap
  }
  const looks = []
  for (const side of ['left', 'right'] as const) {
    const look = await lookForHippocampus(volume, side, localization, segmenter, undefined)
    if (look !== undefined) looks.push(look)
  }
  return mergeLooks(volume, looks)
}

/** Volumes of both models and the overlap of their masks, for each side and part. */
export function comparePartsOf(
  measured: Pick<MeasuredSeries, 'kind' | 'labelMap' | 'volumes'>,
  drawn: LabelMap,
): PartComparison[] {
  return measured.volumes.flatMap((active: HippocampusVolumes) => {
    const { side } = active
    const labels = measured.kind === 'head' && side !== 'unknown' ? headLabels[side] : cropLabels
    const shadow = measureHippocampus(drawn, side, labels)
    const { anterior, posterior } = labels
    const overlap = (belongs: (label: number) => boolean) =>
      diceOf(measured.labelMap.labels, drawn.labels, belongs)
    return [
      {
        side,
        part: 'anterior' as const,
        activeMm3: active.anteriorMm3,
        shadowMm3: shadow.anteriorMm3,
        dice: overlap((label) => label === anterior),
      },
      {
        side,
        part: 'posterior' as const,
        activeMm3: active.posteriorMm3,
        shadowMm3: shadow.posteriorMm3,
        dice: overlap((label) => label === posterior),
      },
      {
        side,
        part: 'whole' as const,
        activeMm3: active.totalMm3,
        shadowMm3: shadow.totalMm3,
        dice: overlap((label) => label === anterior || label === posterior),
      },
    ]
  })
}

/**
 * Lets a second model measure the same images after the first one's result is stored and its job
 * has ended, so that a failure of the second affects neither. Its results are not written into the
 * archive; only the comparison is reported.
 */
export function createShadowModel(options: ShadowModelOptions): ShadowModel {
  const { segmenter, clock, monotonicClock, tracing = noTracing } = options
  const model = nameModel(segmenter.manifest)
  /** Each in the context of its job, for log lines and spans. */
  let kept: (() => Promise<void>)[] = []
  let running: Promise<void> = Promise.resolve()

  async function compare(study: ShadowedStudy): Promise<void> {
    const start = monotonicClock()
    const { jobId, orthancStudyId, measured, activeMilliseconds } = study
    const settled = await drawAgain(measured, segmenter).then(
      (drawn) => ({ parts: comparePartsOf(measured, drawn) }),
      (thrown: unknown) => ({ parts: [], error: recordError(toHippoError(thrown, 'infer')) }),
    )
    if ('error' in settled) {
      options.log.warn({ jobId, error: settled.error }, 'The model in shadow mode failed.')
    }
    options.tell({
      at: new Date(clock()).toISOString(),
      jobId,
      orthancStudyId,
      kind: measured.kind,
      active: nameModel(options.active),
      shadow: model,
      ...settled,
      activeMilliseconds: Math.round(activeMilliseconds),
      shadowMilliseconds: Math.round(monotonicClock() - start),
    })
  }

  return {
    model,
    keep(study) {
      const within = AsyncLocalStorage.snapshot()
      const facts = { 'hippovolume.model': `${model.name} ${model.version}` }
      kept.push(() => within(() => inSpan(tracing, 'shadow', facts, () => compare(study))))
    },
    run() {
      const looks = kept
      kept = []
      for (const look of looks) running = running.then(look)
      return running
    },
    idle: () => running,
  }
}
