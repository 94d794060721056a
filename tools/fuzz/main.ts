// Reads thousands of damaged DICOM series. Each must give a coded error with a sentence or a
// correct volume: no crash, no hang over 5 s, no memory over 1 GB. npm run check -- fuzz [--count
// 20000] [--seed 1] [--from 0] [--readers 2] --from 123 --count 1 repeats one
import { parseArgs } from 'node:util'
import { countFates, createTally, isAcceptable, printTally } from './tally.ts'
import { createReader } from './watched-reader.ts'

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
    from: { type: 'string', default: '0' },
    readers: { type: 'string', default: '2' },
  },
})
const from = Number(values.from)
const end = from + Number(values.count)
const limits = { seconds: 5, peakBytes: 1e9 }

const tally = createTally()
const begun = performance.now()
let next = from
let shown = begun

async function readOn(): Promise<void> {
  const reader = createReader(Number(values.seed), limits)
  try {
    while (next < end) {
      const fate = await reader.read(next++)
      for (const line of countFates(tally, fate, limits)) console.log(line)
      if (Number(values.count) === 1) console.log(JSON.stringify(fate, null, 2))
      if (performance.now() - shown > 30_000) {
        shown = performance.now()
        console.log(`${next - from} read in ${Math.round((shown - begun) / 1000)} s`)
      }
    }
  } finally {
    reader.close()
  }
}

await Promise.all(Array.from({ length: Number(values.readers) }, readOn))
printTally(tally, (performance.now() - begun) / 1000)
if (!isAcceptable(tally)) process.exitCode = 1
