import { shrinkByFlow } from '../../src/models/known-change/flow-loss.ts'
import { type Fluid, findFluid } from '../../src/models/known-change/fluid.ts'
import { growHorn } from '../../src/models/known-change/grow-horn.ts'
import type { KnownChange, LossOptions } from '../../src/models/known-change/known-change.ts'
import { cutPatch, type HippocampusPatch, placePatch } from '../../src/models/known-change/patch.ts'
import { seededRandom, seedOf } from '../../src/models/known-change/seeded-random.ts'
import {
  type SimulatorName,
  simulatorNames,
  simulators,
} from '../../src/models/known-change/simulators.ts'
import type { Volume } from '../../src/volume/grid.ts'
import { headChanges } from '../stability/change-head.ts'
import type { KnownCase, Side } from './known-case.ts'

export const groups = ['anchored', 'flow', 'horn', 'repeat'] as const
export type Group = (typeof groups)[number]

/** A case after a change, and the true remaining share of each hippocampus. */
export interface ChangedCase {
  readonly volume: Volume
  readonly ratios: Partial<Readonly<Record<Side, number>>>
}

export interface Scenario {
  readonly name: string
  readonly group: Group
  readonly kinds: readonly KnownCase['kind'][]
  /** Whether left and right are reported separately. */
  readonly apart: boolean
  readonly change: (known: KnownCase) => ChangedCase
}

type ChangePatch = (patch: HippocampusPatch, fluid: Fluid, random: () => number) => KnownChange

/** A change of each hippocampus, or of only one side. */
function scenario(
  group: Group,
  name: string,
  changePatch: ChangePatch,
  only: Side | undefined = undefined,
): Scenario {
  return {
    name,
    group,
    kinds: only === undefined ? ['crop', 'head'] : ['head'],
    apart: only !== undefined,
    change({ name: caseName, volume, labels, hippocampi }) {
      const random = seededRandom(seedOf(caseName, group, name))
      let changed = volume
      const ratios: Partial<Record<Side, number>> = {}
      for (const { side, values } of hippocampi) {
        if (only !== undefined && side !== only) {
          ratios[side] = 1
          continue
        }
        // Fluid is sampled from the unchanged case.
        const fluid = findFluid(cutPatch(volume, { labels }, values, side))
        const patch = cutPatch(changed, { labels }, values, side)
        const { intensities, ratio } = changePatch(patch, fluid, random)
        changed = placePatch(changed, patch, intensities)
        ratios[side] = ratio
      }
      return { volume: changed, ratios }
    },
  }
}

const loss = (group: SimulatorName, options: LossOptions, only?: Side): Scenario => {
  const { left, place = 'even' } = options
  const where = only === undefined ? (place === 'even' ? '' : ` most ${place}`) : ` ${only} only`
  return scenario(
    group,
    `${left.toFixed(2)}${where}`,
    (patch, fluid, random) => simulators[group](patch, fluid, options, random),
    only,
  )
}

const growth = (mm: number) =>
  scenario('horn', `+${mm} mm, no loss`, (patch, fluid, random) =>
    growHorn(patch, fluid, mm, random),
  )

/** A loss with a horn that grew more than the loss explains. */
const lossBesideHorn = scenario('horn', '+3 mm, flow 0.60', (patch, fluid, random) => {
  const grown = growHorn(patch, fluid, 3, random)
  const wide = { ...patch, intensities: grown.intensities }
  return shrinkByFlow(wide, fluid, { left: 0.6 }, random)
})

/** Changes of the stability check that keep the labels valid. */
const repeats = headChanges
  .filter(({ swaps }) => !swaps)
  .map(
    ({ name, change }): Scenario => ({
      name,
      group: 'repeat',
      kinds: name.startsWith('cropped') ? ['head'] : ['crop', 'head'],
      apart: false,
      change: ({ volume, hippocampi }) => ({
        volume: change(volume),
        ratios: Object.fromEntries(hippocampi.map(({ side }) => [side, 1])),
      }),
    }),
  )

const shares = [0.95, 0.9, 0.8, 0.6, 0.4] as const

/** Every measured change, the most informative first. */
export const scenarios: readonly Scenario[] = [
  ...simulatorNames.flatMap((group) => [
    ...shares.map((left) => loss(group, { left })),
    loss(group, { left: 0.6, place: 'anterior' }),
    loss(group, { left: 0.6, place: 'posterior' }),
    loss(group, { left: 0.5 }, 'left'),
  ]),
  growth(2),
  growth(4),
  lossBesideHorn,
  ...repeats,
]
