import type { Head } from './read-head.ts'
import { sizeChanges } from './size-changes.ts'
import { meanOf, spreadOf } from './statistics.ts'
import type { Locate } from './try-head.ts'

/** Prints the effect of each change on the intracranial volume, over all applicable heads. */
export async function checkSizes(locate: Locate, heads: readonly Head[]): Promise<void> {
  const ratios = new Map<string, number[]>()
  for (const head of heads) {
    const volume = await head.read()
    const before = locate(volume).intracranialVolumeMm3
    for (const { name, apply } of sizeChanges) {
      const changed = apply(volume, head)
      if (changed === undefined) continue
      const ratio = locate(changed).intracranialVolumeMm3 / before
      ratios.set(name, [...(ratios.get(name) ?? []), ratio])
    }
  }
  for (const [name, all] of ratios) {
    const off = all.map((ratio) => 100 * (ratio - 1))
    const [mean, spread] = [meanOf(off).toFixed(1), spreadOf(off).toFixed(1)]
    const most = Math.max(...off.map(Math.abs)).toFixed(1)
    console.log(
      `  ${name.padEnd(28)} ${all.length} heads: ${mean} % (standard deviation ${spread}), most ${most} %`,
    )
  }
}
