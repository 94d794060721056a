import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeMutant } from '../../tools/fuzz/make-mutant.ts'
import { readSeries } from '../../tools/fuzz/read-path.ts'
import { makePhantoms, type SeedSeries } from '../../tools/fuzz/seed-series.ts'
import { countFates, createTally, isAcceptable } from '../../tools/fuzz/tally.ts'
import { createReader, type Fate } from '../../tools/fuzz/watched-reader.ts'

/** A reader that misbehaves at mutants 1 to 3 and answers all others. */
const misbehaving = `
process.on('disconnect', () => process.exit())
process.on('message', async (index) => {
  if (index === 1) for (;;);
  if (index === 2) throw new Error('broken on purpose')
  if (index === 3) {
    const kept = []
    for (;;) {
      kept.push(Buffer.alloc(40e6, 1))
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
  process.send({ index, outcome: 'RESULT', reached: 'done', peakBytes: 1 })
})
process.send('ready')
`

describe('the watch over readers of damaged files', () => {
  let folder: string
  const fates: Fate[] = []
  const limits = { seconds: 1.5, peakBytes: 200e6 }
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hippovolume-fuzz-'))
    const program = join(folder, 'reader.mjs')
    writeFileSync(program, misbehaving)
    const reader = createReader(1, limits, pathToFileURL(program))
    for (let index = 0; index < 5; index++) fates.push(await reader.read(index))
    reader.close()
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('kills hanging readers, notices crashes and excessive memory, and continues', () => {
    expect(fates.map(({ kind }) => kind)).toEqual(['read', 'hang', 'crash', 'memory', 'read'])
    expect(fates[2]).toMatchObject({ detail: expect.stringContaining('broken on purpose') })
  })

  it('fails the run for each of them', () => {
    for (const fate of fates) {
      const tally = createTally()
      const lines = countFates(tally, fate, limits)
      expect(isAcceptable(tally)).toBe(fate.kind === 'read')
      expect(lines).toHaveLength(fate.kind === 'read' ? 0 : 1)
    }
  })
})

describe('damaged series', () => {
  let seeds: readonly SeedSeries[]
  beforeAll(async () => {
    seeds = await makePhantoms()
  })

  it('are the same for the same seed and number', () => {
    for (const index of [3, 14, 159]) {
      const [one, same] = [makeMutant(seeds, 7, index), makeMutant(seeds, 7, index)]
      expect(one).toEqual(same)
      expect(makeMutant(seeds, 8, index)).not.toEqual(one)
    }
  })

  it('give a volume or a coded error with a sentence, most of them after parsing', async () => {
    const outcomes = new Map<string, number>()
    const bad: string[] = []
    let parsed = 0
    for (let index = 0; index < 300; index++) {
      const { files, seed, mutation } = makeMutant(seeds, 2, index)
      const read = await readSeries(seed.seal ? files.map(seed.seal) : files)
      outcomes.set(read.outcome, (outcomes.get(read.outcome) ?? 0) + 1)
      if (read.reached !== 'parse') parsed += 1
      if (['CRASH', 'WRONG'].includes(read.outcome)) {
        bad.push(`${index}, ${seed.name}, ${mutation}: ${read.sentence}`)
      }
    }
    expect(bad).toEqual([])
    expect(parsed).toBeGreaterThan(0.4 * 300)
    expect(outcomes.size).toBeGreaterThan(6)
    expect(outcomes.get('RESULT')).toBeGreaterThan(50)
  })
})
