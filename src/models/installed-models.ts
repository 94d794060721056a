import { createHash } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type ErrorRecord, HippoError, recordError, toHippoError } from '../errors.ts'
import { readModelManifest } from '../inference/model-manifest.ts'
import { isAcceptanceFile } from './acceptance-file.ts'
import type { ModelName } from './shadow-comparison.ts'

/** A usable model: its manifest and ONNX file exist and match. */
export interface InstalledModel extends ModelName {
  readonly manifestPath: string
  readonly manifestSha256: string
  /** With the product, by MODEL_MANIFEST, or in MODELS_DIR. */
  readonly origin: 'builtin' | 'configured' | 'site'
  /**
   * Slope of log measured against log true volume for simulated losses, if the manifest states it.
   */
  readonly lossSlopes?: { readonly anchored: number; readonly flow: number }
}

/** A manifest without a usable model, and why. */
export interface UnusableModel {
  readonly manifestPath: string
  readonly error: ErrorRecord
}

export interface ModelPlaces {
  readonly builtin: string
  /** MODEL_MANIFEST, if it is not the builtin one. */
  readonly configured: string | undefined
  /** MODELS_DIR: manifests in it, and in folders in it. */
  readonly folder: string | undefined
}

export interface Installed {
  readonly models: readonly InstalledModel[]
  readonly unusable: readonly UnusableModel[]
}

async function listManifests(folder: string | undefined): Promise<string[]> {
  if (folder === undefined) return []
  const isManifest = (name: string) => name.endsWith('.json') && !isAcceptanceFile(name)
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw new HippoError('CONFIG_INVALID', `MODELS_DIR names ${folder}, which cannot be read.`, {
      cause,
    })
  })
  const lists = await Promise.all(
    entries.map(async (entry) => {
      const path = join(folder, entry.name)
      if (entry.isFile()) return isManifest(entry.name) ? [path] : []
      if (!entry.isDirectory()) return []
      const inside = await readdir(path).catch(() => [])
      return inside.filter(isManifest).map((name) => join(path, name))
    }),
  )
  return lists.flat().sort()
}

/** Reads a manifest as an installed model. Throws MODEL_MISSING, MODEL_INVALID or MODEL_ALTERED. */
export async function readInstalledModel(
  manifestPath: string,
  origin: InstalledModel['origin'],
): Promise<InstalledModel> {
  const { manifest } = await readModelManifest(manifestPath)
  const { name, version, sha256 } = manifest
  const bytes = await readFile(manifestPath)
  const manifestSha256 = createHash('sha256').update(bytes).digest('hex')
  const lossSlopes = (manifest.knownChange?.crops ?? manifest.knownChange?.heads)?.slopes
  const named = { name, version, sha256, manifestPath, manifestSha256, origin }
  return lossSlopes === undefined ? named : { ...named, lossSlopes }
}

/** Changes with any file of a model; undefined if the manifest or its model is missing. */
async function stampOf(manifestPath: string): Promise<string | undefined> {
  try {
    const { file, horn } = JSON.parse(await readFile(manifestPath, 'utf8')) as {
      file: string
      horn?: { file: string }
    }
    const files = [file, ...(horn === undefined ? [] : [horn.file])]
    const facts = await Promise.all([
      stat(manifestPath),
      ...files.map((one) => stat(join(dirname(manifestPath), String(one)))),
    ])
    return facts.map(({ mtimeMs, size, ino }) => `${mtimeMs} ${size} ${ino}`).join()
  } catch {
    return undefined
  }
}

/**
 * Lists the installed models. Files are read again only after a change, because a model has several
 * megabytes. Throws CONFIG_INVALID for a MODELS_DIR that cannot be read.
 */
export function watchInstalledModels(places: ModelPlaces): () => Promise<Installed> {
  const known = new Map<string, { stamp: string; model: InstalledModel }>()

  async function read(path: string, origin: InstalledModel['origin']) {
    const stamp = await stampOf(path)
    const seen = known.get(path)
    if (seen !== undefined && seen.stamp === stamp) return seen.model
    const model = await readInstalledModel(path, origin)
    if (stamp !== undefined) known.set(path, { stamp, model })
    return model
  }

  return async () => {
    const { builtin, configured, folder } = places
    const wanted = [
      { path: builtin, origin: 'builtin' as const },
      ...(configured === undefined ? [] : [{ path: configured, origin: 'configured' as const }]),
      ...(await listManifests(folder)).map((path) => ({ path, origin: 'site' as const })),
    ]
    const models: InstalledModel[] = []
    const unusable: UnusableModel[] = []
    for (const { path, origin } of wanted) {
      try {
        const model = await read(path, origin)
        if (!models.some(({ sha256 }) => sha256 === model.sha256)) models.push(model)
      } catch (error) {
        unusable.push({ manifestPath: path, error: recordError(toHippoError(error, 'startup')) })
      }
    }
    return { models, unusable }
  }
}

/**
 * Finds an installed model by name: `builtin`, a version, NAME@VERSION, or the start of a SHA-256
 * (8 digits or more). Throws MODEL_UNKNOWN, also if several match.
 */
export function findInstalledModel(
  models: readonly InstalledModel[],
  wanted: string,
): InstalledModel {
  const found = models.filter(({ name, version, sha256, origin }) =>
    wanted === 'builtin'
      ? origin === 'builtin'
      : wanted === version ||
        wanted === `${name}@${version}` ||
        (/^[0-9a-f]{8,64}$/.test(wanted) && sha256.startsWith(wanted)),
  )
  if (found.length === 1) return found[0]!
  const list = (some: readonly InstalledModel[]) =>
    some.map(({ name, version, sha256 }) => `${name}@${version} (${sha256.slice(0, 8)})`).join(', ')
  throw new HippoError(
    'MODEL_UNKNOWN',
    found.length === 0
      ? `No installed model is called ${wanted}. Installed: ${list(models)}.`
      : `Several installed models are called ${wanted}: ${list(found)}. Identify one by the start of its SHA-256.`,
  )
}
