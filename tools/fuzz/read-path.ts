import { createHash } from 'node:crypto'
import { decodeInstance } from '../../src/dicom/decode-instance.ts'
import type { DicomInstance } from '../../src/dicom/dicom-instance.ts'
import { parsePart10 } from '../../src/dicom/part10.ts'
import { HippoError } from '../../src/errors.ts'
import { seriesFactsOfFiles } from '../../src/offline/series-facts-of-files.ts'
import { selectSeries } from '../../src/selection/select-series.ts'
import { assembleVolume } from '../../src/volume/assemble-volume.ts'
import type { Volume } from '../../src/volume/grid.ts'
import { determinantOf } from '../../src/volume/patient-affine.ts'

/** The outcome of reading a series. */
export interface Reading {
  /** The step it ended at; 'done' with a volume. */
  readonly reached: 'parse' | 'facts' | 'select' | 'decode' | 'assemble' | 'done'
  /** Code of the error, RESULT, or a program fault (CRASH, WRONG). */
  readonly outcome: string
  readonly sentence: string
  /** Code of the rejection, if the selection rejected the series. */
  readonly refused?: string
  /** Digest of the volume, when there is one. */
  readonly volume?: string
}

const rules = { seriesDescription: 'HippoCrop', maximumSliceSpacing: 2, minimumInstances: 10 }

/** Faults that no volume may have. */
function findWrong({ dimensions, affine, intensities }: Volume): string | undefined {
  const [columns, rows, slices] = dimensions
  if (![columns, rows, slices].every((size) => Number.isInteger(size) && size > 0)) {
    return 'its dimensions are not integers'
  }
  if (intensities.length !== columns * rows * slices) return 'its voxels do not fill it'
  if (!affine.every(Number.isFinite)) return 'its affine is not finite'
  if (!(determinantOf(affine) > 0)) return 'its grid is flat or left-handed'
  return intensities.every(Number.isFinite) ? undefined : 'its intensities are not finite'
}

function digest({ dimensions, affine, intensities }: Volume): string {
  const hash = createHash('sha256').update(JSON.stringify([dimensions, affine]))
  return hash.update(new Uint8Array(intensities.buffer)).digest('hex').slice(0, 16)
}

/** The series to read if all are rejected: the largest one, so that its pixels are tested, too. */
function choosePixels(instances: readonly DicomInstance[], chosen: string | undefined) {
  const series = Map.groupBy(instances, ({ dataset }) => dataset.parsed.string('x0020000e') ?? '')
  const largest = [...series.values()].sort((a, b) => b.length - a.length)[0] ?? []
  return (chosen === undefined ? undefined : series.get(chosen)) ?? largest
}

/**
 * The whole read path on the files of one series: parse, facts, select, decode, assemble. The
 * pixels of a rejected series are read anyway, because selection is not a protection.
 */
export async function readSeries(files: readonly Uint8Array[]): Promise<Reading> {
  let reached: Reading['reached'] = 'parse'
  let refusal: { readonly refused?: string } = {}
  try {
    const instances = files.map(parsePart10)
    reached = 'facts'
    const facts = seriesFactsOfFiles(instances)
    reached = 'select'
    const choice = selectSeries(facts, rules)
    if (choice.verdicts.some(({ sentence }) => !/^[A-Z"].*\S$/su.test(sentence))) {
      return { reached, outcome: 'WRONG', sentence: 'A verdict has no sentence.' }
    }
    if (choice.chosen === undefined) {
      refusal = { refused: choice.refusal!.code }
    }
    reached = 'decode'
    const frames = []
    for (const instance of choosePixels(instances, choice.chosen?.seriesInstanceUid)) {
      frames.push(...(await decodeInstance(instance)))
    }
    reached = 'assemble'
    const { volume } = assembleVolume(frames)
    reached = 'done'
    const wrong = findWrong(volume)
    if (wrong !== undefined) return { reached, outcome: 'WRONG', sentence: `A volume: ${wrong}.` }
    return { ...refusal, reached, outcome: 'RESULT', sentence: '', volume: digest(volume) }
  } catch (error) {
    if (error instanceof HippoError && error.code !== 'UNEXPECTED') {
      const { code, message } = error
      const isSentence = /^[A-Z0-9].{8,}\.$/su.test(message) && message.length < 2000
      if (!isSentence) return { reached, outcome: 'WRONG', sentence: `No sentence: ${message}` }
      return { ...refusal, reached, outcome: code, sentence: message }
    }
    return { reached, outcome: 'CRASH', sentence: String((error as Error)?.stack ?? error) }
  }
}
