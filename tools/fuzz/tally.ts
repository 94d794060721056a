import type { Fate, ReaderLimits } from './watched-reader.ts'

const stages = ['parse', 'facts', 'select', 'decode', 'assemble', 'done'] as const

/** Counts of a run. */
export interface Tally {
  total: number
  crashes: number
  hangs: number
  wrong: number
  overMemory: number
  peakBytes: number
  /** Maximum processor time of a mutant, its name, and its wall time. */
  slowest: { processorMilliseconds: number; milliseconds: number; name: string }
  readonly outcomes: Map<string, number>
  readonly refusals: Map<string, number>
  readonly reached: Map<string, number>
}

export function createTally(): Tally {
  const counts = { total: 0, crashes: 0, hangs: 0, wrong: 0, overMemory: 0 }
  const maps = { outcomes: new Map(), refusals: new Map(), reached: new Map() }
  const slowest = { processorMilliseconds: 0, milliseconds: 0, name: 'none' }
  return { ...counts, peakBytes: 0, slowest, ...maps }
}

const add = (counts: Map<string, number>, key: string) =>
  counts.set(key, (counts.get(key) ?? 0) + 1)

/** Counts one mutant; returns a line for each violation. */
export function countFates(tally: Tally, fate: Fate, limits: ReaderLimits): readonly string[] {
  tally.total += 1
  if (fate.kind !== 'read') {
    tally[({ crash: 'crashes', hang: 'hangs', memory: 'overMemory' } as const)[fate.kind]] += 1
    return [`mutant ${fate.index}: ${fate.kind}, ${fate.detail}`]
  }
  const { index, seedName, mutation, outcome, sentence, reached, refused } = fate.mutant
  const { milliseconds, processorMilliseconds, peakBytes } = fate.mutant
  add(tally.reached, reached)
  add(tally.outcomes, outcome)
  if (refused !== undefined) add(tally.refusals, refused)
  tally.peakBytes = Math.max(tally.peakBytes, peakBytes)
  const lines: string[] = []
  const name = `mutant ${index} (${seedName}; ${mutation})`
  if (processorMilliseconds > tally.slowest.processorMilliseconds) {
    tally.slowest = { processorMilliseconds, milliseconds, name }
  }
  if (outcome === 'CRASH') tally.crashes += 1
  if (outcome === 'WRONG') tally.wrong += 1
  if (outcome === 'CRASH' || outcome === 'WRONG') lines.push(`${name}: ${outcome}, ${sentence}`)
  if (peakBytes > limits.peakBytes) {
    tally.overMemory += 1
    lines.push(`${name}: memory, ${Math.round(peakBytes / 1e6)} MB`)
  }
  return lines
}

/** How many got past parsing. */
function countParsed({ reached }: Tally): number {
  return [...reached].reduce((sum, [stage, count]) => sum + (stage === 'parse' ? 0 : count), 0)
}

export function isAcceptable(tally: Tally): boolean {
  const { total, crashes, hangs, wrong, overMemory } = tally
  // Proportions are meaningless for a few mutants.
  const isDeep = total < 100 || countParsed(tally) >= 0.4 * total
  return crashes + hangs + wrong + overMemory === 0 && isDeep
}

const sorted = (counts: Map<string, number>) => [...counts].sort((a, b) => b[1] - a[1])

export function printTally(tally: Tally, seconds: number): void {
  const { total } = tally
  const share = (count: number) => `${count} (${((100 * count) / total).toFixed(1)} %)`
  console.log(`\n${total} mutants in ${Math.round(seconds)} s`)
  console.log(`past parsing: ${share(countParsed(tally))}`)
  for (const stage of stages) {
    console.log(`  ended at ${stage}: ${share(tally.reached.get(stage) ?? 0)}`)
  }
  console.log(`results: ${share(tally.outcomes.get('RESULT') ?? 0)}`)
  console.log('coded errors:')
  for (const [code, count] of sorted(tally.outcomes)) {
    if (!['RESULT', 'CRASH', 'WRONG'].includes(code)) console.log(`  ${code}: ${count}`)
  }
  console.log('rejected by the selection, pixels read anyway:')
  for (const [code, count] of sorted(tally.refusals)) console.log(`  ${code}: ${count}`)
  console.log(`crashes: ${tally.crashes}`)
  console.log(`hangs (over 5 s of processor time or a minute on the clock): ${tally.hangs}`)
  console.log(`wrong results: ${tally.wrong}`)
  console.log(`over 1 GB: ${tally.overMemory}`)
  const { slowest } = tally
  const [processor, clock] = [slowest.processorMilliseconds, slowest.milliseconds].map(Math.round)
  console.log(
    `slowest: ${processor} ms of processor time, ${clock} ms on the clock, ${slowest.name}`,
  )
  console.log(`peak memory of a reader: ${Math.round(tally.peakBytes / 1e6)} MB`)
}
