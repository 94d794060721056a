interface LockedPackage {
  readonly version?: string
  readonly integrity?: string
  readonly resolved?: string
  readonly hasInstallScript?: boolean
  readonly link?: boolean
}
export interface Lockfile {
  readonly packages: Readonly<Record<string, LockedPackage>>
}
export interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly allowScripts?: Readonly<Record<string, boolean>>
}

const exact = /^\d+\.\d+\.\d+(-[\w.]+)?$/

/** Unpinned versions in package.json. */
export function checkManifest(manifest: Manifest): string[] {
  const { dependencies, devDependencies, optionalDependencies } = manifest
  return Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })
    .filter(([, version]) => !exact.test(version))
    .map(([name, version]) => `package.json: ${name} is not pinned (${version})`)
}

/**
 * Unsafe packages in package-lock.json: without a SHA-512 of the content, from an address instead
 * of a registry, or with an install script without a decision about it.
 */
export function checkLockfile({ packages }: Lockfile, { allowScripts = {} }: Manifest): string[] {
  return Object.entries(packages).flatMap(([path, one]) => {
    if (path === '') return []
    const name = path.split('node_modules/').at(-1) ?? path
    const problems: string[] = []
    if (one.link === true) problems.push('is a link')
    if (!one.integrity?.startsWith('sha512-')) problems.push('has no SHA-512')
    if (one.resolved !== undefined) problems.push('comes from an address')
    if (one.hasInstallScript === true && !(name in allowScripts)) {
      problems.push('runs an install script that allowScripts does not mention')
    }
    return problems.map((problem) => `package-lock.json: ${name} ${problem}`)
  })
}
