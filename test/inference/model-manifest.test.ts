import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { readModelManifest } from '../../src/inference/model-manifest.ts'

const fixtures = fileURLToPath(new URL('./fixtures/', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'hippo-model-'))
const manifestPath = join(folder, 'threshold.json')
const onnxPath = join(folder, 'threshold.onnx')

beforeEach(() => {
  cpSync(join(fixtures, 'threshold.json'), manifestPath)
  cpSync(join(fixtures, 'threshold.onnx'), onnxPath)
})
afterAll(() => rmSync(folder, { recursive: true }))

function edit(change: (manifest: Record<string, unknown>) => void): void {
  const manifest = JSON.parse(readFileSync(manifestPath, 'utf8'))
  change(manifest)
  writeFileSync(manifestPath, JSON.stringify(manifest))
}

describe('readModelManifest', () => {
  it('reads a manifest and its model', async () => {
    edit((manifest) => Object.assign(manifest, { training: { epochs: 3 }, licence: 'MIT' }))
    const { manifest, onnx } = await readModelManifest(manifestPath)
    expect(manifest.input.patch).toEqual([40, 56, 40])
    expect(onnx.length).toBe(readFileSync(onnxPath).length)
  })

  it('reads standard errors of volumes from a manifest', async () => {
    const line = { constantMm3: 0, perVolume: 0.045, perSurface: 0, perUncertainty: 0 }
    const standardError = { kind: 'linear', whole: line, anterior: line, posterior: line }
    expect((await readModelManifest(manifestPath)).manifest.standardError).toBeUndefined()
    edit((manifest) => Object.assign(manifest, { standardError }))
    const { manifest } = await readModelManifest(manifestPath)
    expect(manifest.standardError).toEqual(standardError)
  })

  it('reads the network for the temporal horn, and rejects a different file under its name', async () => {
    edit((manifest) => {
      const { name, version, input, normalization, output, labels, sha256 } = manifest
      const network = { name, version, input, normalization, output, labels, sha256 }
      const rule = { standardError: { constantMm3: 40, perVolume: 0.2 }, slitBelowMm3: 80 }
      manifest.horn = { ...network, ...rule, file: 'horn.onnx' }
    })
    await expect(readModelManifest(manifestPath)).rejects.toMatchObject({ code: 'MODEL_MISSING' })
    const hornPath = join(folder, 'horn.onnx')
    const onnx = readFileSync(onnxPath)
    writeFileSync(hornPath, onnx)
    expect((await readModelManifest(manifestPath)).hornOnnx!.length).toBe(onnx.length)
    onnx[100]! ^= 1
    writeFileSync(hornPath, onnx)
    await expect(readModelManifest(manifestPath)).rejects.toMatchObject({ code: 'MODEL_ALTERED' })
    rmSync(hornPath)
  })

  it('names a missing file', async () => {
    rmSync(onnxPath)
    await expect(readModelManifest(manifestPath)).rejects.toMatchObject({
      code: 'MODEL_MISSING',
      message: `The model file ${onnxPath} does not exist.`,
    })
    await expect(readModelManifest(join(folder, 'none.json'))).rejects.toMatchObject({
      code: 'MODEL_MISSING',
    })
  })

  it('refuses a model file with one changed byte', async () => {
    const onnx = readFileSync(onnxPath)
    onnx[100]! ^= 1
    writeFileSync(onnxPath, onnx)
    await expect(readModelManifest(manifestPath)).rejects.toMatchObject({ code: 'MODEL_ALTERED' })
  })

  it('rejects invalid JSON', async () => {
    writeFileSync(manifestPath, '{')
    await expect(readModelManifest(manifestPath)).rejects.toMatchObject({ code: 'MODEL_INVALID' })
  })

  it.each<[string, (manifest: Record<string, unknown>) => void]>([
    ['/frame', (m) => Object.assign(m, { frame: 'LPS' })],
    ['/file', (m) => Object.assign(m, { file: '../secret.onnx' })],
    ['/input/axes/2', (m) => (m.input as { axes: string[] }).axes.splice(2, 1, 'left')],
    ['/normalization/kind', (m) => Object.assign(m, { normalization: { kind: 'minmax' } })],
    ['/sha256', (m) => Object.assign(m, { sha256: 'x' })],
    ['/labels', (m) => Object.assign(m, { labels: [] })],
    [
      '/standardError/whole/perVolume',
      (m) => {
        const line = { constantMm3: 0, perVolume: -0.1, perSurface: 0, perUncertainty: 0 }
        const standardError = { kind: 'linear', whole: line, anterior: line, posterior: line }
        return Object.assign(m, { standardError })
      },
    ],
    ['schemaVersion', (m) => delete m.schemaVersion],
  ])('refuses a manifest with a wrong %s and names it', async (field, change) => {
    edit(change)
    await expect(readModelManifest(manifestPath)).rejects.toMatchObject({
      code: 'MODEL_INVALID',
      message: expect.stringContaining(field),
    })
  })
})
