import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { rolldown } from 'rolldown'

interface Manifest {
  exports: Record<string, { import: string; default: string }>
}

/**
 * Joins the modules of an installed ESM package into one file for each of its entries, and what these share,
 * under the same names for those who import it. TypeBox has seven hundred modules: finding them takes a
 * process longer than running them.
 */
export async function joinModules(folder: string): Promise<void> {
  const file = join(folder, 'package.json')
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as Manifest
  const entries = Object.entries(manifest.exports).map(([name, { import: path }]) => ({
    name,
    path,
    joined: name === '.' ? 'index' : name.replace('./', ''),
  }))
  const bundle = await rolldown({
    input: Object.fromEntries(entries.map(({ joined, path }) => [joined, join(folder, path)])),
    platform: 'node',
    // Each entry keeps what it exports, whether or not another entry uses it.
    preserveEntrySignatures: 'strict',
  })
  await bundle.write({
    dir: join(folder, 'joined'),
    format: 'esm',
    entryFileNames: '[name].mjs',
    chunkFileNames: 'shared-[hash].mjs',
  })
  await bundle.close()
  rmSync(join(folder, 'build'), { recursive: true })
  manifest.exports = Object.fromEntries(
    entries.map(({ name, joined }) => {
      const path = `./joined/${joined}.mjs`
      return [name, { import: path, default: path }]
    }),
  )
  writeFileSync(file, `${JSON.stringify(manifest, null, 2)}\n`)
}
