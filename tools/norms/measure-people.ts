import { createHash } from 'node:crypto'
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { localizeWhenNeeded } from '../../src/commands/segment.ts'
import { createSegmenter } from '../../src/inference/segmenter.ts'
import { intracranialVolumeVersion } from '../../src/measurement/intracranial-volume-version.ts'
import { measureHead } from '../../src/measuring/measure-head.ts'
import { readNifti } from '../../src/nifti/read-nifti.ts'
import type { KnownPerson } from './known-people.ts'

/** The product's result for one person's head, stored as one line of JSON. */
export interface MeasuredPerson {
  readonly site: string
  readonly id: string
  readonly imageSha256: string
  readonly model: { readonly name: string; readonly version: string; readonly sha256: string }
  readonly icvVersion: string
  readonly verdict: string
  /** Why nothing was measured; then the rest is absent. */
  readonly problem?: string
  readonly left?: {
    readonly anteriorMm3: number
    readonly posteriorMm3: number
    readonly totalMm3: number
  }
  readonly right?: {
    readonly anteriorMm3: number
    readonly posteriorMm3: number
    readonly totalMm3: number
  }
  readonly icvMm3?: number
  readonly icvStandardErrorMm3?: number
  readonly warnings?: readonly string[]
}

export interface MeasureOptions {
  readonly manifestPath: string
  /** JSON lines; existing results are not measured again. */
  readonly file: string
  readonly threads: number
  readonly onProgress: (done: number, all: number, id: string) => void
}

const atOnce = async <T>(_stage: unknown, run: () => T | Promise<T>) => run()

function readKept(file: string): MeasuredPerson[] {
  if (!existsSync(file)) return []
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line) => {
      try {
        return line === '' ? [] : [JSON.parse(line) as MeasuredPerson]
      } catch {
        // An incomplete line from an interrupted run.
        return []
      }
    })
}

/**
 * Measures heads like the product, each once: one line of JSON per person is written immediately,
 * so that an interrupted run continues where it stopped. Stored lines are only used for the same
 * image, model and version of the intracranial volume estimate.
 */
export async function measurePeople(
  people: readonly KnownPerson[],
  { manifestPath, file, threads, onProgress }: MeasureOptions,
): Promise<MeasuredPerson[]> {
  const segmenter = await createSegmenter({ manifestPath, threads })
  const localizer = localizeWhenNeeded()
  const { name, version, sha256 } = segmenter.manifest
  const kept = readKept(file)
  mkdirSync(dirname(file), { recursive: true })
  const measured: MeasuredPerson[] = []
  try {
    for (const [index, { site, id, image }] of people.entries()) {
      const bytes = readFileSync(image)
      const imageSha256 = createHash('sha256').update(bytes).digest('hex')
      const known = kept.find(
        (one) =>
          one.imageSha256 === imageSha256 &&
          one.model.sha256 === sha256 &&
          one.icvVersion === intracranialVolumeVersion,
      )
      if (known !== undefined) {
        measured.push({ ...known, site, id })
        continue
      }
      const facts = {
        site,
        id,
        imageSha256,
        model: { name, version, sha256 },
        icvVersion: intracranialVolumeVersion,
      }
      const { volume } = readNifti(bytes)
      const one = await measureHead(volume, { segmenter, localizer }, [], atOnce, undefined).then(
        ({ volumes: [left, right], intracranialVolume, verdict, quality }): MeasuredPerson => ({
          ...facts,
          verdict,
          left,
          right,
          icvMm3: intracranialVolume.mm3,
          icvStandardErrorMm3: intracranialVolume.standardErrorMm3,
          warnings: quality
            .filter((found) => found.verdict !== 'measured')
            .map(({ check }) => check),
        }),
        (error: unknown): MeasuredPerson => ({
          ...facts,
          verdict: 'rejected',
          problem: (error as Error).message,
        }),
      )
      appendFileSync(file, `${JSON.stringify(one)}\n`)
      measured.push(one)
      onProgress(index + 1, people.length, `${site} ${id}`)
    }
  } finally {
    await Promise.all([segmenter.close(), localizer.close()])
  }
  return measured
}
