import type { HippocampusLabels } from '../../../src/measurement/hippocampus-labels.ts'
import { headLabels } from '../../../src/measurement/hippocampus-labels.ts'
import { findingsOf } from '../../../src/measurement/quality/worst-verdict.ts'
import {
  type MeasuredHead,
  type MeasuringTools,
  measureHead,
} from '../../../src/measuring/measure-head.ts'
import type { LabelMap } from '../../../src/volume/grid.ts'
import { middleOfLabels } from '../../../src/volume/label-box.ts'
import { voxelVolumeOf } from '../../../src/volume/patient-affine.ts'
import { lengthOf, subtract } from '../../../src/volume/vector3.ts'
import { type KnownCase, type LabelledHead, readHeads } from './read-heads.ts'

export const sides = ['left', 'right'] as const
const manualLabels = { left: 1, right: 2 } as const

/** One side of one head against its manual label. */
export interface ScoredSide {
  readonly dice: number
  readonly volumeMm3: number
  readonly manualMm3: number
  /** Distance from the localizer's centre to the centre of the manual label. */
  readonly centerErrorMm: number
  /** Distance from the localizer's centre to the first mask's. */
  readonly movedMm: number
  readonly looks: number
  readonly ownEstimate: number
}

export interface ScoredHead {
  readonly case: string
  readonly left: ScoredSide
  readonly right: ScoredSide
  readonly intracranialMm3: number
  /** Agreement with the template, -1 to 1. */
  readonly score: number
  readonly brainCoverage: number
  readonly warnings: readonly string[]
  readonly hippoDeep: KnownCase | undefined
  readonly seconds: number
}

export interface HeadsEvaluation {
  readonly model: { readonly name: string; readonly version: string; readonly sha256: string }
  readonly cases: readonly ScoredHead[]
  readonly notMeasured: readonly { readonly case: string; readonly reason: string }[]
}

function diceOf(
  found: LabelMap,
  { anterior, posterior }: HippocampusLabels,
  truth: LabelMap,
  label: number,
) {
  let both = 0
  let sum = 0
  let manual = 0
  found.labels.forEach((value, index) => {
    const a = value === anterior || value === posterior
    const b = truth.labels[index] === label
    sum += Number(a) + Number(b)
    manual += Number(b)
    if (a && b) both++
  })
  return { dice: (2 * both) / sum, manual }
}

function scoreSide(head: MeasuredHead, truth: LabelMap, side: 'left' | 'right'): ScoredSide {
  const label = manualLabels[side]
  const { dice, manual } = diceOf(head.labelMap, headLabels[side], truth, label)
  const only = truth.labels.map((value) => (value === label ? 1 : 0))
  const middle = middleOfLabels(only, truth)!
  const look = head.looks.find((one) => one.side === side)!
  return {
    dice,
    volumeMm3: head.volumes[side === 'left' ? 0 : 1].totalMm3,
    manualMm3: manual * voxelVolumeOf(truth.affine),
    centerErrorMm: lengthOf(subtract(head.localization.centers[side], middle)),
    movedMm: look.movedMm,
    looks: look.looks,
    ownEstimate: look.ownEstimate,
  }
}

async function scoreHead(
  { name, volume, truth, hippoDeep }: LabelledHead,
  tools: MeasuringTools,
): Promise<ScoredHead> {
  const start = performance.now()
  const head = await measureHead(volume, tools, [], async (_stage, run) => run(), undefined)
  const seconds = (performance.now() - start) / 1000
  return {
    case: name,
    left: scoreSide(head, truth, 'left'),
    right: scoreSide(head, truth, 'right'),
    intracranialMm3: head.intracranialVolume.mm3,
    score: head.localization.score,
    brainCoverage: head.localization.brainCoverage,
    warnings: findingsOf(head.quality, 'warning').map(({ check, side }) =>
      side === undefined ? check : `${check} ${side}`,
    ),
    hippoDeep,
    seconds,
  }
}

/** Measures every head of a folder with the product's own code and compares with the manual labels. */
export async function evaluateHeads(
  folder: string,
  tools: MeasuringTools,
  only: ReadonlySet<string> | undefined,
  onProgress: (done: number) => void,
): Promise<HeadsEvaluation> {
  const cases: ScoredHead[] = []
  const notMeasured: { case: string; reason: string }[] = []
  for (const head of readHeads(folder, only)) {
    try {
      cases.push(await scoreHead(head, tools))
    } catch (error) {
      notMeasured.push({ case: head.name, reason: (error as Error).message })
    }
    onProgress(cases.length + notMeasured.length)
  }
  const { name, version, sha256 } = tools.segmenter.manifest
  return { model: { name, version, sha256 }, cases, notMeasured }
}
