// Reads mutants by number for its parent process; returns the outcome of each.
import { makeMutant } from './make-mutant.ts'
import type { Mutant } from './mutate-series.ts'
import { type Reading, readSeries } from './read-path.ts'
import { makeSeeds } from './seed-series.ts'

/** One mutant, read. */
export interface ReadMutant extends Reading {
  readonly index: number
  readonly seedName: string
  readonly mutation: string
  readonly milliseconds: number
  /** Processor time of all threads, more reliable than wall time on a busy machine. */
  readonly processorMilliseconds: number
  /** Peak memory of this process, bytes. */
  readonly peakBytes: number
}

const [runSeed] = process.argv.slice(2).map(Number) as [number]
const seeds = await makeSeeds()
const untouched = new Map<string, string | undefined>()
for (const { name, files, seal, isVolume } of seeds) {
  const { outcome, sentence, volume } = await readSeries(seal ? files.map(seal) : files)
  if (isVolume !== (volume !== undefined)) throw new Error(`${name}: ${outcome}, ${sentence}`)
  untouched.set(name, volume)
}

function judge(reading: Reading, { expectation }: Mutant, volume: string | undefined): Reading {
  if (expectation === undefined || reading.outcome === 'CRASH') return reading
  const wrong = (sentence: string): Reading => ({ ...reading, outcome: 'WRONG', sentence })
  if (expectation === 'same volume') {
    return reading.volume === volume ? reading : wrong(`Not the seed's volume: ${reading.sentence}`)
  }
  if (reading.volume !== undefined) return wrong('A volume instead of an expected error.')
  const isDue = expectation.length === 0 || expectation.includes(reading.outcome)
  return isDue ? reading : wrong(`${reading.outcome} instead of ${expectation.join(' or ')}.`)
}

process.on('disconnect', () => process.exit())
process.on('message', async (index: number) => {
  const mutant = makeMutant(seeds, runSeed, index)
  const start = performance.now()
  const before = process.cpuUsage()
  const { seal } = mutant.seed
  const reading = await readSeries(seal ? mutant.files.map(seal) : mutant.files)
  const milliseconds = performance.now() - start
  const { user, system } = process.cpuUsage(before)
  const answer: ReadMutant = {
    ...judge(reading, mutant, untouched.get(mutant.seed.name)),
    index,
    seedName: mutant.seed.name,
    mutation: mutant.mutation,
    milliseconds,
    processorMilliseconds: (user + system) / 1000,
    peakBytes: process.resourceUsage().maxRSS * 1024,
  }
  process.send?.(answer)
})
process.send?.('ready')
