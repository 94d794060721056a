import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CropSide } from '../../src/inference/segment-volume.ts'
import type { Segmenter } from '../../src/inference/segmenter.ts'
import { type LabelledCase, type LeftOut, readCases } from '../../src/models/read-cases.ts'
import { scoreLabels } from '../../src/models/score-labels.ts'
import { dicomForms } from './dicom-forms.ts'
import { compareAsDicom, type DicomDifference } from './segment-dicom.ts'
import { type ScoredCase, type Summary, summarizeScores } from './summarize-scores.ts'

export interface Evaluation {
  readonly model: { readonly name: string; readonly version: string; readonly sha256: string }
  /** Undefined if no case could be scored. */
  readonly summary: Summary | undefined
  readonly cases: readonly ScoredCase[]
  /** Cases that cannot be scored, whatever the model. */
  readonly leftOut: readonly LeftOut[]
  /** Cases that the product rejected. They are excluded from the means. */
  readonly notSegmented: readonly LeftOut[]
  /** Undefined unless requested. */
  readonly dicom: readonly (DicomDifference & { readonly case: string })[] | undefined
}

export interface EvaluationOptions {
  readonly side: CropSide
  readonly dicom: boolean
  readonly only: ReadonlySet<string> | undefined
  readonly onProgress: (done: number) => void
}

/**
 * The person of each crop, as determined by models/training's `folds`; by default each crop is a
 * separate person.
 */
function readPersons(folder: string): (name: string) => string {
  const path = join(folder, 'folds.json')
  if (!existsSync(path)) return (name) => name
  const { groups } = JSON.parse(readFileSync(path, 'utf8')) as { groups: string[][] }
  const persons = new Map(groups.flatMap((group, i) => group.map((name) => [name, `group ${i}`])))
  return (name) => persons.get(name) ?? name
}

/**
 * Labels every case of a folder (images/ and labels/) with the product's own code and compares with
 * the manual labels. Throws a sentence for a folder with a different layout.
 */
export async function evaluateFolder(
  folder: string,
  segmenter: Segmenter,
  { side, dicom, only, onProgress }: EvaluationOptions,
): Promise<Evaluation> {
  const cases: ScoredCase[] = []
  const leftOut: LeftOut[] = []
  const notSegmented: LeftOut[] = []
  const differences: (DicomDifference & { case: string })[] = []
  const evaluate = async ({ name, volume, truth }: LabelledCase) => {
    const { labelMap } = await segmenter.segment(volume, { side })
    cases.push({ case: name, ...scoreLabels(labelMap, truth) })
    for (const form of dicom ? dicomForms : []) {
      const difference = await compareAsDicom(volume, labelMap, form, segmenter, side)
      differences.push({ case: name, ...difference })
    }
  }
  for (const found of readCases(folder, only)) {
    if ('reason' in found) leftOut.push(found)
    else {
      await evaluate(found).catch((error: Error) => {
        notSegmented.push({ case: found.name, reason: error.message })
      })
    }
    onProgress(cases.length + leftOut.length + notSegmented.length)
  }
  const { name, version, sha256 } = segmenter.manifest
  return {
    model: { name, version, sha256 },
    summary: cases.length > 0 ? summarizeScores(cases, readPersons(folder)) : undefined,
    cases,
    leftOut,
    notSegmented,
    dicom: dicom ? differences : undefined,
  }
}
