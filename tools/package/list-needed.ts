interface LockedPackage {
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}
export type LockedPackages = Readonly<Record<string, LockedPackage>>

/** Dependencies needed only for installing or compiling. */
export const neededToInstall: Readonly<Record<string, readonly string[]>> = {
  canvas: ['node-addon-api', 'prebuild-install'],
  'onnxruntime-node': ['adm-zip', 'global-agent'],
}

/** Path of a package as Node resolves its name from another package; undefined if it is missing. */
function resolveFrom(packages: LockedPackages, from: string, name: string): string | undefined {
  for (let folder = from; ; folder = folder.slice(0, folder.lastIndexOf('node_modules/'))) {
    const parent = folder === '' || folder.endsWith('/') ? folder : `${folder}/`
    const path = `${parent}node_modules/${name}`
    if (path in packages) return path
    if (!folder.includes('node_modules/')) return undefined
  }
}

/**
 * Paths in node_modules of everything that `roots` need at run time, by package-lock.json. Peer dependencies are not
 * followed: the image loader's peers (an image viewer, 60 MB) are for browsers. Throws for a missing package.
 */
export function listNeededPackages(
  packages: LockedPackages,
  roots: readonly string[],
): ReadonlySet<string> {
  const needed = new Set<string>()
  const add = (from: string, name: string) => {
    const path = resolveFrom(packages, from, name)
    if (path === undefined) throw new Error(`package-lock.json lacks ${name}, which ${from} needs`)
    if (needed.has(path)) return
    needed.add(path)
    const own = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
    for (const next of Object.keys(packages[path]?.dependencies ?? {})) {
      if (!neededToInstall[own]?.includes(next)) add(path, next)
    }
  }
  for (const name of roots) add('', name)
  return needed
}
