// Changes one attribute of a good head at a time (removes it, sets each of five wrong values) and
// reports which single change makes the product reject it. Only changes to essential attributes
// should.
import { listChanges } from './change-head.ts'
import { madeHeads } from './heads.ts'
import { tryChanges } from './try-changes.ts'

let refusedOtherwise = 0
for (const head of madeHeads) {
  const refusals = await tryChanges(head)
  const others = refusals.filter(({ isNeeded }) => !isNeeded)
  refusedOtherwise += others.length
  console.log(
    `${head.name}: ${listChanges(head.files).length} changes, ${refusals.length} make the product reject it`,
  )
  const needed = refusals.filter(({ isNeeded }) => isNeeded)
  for (const [keyword, those] of Map.groupBy(needed, ({ change }) => change.keyword)) {
    const whats = those.map(({ change, code }) => `${change.what} (${code})`)
    console.log(`    essential: ${keyword}: ${whats.join(', ')}`)
  }
  for (const { change, code, sentence } of others) {
    console.log(`  rejected: ${change.keyword} ${change.what}: ${code}: ${sentence}`)
  }
}
console.log(`${refusedOtherwise} single changes reject a readable head.`)
if (refusedOtherwise > 0) process.exitCode = 1
