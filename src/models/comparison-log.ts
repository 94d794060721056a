import { appendFile, mkdir, readdir, readFile, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { ModelName, ShadowComparison } from './shadow-comparison.ts'

/** Stored comparisons of one pair of models: one line of JSON each, the newest last. */
export interface ComparisonLog {
  add(comparison: ShadowComparison): Promise<void>
  read(active: ModelName, shadow: ModelName): Promise<readonly ShadowComparison[]>
  /** Those of the most recently compared pair. */
  readLatest(): Promise<readonly ShadowComparison[]>
}

/** About 30,000 comparisons; the file before is kept, too. */
const largestBytes = 20_000_000

function parseLine(line: string): ShadowComparison[] {
  try {
    return line === '' ? [] : [JSON.parse(line) as ShadowComparison]
  } catch {
    // An incomplete line after a power failure.
    return []
  }
}

/**
 * Stores comparisons in a folder of DATA_DIR. They contain identifiers of jobs and studies, and
 * volumes.
 */
export function openComparisonLog(
  folder: string,
  maximumBytes: number = largestBytes,
): ComparisonLog {
  const pathOf = (active: ModelName, shadow: ModelName) =>
    join(folder, `${active.sha256.slice(0, 16)}-${shadow.sha256.slice(0, 16)}.jsonl`)
  let last: Promise<void> = Promise.resolve()

  async function append(comparison: ShadowComparison): Promise<void> {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const path = pathOf(comparison.active, comparison.shadow)
    const size = await stat(path).then(
      (facts) => facts.size,
      () => 0,
    )
    if (size > maximumBytes) await rename(path, `${path}.before`)
    await appendFile(path, `${JSON.stringify(comparison)}\n`, { mode: 0o600 })
  }

  async function readPair(path: string): Promise<ShadowComparison[]> {
    const texts = await Promise.all(
      [`${path}.before`, path].map((one) => readFile(one, 'utf8').catch(() => '')),
    )
    return texts.flatMap((text) => text.split('\n').flatMap(parseLine))
  }

  return {
    add(comparison) {
      const added = last.then(() => append(comparison))
      last = added.catch(() => undefined)
      return added
    },
    async read(active, shadow) {
      await last
      return readPair(pathOf(active, shadow))
    },
    async readLatest() {
      await last
      const names = await readdir(folder).catch(() => [])
      const paths = names
        .filter((name) => name.endsWith('.jsonl'))
        .map((name) => join(folder, name))
      const dated = await Promise.all(
        paths.map(async (path) => ({ path, changed: (await stat(path)).mtimeMs })),
      )
      const [newest] = dated.sort((a, b) => b.changed - a.changed)
      return newest === undefined ? [] : readPair(newest.path)
    },
  }
}
