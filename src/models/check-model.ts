import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { HippoError } from '../errors.ts'
import { readModelManifest } from '../inference/model-manifest.ts'
import { createSegmenter, type Segmenter } from '../inference/segmenter.ts'
import { intracranialVolumeVersion } from '../measurement/intracranial-volume-version.ts'
import { builtinNorms } from '../measurement/norms/builtin-norms.ts'
import { findCalibration } from '../measurement/norms/find-calibration.ts'
import type { Norms } from '../measurement/norms/norms.ts'
import type { Acceptance, Requirement } from './acceptance.ts'
import { readInstalledModel } from './installed-models.ts'
import { judgeModel } from './judge-model.ts'
import { type FollowedCase, followKnownChange } from './known-change/follow-known-change.ts'
import { judgeKnownChange } from './known-change/judge-known-change.ts'
import type { PairedCase } from './paired-case.ts'
import { type LabelledCase, type LeftOut, readCases } from './read-cases.ts'
import { scoreLabels } from './score-labels.ts'

export interface CheckOptions {
  readonly manifestPath: string
  readonly shippedPath: string
  /**
   * Folder with images/ and labels/, NIfTI crops of the same names; persons.csv may assign persons.
   */
  readonly folder: string
  /** The site's norms: they need a calibration of the model. */
  readonly norms: Norms
  /** Side that the crops show. */
  readonly side: 'left' | 'right'
  readonly threads: number
  /** Number of persons, one crop each, for known change; 20 by default. */
  readonly followedPersons?: number
  readonly softwareVersion: string
  /** Epoch milliseconds. */
  readonly clock: () => number
  /** Milliseconds of any fixed origin. */
  readonly monotonicClock: () => number
  readonly onProgress: (done: number) => void
}

const largestBytes = 100_000_000
/** Each crop is measured nine times for it. */
const usuallyFollowed = 20
const expectedLabels = 'background, anterior, posterior'

/** Percentiles need a calibration, so a model without one is rejected. */
function judgeCalibration(
  norms: Norms,
  { name, version }: { readonly name: string; readonly version: string },
): Requirement {
  const found = findCalibration(norms.calibrations, { name, version })
  const isOf = found?.icvVersion ?? intracranialVolumeVersion
  const met = found !== undefined && isOf === intracranialVolumeVersion
  return {
    name: 'CALIBRATION',
    met,
    sentence: met
      ? `The norms are calibrated for it with ${found.people} healthy people of ${found.sites} ${found.sites === 1 ? 'site' : 'sites'}.`
      : found === undefined
        ? 'The norms are not calibrated for it: measure healthy people with it and run hippovolume norms calibrate, then check with --norms (docs/norms.md).'
        : 'The norms were calibrated for it with another method of estimating head size: run hippovolume norms calibrate again.',
  }
}

/** Requirements on the files themselves. */
async function checkFiles({
  manifestPath,
  shippedPath,
  norms,
}: CheckOptions): Promise<Requirement[]> {
  const { manifest, onnx } = await readModelManifest(manifestPath)
  const shipped = await readModelManifest(shippedPath)
  const { name, version, labels } = manifest
  const named = labels
    .toSorted((a, b) => a.value - b.value)
    .map((label, value) => (label.value === value ? label.name : `${label.value} ${label.name}`))
    .join(', ')
  const isOurs = manifest.sha256 === shipped.manifest.sha256
  const takesName =
    findCalibration(builtinNorms.calibrations, { name, version }) !== undefined ||
    (name === shipped.manifest.name && version === shipped.manifest.version)
  const megabytes = onnx.byteLength / 1e6
  return [
    {
      name: 'LABELS',
      met: named === expectedLabels,
      sentence: `Its labels are ${named}; ${expectedLabels} are required.`,
    },
    {
      name: 'FILE',
      met: !isOurs,
      sentence: isOurs
        ? 'Its file is identical to the shipped model: results could not tell them apart.'
        : 'Its file differs from the shipped one.',
    },
    {
      name: 'NAME',
      met: !takesName,
      sentence: takesName
        ? `It is called ${name} ${version}, the name under which the norms were calibrated for the shipped model: give it its own name, or its volumes would get wrong percentiles.`
        : 'It has its own name: there are no percentiles until norms are calibrated for it.',
    },
    judgeCalibration(norms, manifest),
    {
      name: 'SIZE',
      met: onnx.byteLength <= largestBytes,
      sentence: `Its file has ${megabytes.toFixed(1)} MB; at most ${largestBytes / 1e6} MB are allowed.`,
    },
  ]
}

/**
 * The person of each crop, from lines "case,person" of persons.csv; by default each crop is a
 * separate person.
 */
function readPersons(folder: string): (name: string) => string {
  const path = join(folder, 'persons.csv')
  if (!existsSync(path)) return (name) => name
  const lines = readFileSync(path, 'utf8').split(/\r?\n/)
  const persons = new Map(lines.map((line) => line.split(',', 2) as [string, string]))
  return (name) => persons.get(name) ?? name
}

function digestCases(folder: string): string {
  const hash = createHash('sha256')
  for (const part of ['images', 'labels']) {
    for (const name of readdirSync(join(folder, part)).sort()) {
      const content = createHash('sha256').update(readFileSync(join(folder, part, name)))
      hash.update(`${part}/${name} ${content.digest('hex')}\n`)
    }
  }
  return hash.digest('hex')
}

async function runOn(
  segmenter: Segmenter,
  { volume, truth }: LabelledCase,
  { side, monotonicClock }: CheckOptions,
) {
  const start = monotonicClock()
  const drawn = await segmenter.segment(volume, { side }).catch((error: unknown) => {
    if (error instanceof HippoError) return undefined
    throw error
  })
  const milliseconds = monotonicClock() - start
  const labelMap = drawn?.labelMap
  return { labelMap, run: { scores: labelMap && scoreLabels(labelMap, truth), milliseconds } }
}

/** Runs both models alternately on every case, so that a busy machine slows both equally. */
async function runOnCases(
  options: CheckOptions,
): Promise<{ cases: PairedCase[]; followed: FollowedCase[]; leftOut: LeftOut[] }> {
  const { threads, folder, followedPersons = usuallyFollowed } = options
  const open = (manifestPath: string) => createSegmenter({ manifestPath, threads })
  const candidate = await open(options.manifestPath)
  const shipped = await open(options.shippedPath).catch(async (error: unknown) => {
    await candidate.close()
    throw error
  })
  const personOf = readPersons(folder)
  const cases: PairedCase[] = []
  const leftOut: LeftOut[] = []
  const followed = new Map<string, FollowedCase>()
  const follow = async (found: LabelledCase, person: string) => {
    if (followed.has(person) || followed.size >= followedPersons) return
    try {
      const seen = await followKnownChange(candidate, found, options.side)
      if (seen !== undefined) followed.set(person, seen)
    } catch (error) {
      leftOut.push({ case: found.name, reason: `known change: ${(error as Error).message}` })
    }
  }
  try {
    for (const found of readCases(folder, undefined)) {
      if ('reason' in found) {
        leftOut.push(found)
        continue
      }
      const theirs = await runOn(candidate, found, options)
      const ours = await runOn(shipped, found, options)
      const agreement =
        theirs.labelMap &&
        ours.labelMap &&
        scoreLabels(theirs.labelMap, ours.labelMap.labels).whole.dice
      const person = personOf(found.name)
      cases.push({ case: found.name, person, candidate: theirs.run, shipped: ours.run, agreement })
      await follow(found, person)
      options.onProgress(cases.length)
    }
  } finally {
    await Promise.all([candidate.close(), shipped.close()])
  }
  return { cases, followed: [...followed.values()], leftOut }
}

/**
 * Compares a model with the shipped one on cases with manual labels that neither was trained on:
 * files, speed, overlap with the labels, volumes, and known change. Returns the record to be stored
 * next to it, accepted or not. Throws MODEL_MISSING, MODEL_INVALID, MODEL_ALTERED if it cannot be
 * run, and REQUEST_INVALID for a folder with a different layout.
 */
export async function checkModel(options: CheckOptions): Promise<Omit<Acceptance, 'recordSha256'>> {
  const { manifestPath, shippedPath, folder } = options
  const files = await checkFiles(options)
  const model = await readInstalledModel(manifestPath, 'site')
  const shipped = await readInstalledModel(shippedPath, 'builtin')
  const { cases, followed, leftOut } = await runOnCases(options).catch((error: unknown) => {
    if (error instanceof HippoError) throw error
    throw new HippoError('REQUEST_INVALID', (error as Error).message, { cause: error })
  })
  const { requirements, figures } = judgeModel(cases)
  const change = judgeKnownChange(followed)
  const all = [...files, ...requirements, ...change.requirements]
  return {
    schemaVersion: 1,
    accepted: all.every(({ met }) => met),
    checkedAt: new Date(options.clock()).toISOString(),
    softwareVersion: options.softwareVersion,
    model: { name: model.name, version: model.version, sha256: model.sha256 },
    manifestSha256: model.manifestSha256,
    shipped: { name: shipped.name, version: shipped.version, sha256: shipped.sha256 },
    casesSha256: digestCases(folder),
    cases: cases.length,
    requirements: all,
    figures: { ...figures, ...change.figures, leftOut },
  }
}
