import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type DecodedFrame, decodeInstance } from '../../src/dicom/decode-instance.ts'
import { parsePart10 } from '../../src/dicom/part10.ts'
import { assembleVolume } from '../../src/volume/assemble-volume.ts'
import type { Volume } from '../../src/volume/grid.ts'
import { spacingOf } from '../../src/volume/patient-affine.ts'

function listFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.dcm'))
    .sort()
    .map((path) => join(folder, path))
}

const decode = (path: string): Promise<DecodedFrame[]> =>
  decodeInstance(parsePart10(new Uint8Array(readFileSync(path))))

function write(path: string, { dimensions, affine, intensities }: Volume): void {
  writeFileSync(`${path}.json`, JSON.stringify({ dimensions, affine }))
  writeFileSync(`${path}.f32`, new Uint8Array(intensities.buffer))
}

/**
 * Reads a folder of one series like the product and writes the volume; returns its size in words.
 */
export async function dumpVolume(folder: string, path: string): Promise<string> {
  const frames = (await Promise.all(listFiles(folder).map(decode))).flat()
  const { volume } = assembleVolume(frames)
  write(path, volume)
  const spacing = spacingOf(volume.affine).map((value) => Number(value.toFixed(4)))
  return `${volume.dimensions.join(' x ')} voxels of ${spacing.join(' x ')} mm`
}

/** Writes the pixels of each image of a folder under its name, without positions. */
export async function dumpImages(folder: string, output: string): Promise<void> {
  for (const file of listFiles(folder)) {
    const [frame] = await decode(file)
    const { columns, rows, intensities } = frame!
    const affine = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]
    write(join(output, basename(file, '.dcm')), {
      dimensions: [columns, rows, 1],
      affine,
      intensities,
    })
  }
}
