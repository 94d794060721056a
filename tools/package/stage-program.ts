import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { repositoryPath } from '../repository-path.ts'
import { joinModules } from './join-modules.ts'
import { type LockedPackages, listNeededPackages } from './list-needed.ts'

interface Manifest {
  readonly version: string
  readonly dependencies: Readonly<Record<string, string>>
}

const readJson = <T>(path: string) => JSON.parse(readFileSync(path, 'utf8')) as T
const writeJson = (path: string, value: unknown) =>
  writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`)

function compile(folder: string): void {
  const tsc = repositoryPath('node_modules/.bin/tsc')
  const args = ['-p', repositoryPath('tsconfig.build.json'), '--outDir', join(folder, 'dist')]
  const { status } = spawnSync(tsc, args, { stdio: 'inherit' })
  if (status !== 0) throw new Error('The program does not compile.')
  // The compiler takes no files that are only read, such as the words of the impression.
  cpSync(repositoryPath('src'), join(folder, 'dist'), {
    recursive: true,
    filter: (path) => !path.endsWith('.ts'),
  })
}

/** Copies a package without nested packages, which are separate. */
function copyPackage(path: string, folder: string): void {
  const source = repositoryPath(path)
  const inside = join(source, 'node_modules')
  cpSync(source, join(folder, path), {
    recursive: true,
    dereference: true,
    filter: (one) => one !== inside && !/\.(map|d\.ts|d\.mts|d\.cts)$/.test(one),
  })
}

/** Keeps only this platform's runtime; nothing runs or compiles during installation. */
function trimNative(folder: string): void {
  const runtime = join(folder, 'node_modules/onnxruntime-node/bin')
  for (const version of readdirSync(runtime)) {
    for (const system of readdirSync(join(runtime, version))) {
      for (const machine of readdirSync(join(runtime, version, system))) {
        if (system === process.platform && machine === process.arch) continue
        rmSync(join(runtime, version, system, machine), { recursive: true })
      }
    }
  }
  for (const part of ['binding.gyp', 'src', 'build/Release/obj.target', 'build/Makefile']) {
    rmSync(join(folder, 'node_modules/canvas', part), { recursive: true, force: true })
  }
}

function dropInstallSteps(path: string, needed: ReadonlySet<string>): void {
  const file = join(path, 'package.json')
  const { scripts, peerDependencies, devDependencies, gypfile, ...manifest } =
    readJson<Record<string, unknown>>(file)
  const names = new Set([...needed].map((one) => one.split('node_modules/').at(-1)))
  const dependencies = Object.entries((manifest.dependencies ?? {}) as Record<string, string>)
  manifest.dependencies = Object.fromEntries(dependencies.filter(([name]) => names.has(name)))
  // npm would omit files compiled here.
  if (manifest.name === 'canvas') delete manifest.files
  writeJson(file, manifest)
}

/**
 * Builds the installable program in an empty `folder`: JavaScript, models, hook, and the packages
 * that it needs on this platform. Its package.json bundles them all, so that installing it needs no
 * registry and no compiler.
 */
export async function stageProgram(folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  compile(folder)
  for (const path of [
    'bin',
    'lua',
    'orthanc',
    'packaging',
    'LICENSE',
    'CHANGELOG.md',
    'README.md',
  ]) {
    cpSync(repositoryPath(path), join(folder, path), { recursive: true })
  }
  for (const path of ['operating.md', 'settings.md', 'security.md', 'models.md', 'segment.md']) {
    mkdirSync(join(folder, 'docs'), { recursive: true })
    cpSync(repositoryPath(`docs/${path}`), join(folder, 'docs', path))
  }
  const training = repositoryPath('models/training')
  cpSync(repositoryPath('models'), join(folder, 'models'), {
    recursive: true,
    filter: (path) => path !== training,
  })

  const manifest = readJson<Manifest>(repositoryPath('package.json'))
  const { packages } = readJson<{ packages: LockedPackages }>(repositoryPath('package-lock.json'))
  const needed = listNeededPackages(packages, Object.keys(manifest.dependencies))
  for (const path of needed) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    copyPackage(path, folder)
  }
  trimNative(folder)
  await joinModules(join(folder, 'node_modules/typebox'))
  for (const path of needed) dropInstallSteps(join(folder, path), needed)
  const {
    scripts,
    devDependencies,
    optionalDependencies,
    allowScripts,
    private: _,
    ...own
  } = manifest as Manifest & Record<string, unknown>
  writeJson(join(folder, 'package.json'), {
    ...own,
    os: [process.platform],
    cpu: [process.arch],
    files: ['bin', 'dist', 'docs', 'lua', 'models', 'orthanc', 'packaging', 'CHANGELOG.md'],
    bundleDependencies: true,
  })
}
