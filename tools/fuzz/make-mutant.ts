import { seededRandom } from '../seeded-random.ts'
import { byteMutations } from './mutate-bytes.ts'
import { elementMutations } from './mutate-elements.ts'
import { mutateFragments } from './mutate-fragments.ts'
import { type Mutant, seriesMutations } from './mutate-series.ts'
import { chooseBy, type RandomChoices } from './random-choices.ts'
import type { SeedSeries } from './seed-series.ts'

export interface NamedMutant extends Mutant {
  readonly seed: SeedSeries
  readonly mutation: string
}

function pickSeed(seeds: readonly SeedSeries[], random: RandomChoices): SeedSeries {
  let left = random.next() * seeds.reduce((sum, { weight }) => sum + weight, 0)
  for (const seed of seeds) {
    left -= seed.weight
    if (left < 0) return seed
  }
  return seeds[0]!
}

/** Damages one file of a series, occasionally twice, or several files in the same way. */
function mutateFiles(
  seed: SeedSeries,
  random: RandomChoices,
  mutate: (file: Uint8Array, random: RandomChoices) => Uint8Array,
): Mutant {
  const index = random.below(seed.files.length)
  const files = [...seed.files]
  files[index] = mutate(files[index]!, random)
  return { files, expectation: undefined }
}

/**
 * Mutant number `index` of a run: the same for the same seeds and number. Most damage attributes or
 * whole series, because damage detected by parsing does not test later steps.
 */
export function makeMutant(
  seeds: readonly SeedSeries[],
  runSeed: number,
  index: number,
): NamedMutant {
  const random = chooseBy(seededRandom(runSeed * 1_000_003 + index))
  const seed = pickSeed(seeds, random)
  const kind = random.next()
  if (kind < 0.35) {
    const mutation = random.pick(Object.keys(seriesMutations))
    const mutant = seriesMutations[mutation]!(seed, random)
    if (mutant !== undefined) return { ...mutant, seed, mutation }
  }
  const damaged = kind < 0.5 ? mutateFragments(random.pick(seed.files), random) : undefined
  if (damaged !== undefined) {
    const mutant = mutateFiles(
      seed,
      random,
      (file, choices) => mutateFragments(file, choices) ?? file,
    )
    return { ...mutant, seed, mutation: 'fragments' }
  }
  const isBytes = kind > 0.85
  const mutations = isBytes ? byteMutations : elementMutations
  const mutation = random.pick(Object.keys(mutations))
  return { ...mutateFiles(seed, random, mutations[mutation]!), seed, mutation }
}
