import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeSampleSeries, type SampleSeries } from '../../tools/sample-study/sample-series.ts'
import { writeSampleStudy } from '../../tools/sample-study/write-sample-study.ts'
import { isOrthancInstalled } from '../support/orthanc.ts'

/** Why the whole path cannot be walked on this machine; empty where it can. */
export const whatIsMissing = [
  isOrthancInstalled() ? '' : 'orthanc and orthanc-dicomweb',
  existsSync('/usr/share/mricron/templates/ch2.nii.gz') ? '' : 'mricron-data',
]
  .filter(Boolean)
  .join(' and ')

export const reason = whatIsMissing === '' ? '' : ` (skipped: ${whatIsMissing} not installed)`

let known: readonly SampleSeries[] | undefined

/** The series of the sample study that are small: localizer, thick stack and crop, but no whole head. */
export function smallSeries(): readonly SampleSeries[] {
  known ??= makeSampleSeries().filter(({ slices }) => slices.length < 100)
  return known
}

/** The crop alone, with its first slices or all. */
export function cropOnly(slices = Number.POSITIVE_INFINITY): readonly SampleSeries[] {
  return smallSeries()
    .filter(({ description }) => description === 'HippoCrop')
    .map((crop) => ({ ...crop, slices: crop.slices.slice(0, slices) }))
}

/** Files of a sample study; equal seeds give equal files, and series a study in common. */
export function sampleFiles(seed: string, series = cropOnly()): Uint8Array[] {
  const folder = mkdtempSync(join(tmpdir(), 'hippovolume-sample-'))
  try {
    return writeSampleStudy(folder, seed, series).files.map((file) => readFileSync(file))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
