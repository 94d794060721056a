import { writeFile } from 'node:fs/promises'
import { HippoError } from '../errors.ts'
import { readModelManifest } from '../inference/model-manifest.ts'
import { changeReference, scanDeviationPercent } from '../measurement/change-reference.ts'
import { intracranialVolumeVersion } from '../measurement/intracranial-volume-version.ts'
import { builtinNorms } from '../measurement/norms/builtin-norms.ts'
import { calibrateSite } from '../measurement/norms/calibrate-site.ts'
import { findCalibration } from '../measurement/norms/find-calibration.ts'
import { parseNorms } from '../measurement/norms/parse-norms.ts'
import { renderCalibration } from '../report/render-calibration.ts'
import { resolveManifest } from '../wiring/shipped-model.ts'
import { readTable } from './read-table.ts'

export interface CalibrateOptions {
  readonly people: string
  readonly results: string
  readonly output: string
  /** Page about the norms; next to the output by default. */
  readonly report?: string
  readonly site: string
  readonly model: string
}

/** The same seed for the same people (mulberry32), so that a calibration is reproducible. */
function countOn(): () => number {
  let state = 1
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`

/**
 * Makes a site's own norms from tables of its people and their measured volumes, and a page about
 * them. Returns the exit code 0. Throws REQUEST_INVALID if there are too few or implausible data.
 */
export async function calibrate(options: CalibrateOptions): Promise<number> {
  if (builtinNorms.kind !== 'regression') {
    throw new HippoError('CONFIG_INVALID', 'The shipped norms are not a regression.')
  }
  const norms = builtinNorms
  const people = await readTable(options.people, ['id', 'age', 'sex'])
  const needed = ['left', 'right'].flatMap((side) => [
    `${side}_mm3`,
    `${side}_anterior_mm3`,
    `${side}_posterior_mm3`,
  ])
  const results = await readTable(options.results, ['id', ...needed, 'icv_mm3'])
  const { manifest } = await readModelManifest(resolveManifest(options.model))
  const model = { name: manifest.name, version: manifest.version }
  const made = calibrateSite({
    people,
    results,
    norms,
    model,
    icvVersion: intracranialVolumeVersion,
    scanDeviation: scanDeviationPercent(changeReference.repeatScanDifferencePercent) / 100,
    site: options.site,
    random: countOn(),
  })
  const { calibration, notes } = made
  const content = {
    ...norms,
    id: `${norms.id} ${options.site}`,
    // The site's own calibration comes first and takes precedence; other models keep theirs.
    calibrations: [calibration, ...norms.calibrations],
  }
  parseNorms(content)
  const report = options.report ?? options.output.replace(/(\.json)?$/i, '.png')
  const shipped = findCalibration(norms.calibrations, model)
  const png = await renderCalibration({
    site: options.site,
    norms,
    calibration,
    shipped,
    people: made.people,
    notes,
    model,
    madeAt: new Date(),
  })
  await writeFile(options.output, `${JSON.stringify(content, null, 2)}\n`)
  await writeFile(report, png)
  const { ratio, spread } = calibration.whole
  const before = shipped
    ? ` (shipped: ${percent(shipped.whole.ratio)}, spread ${shipped.whole.spread.toFixed(2)})`
    : ''
  console.log(
    [
      `${calibration.people} people of ${options.site}: this model measures ${percent(ratio)} of the volumes of ${norms.source.method}, spread ${spread.toFixed(2)} times that of the norms${before}.`,
      ...notes,
      `Norms: ${options.output}`,
      `Check ${report} before you use them; NORMS_FILE makes the service use them.`,
    ].join('\n'),
  )
  return 0
}
