import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const fixtures = new URL('../inference/fixtures/', import.meta.url)

export interface MadeModel {
  readonly name: string
  readonly version?: string
  /** Normalised intensity from which it sees an anterior part; 0.5 unless said. */
  readonly threshold?: number
  readonly manifest?: object
}

/**
 * Writes a small model into a folder and returns the path of its manifest: class 1 over the threshold,
 * class 2 over 1.5. It is the fixture threshold.onnx (make_models.py) with another bias.
 */
export function makeModel(folder: string, made: MadeModel): string {
  const { name, version = '1.0.0', threshold = 0.5, manifest = {} } = made
  const onnx = readFileSync(new URL('threshold.onnx', fixtures))
  const bias = Buffer.alloc(12)
  for (const [index, value] of [0, -10, -40].entries()) bias.writeFloatLE(value, 4 * index)
  const at = onnx.indexOf(bias)
  if (at < 0) throw new Error('The fixture has another bias than expected.')
  // Class 1 has the logit 20 z + bias, class 2 40 z - 40.
  onnx.writeFloatLE(-20 * threshold, at + 4)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, `${name}.onnx`), onnx)
  const fixture = JSON.parse(readFileSync(new URL('threshold.json', fixtures), 'utf8'))
  const sha256 = createHash('sha256').update(onnx).digest('hex')
  const path = join(folder, `${name}.json`)
  writeFileSync(
    path,
    JSON.stringify({ ...fixture, name, version, file: `${name}.onnx`, sha256, ...manifest }),
  )
  return path
}
