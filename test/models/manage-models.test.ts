import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ErrorRecord, HippoError, recordError } from '../../src/errors.ts'
import { readModelManifest } from '../../src/inference/model-manifest.ts'
import { writeAcceptance } from '../../src/models/acceptance.ts'
import { openComparisonLog } from '../../src/models/comparison-log.ts'
import { readInstalledModel, watchInstalledModels } from '../../src/models/installed-models.ts'
import { manageModels } from '../../src/models/manage-models.ts'
import type { ModelLoader } from '../../src/models/model-loader.ts'
import type { ModelName } from '../../src/models/shadow-comparison.ts'
import { makeModel } from './make-model.ts'

let root: string
let builtin: string
let folder: string
let marks: Map<string, string>
let logged: string[]
let now = 0

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'hippovolume-models-'))
  folder = join(root, 'site')
  builtin = makeModel(join(root, 'builtin'), { name: 'shipped', version: '0.1.0' })
  makeModel(join(folder, 'a'), { name: 'site', version: '2.0.0', threshold: 0.6 })
  makeModel(folder, { name: 'loose', version: '3.0.0', threshold: 0.7 })
  marks = new Map()
  logged = []
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

/** Accepts a model, as a check would. */
async function accept(path: string): Promise<void> {
  const model = await readInstalledModel(path, 'site')
  const shipped = await readInstalledModel(builtin, 'builtin')
  const name = (one: ModelName) => ({ name: one.name, version: one.version, sha256: one.sha256 })
  await writeAcceptance(path, {
    schemaVersion: 1,
    accepted: true,
    checkedAt: '2026-11-26T00:00:00.000Z',
    softwareVersion: '1.2.3',
    model: name(model),
    manifestSha256: model.manifestSha256,
    shipped: name(shipped),
    casesSha256: 'a'.repeat(64),
    cases: 20,
    requirements: [],
    figures: {},
  })
}

const pathOfSite = () => join(folder, 'a/site.json')

/** What the analysis process would do: loads what can be read. */
function playLoader(): ModelLoader & { reloads: object[]; refuse?: HippoError } {
  let loaded: ReturnType<ModelLoader['loaded']>
  const nameOf = async (path: string) => {
    const { name, version, sha256 } = (await readModelManifest(path)).manifest
    return { name, version, sha256 }
  }
  const loader = {
    reloads: [] as object[],
    refuse: undefined as HippoError | undefined,
    loaded: () => loaded,
    async reload({ active, shadow }: { active: string; shadow?: string | undefined }) {
      if (loader.refuse) throw loader.refuse
      let shadowError: ErrorRecord | undefined
      const looksOn =
        shadow === undefined
          ? undefined
          : await nameOf(shadow).catch((error: HippoError) => {
              shadowError = recordError(error)
              return undefined
            })
      loaded = { active: await nameOf(active), shadow: looksOn, shadowError }
      loader.reloads.push({ active, shadow })
      return loaded
    },
  }
  return loader as never
}

async function start(loader = playLoader()) {
  const manager = await manageModels({
    installed: watchInstalledModels({ builtin, configured: undefined, folder }),
    configuredPath: builtin,
    marks: {
      readMark: async (name) => marks.get(name),
      swapMark: async (name, expected, value) => {
        if (marks.get(name) !== expected) return false
        marks.set(name, value)
        return true
      },
    },
    comparisons: openComparisonLog(join(root, 'comparisons')),
    softwareVersion: '1.2.3',
    clock: () => now,
    log: { info: (_, text) => logged.push(text), error: (_, text) => logged.push(text) },
  })
  await loader.reload(manager.initial)
  return { loader, models: manager.connect(loader) }
}

describe("a site's models", () => {
  it('are those of the folder and its subfolders, and the shipped one', async () => {
    writeFileSync(join(folder, 'broken.json'), '{}')
    const { models } = await start()
    const view = await models.view()
    expect(view.active).toMatchObject({ name: 'shipped' })
    expect(view.installed.map(({ name, origin, checked }) => [name, origin, checked])).toEqual([
      ['shipped', 'builtin', true],
      ['site', 'site', false],
      ['loose', 'site', false],
    ])
    expect(view.unusable).toEqual([
      {
        path: join(folder, 'broken.json'),
        error: expect.objectContaining({ code: 'MODEL_INVALID' }),
      },
    ])
  })

  it('are not activated unchecked, nor by an unknown or ambiguous name', async () => {
    makeModel(join(folder, 'b'), { name: 'other', version: '2.0.0', threshold: 0.8 })
    const { models, loader } = await start()
    await expect(models.use('site@2.0.0', 'admin')).rejects.toMatchObject({
      code: 'MODEL_NOT_ACCEPTED',
    })
    await expect(models.use('9.9.9', 'admin')).rejects.toMatchObject({ code: 'MODEL_UNKNOWN' })
    await expect(models.use('2.0.0', 'admin')).rejects.toThrow(/Several installed models/)
    expect(loader.reloads).toHaveLength(1)
    expect(marks.size).toBe(0)
  })

  it('are switched durably, and back', async () => {
    await accept(pathOfSite())
    const { models, loader } = await start()
    expect((await models.use('2.0.0', 'anna')).active).toMatchObject({ name: 'site' })
    expect(await models.view()).toMatchObject({ changedBy: 'anna' })
    const again = await start()
    expect(again.loader.loaded()?.active.name).toBe('site')
    expect((await again.models.rollBack('ben')).active).toMatchObject({ name: 'shipped' })
    await expect(again.models.rollBack('ben')).rejects.toMatchObject({ code: 'MODEL_UNKNOWN' })
    expect((await start()).loader.loaded()?.active.name).toBe('shipped')
    expect(loader.reloads).toHaveLength(2)
  })

  it('change nothing if the wanted one is active', async () => {
    const { models, loader } = await start()
    await models.use('builtin', 'admin')
    expect(loader.reloads).toHaveLength(1)
  })

  it('stay unchanged if the new one cannot be loaded', async () => {
    await accept(pathOfSite())
    const { models, loader } = await start()
    loader.refuse = new HippoError('MODEL_INVALID', 'The model file cannot be used.')
    await expect(models.use('site@2.0.0', 'admin')).rejects.toMatchObject({ code: 'MODEL_INVALID' })
    expect(loader.loaded()?.active.name).toBe('shipped')
    expect(marks.size).toBe(0)
  })

  it('revert if the choice cannot be stored', async () => {
    await accept(pathOfSite())
    const { models, loader } = await start()
    marks.set = () => {
      throw new HippoError('DISK_FULL', 'The disk is full.')
    }
    await expect(models.use('site@2.0.0', 'admin')).rejects.toMatchObject({ code: 'DISK_FULL' })
    expect(loader.loaded()?.active.name).toBe('shipped')
  })

  it('revert after a concurrent change', async () => {
    await accept(pathOfSite())
    const { models, loader } = await start()
    const { reload } = loader
    Object.assign(loader, {
      reload: async (paths: Parameters<typeof reload>[0]) => {
        marks.set('models/choice', '{"previous":[],"changedAt":"now","changedBy":"another"}')
        return reload(paths)
      },
    })
    await expect(models.use('site@2.0.0', 'admin')).rejects.toThrow(/at the same time/)
    expect(loader.loaded()?.active.name).toBe('shipped')
    expect(marks.get('models/choice')).toContain('another')
  })

  it('prevent the start if the chosen one is missing', async () => {
    await accept(pathOfSite())
    await (await start()).models.use('site@2.0.0', 'admin')
    rmSync(join(folder, 'a'), { recursive: true })
    await expect(start()).rejects.toMatchObject({
      code: 'MODEL_MISSING',
      message: expect.stringContaining('--offline'),
    })
  })

  it('follow the choice that another process of the site made', async () => {
    await accept(pathOfSite())
    const [one, other] = [await start(), await start()]
    await one.models.use('site@2.0.0', 'admin')
    await other.models.follow()
    expect(other.loader.loaded()?.active.name).toBe('site')
    await other.models.follow()
    expect(other.loader.reloads).toHaveLength(2)
  })

  it('report a choice that cannot be applied, continue measuring, and retry later', async () => {
    await accept(pathOfSite())
    const [one, other] = [await start(), await start()]
    await one.models.use('site@2.0.0', 'admin')
    other.loader.refuse = new HippoError('MODEL_INVALID', 'No.')
    await other.models.follow()
    expect(await other.models.view()).toMatchObject({
      active: { name: 'shipped' },
      problem: { code: 'MODEL_INVALID' },
    })
    Object.assign(other.loader, { refuse: undefined })
    await other.models.follow()
    expect(other.loader.loaded()?.active.name).toBe('shipped')
    now += 60_001
    await other.models.follow()
    expect(await other.models.view()).not.toHaveProperty('problem')
    expect(other.loader.loaded()?.active.name).toBe('site')
  })
})

describe('a model in shadow mode', () => {
  it('needs no check, and is not the active one', async () => {
    const { models } = await start()
    const view = await models.shadow('loose@3.0.0', 'admin')
    expect(view).toMatchObject({ active: { name: 'shipped' }, shadow: { name: 'loose' } })
    await expect(models.shadow('builtin', 'admin')).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
    })
    expect(await models.shadow(undefined, 'admin')).not.toHaveProperty('shadow')
  })

  it('that is activated leaves shadow mode', async () => {
    await accept(pathOfSite())
    const { models } = await start()
    await models.shadow('site@2.0.0', 'admin')
    const view = await models.use('site@2.0.0', 'admin')
    expect(view.active).toMatchObject({ name: 'site' })
    expect(view).not.toHaveProperty('shadow')
  })

  it('that is missing does not prevent the start', async () => {
    await (await start()).models.shadow('loose@3.0.0', 'admin')
    rmSync(join(folder, 'loose.json'))
    const { loader } = await start()
    expect(loader.loaded()).toMatchObject({ active: { name: 'shipped' }, shadow: undefined })
    expect(logged).toContain('The model for shadow mode cannot be used.')
  })
})
