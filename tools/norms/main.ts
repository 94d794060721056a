// Calibrates the norms for a model (docs/norms.md explains the method), and prints its accuracy:
// npm run check -- norms [--data FOLDER] [--model MANIFEST] [--measured FILE] [--threads 1]
// [--write] The first step measures the available heads like the product (minutes); the results are
// stored in build/norms and reused for the same model and head size. The fit takes seconds. --write
// puts the calibration into src/measurement/norms/nomis.json.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { changeReference, scanDeviationPercent } from '../../src/measurement/change-reference.ts'
import { intracranialVolumeVersion } from '../../src/measurement/intracranial-volume-version.ts'
import { builtinNorms } from '../../src/measurement/norms/builtin-norms.ts'
import { calibrateSite } from '../../src/measurement/norms/calibrate-site.ts'
import type { CalibrationPerson } from '../../src/measurement/norms/calibration-person.ts'
import { fitCalibration } from '../../src/measurement/norms/fit-calibration.ts'
import { parseNorms } from '../../src/measurement/norms/parse-norms.ts'
import { resolveManifest } from '../../src/wiring/shipped-model.ts'
import { table } from '../evaluate/print-table.ts'
import { repositoryPath } from '../repository-path.ts'
import { seededRandom } from '../seeded-random.ts'
import { eightHeader, tabulateEight } from './eight-people.ts'
import { listKnownPeople } from './known-people.ts'
import { measurePeople } from './measure-people.ts'
import { scorePeople } from './score-people.ts'
import { simulateCohort } from './simulate-cohort.ts'
import { predictiveCoverage, scoreHeader, tabulateScores } from './tabulate-scores.ts'

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: process.env.HIPPO_SHARED_DATA ?? '../shared/data' },
    model: { type: 'string', default: 'builtin' },
    measured: { type: 'string', default: 'build/norms/measured.jsonl' },
    threads: { type: 'string', default: '1' },
    write: { type: 'boolean', default: false },
  },
})
const say = (line = '') => console.log(line)
const percent = (share: number, digits = 1) => `${(100 * share).toFixed(digits)} %`
if (builtinNorms.kind !== 'regression') throw new Error('The shipped norms are not a regression.')
const norms = builtinNorms

const known = listKnownPeople(join(repositoryPath(values.data), 'heads'))
const measured = await measurePeople(known, {
  manifestPath: resolveManifest(values.model),
  file: repositoryPath(values.measured),
  threads: Number(values.threads),
  onProgress: (done, all, id) => console.error(`measured ${done} of ${all}: ${id}`),
})
const model = measured[0]!.model

say(`1. People measured with ${model.name} ${model.version}`)
const errors = new Map<CalibrationPerson, number>()
const usable = known.flatMap((person, index) => {
  const one = measured[index]!
  if (one.left === undefined || one.right === undefined || one.icvMm3 === undefined) {
    say(`   not measured: ${person.site} ${person.id}: ${one.problem}`)
    return []
  }
  const { id, site, group, ageYears, sex, fieldStrength, isFitted } = person
  if (ageYears === undefined || sex === undefined) return []
  const found: CalibrationPerson = {
    id,
    site,
    group: group === 'healthy' ? '' : group,
    ageYears,
    sex,
    icvMm3: one.icvMm3,
    fieldStrength,
    left: one.left,
    right: one.right,
  }
  errors.set(found, one.icvStandardErrorMm3 ?? 0)
  return [{ person: found, isFitted }]
})
const fitted = usable.flatMap(({ person, isFitted }) => (isFitted ? [person] : []))
const sites = [...new Set(fitted.map(({ site }) => site))]
for (const site of sites) {
  const people = fitted.filter((one) => one.site === site)
  const ages = people.map(({ ageYears }) => ageYears)
  const women = people.filter(({ sex }) => sex === 'F').length
  const icvs = people.map(({ icvMm3 }) => icvMm3 / 1e6)
  const meanIcv = icvs.reduce((a, b) => a + b, 0) / icvs.length
  say(
    `   ${site}: ${people.length} people (${women} women, ${people.filter(({ group }) => group !== '').length} ill), ${Math.min(...ages)} to ${Math.max(...ages)} years, heads of ${meanIcv.toFixed(2)} litres on average`,
  )
}

const [major, minor] = model.version.split('.').map(Number) as [number, number]
const calibrate = (people: readonly CalibrationPerson[]) => {
  const healthy = people.filter(({ group }) => group === '')
  const names = [...new Set(healthy.map(({ site }) => site))].join(', ')
  return fitCalibration(people, {
    norms,
    model: { name: model.name, from: model.version, below: `${major}.${minor + 1}.0` },
    icvVersion: intracranialVolumeVersion,
    scanDeviation: scanDeviationPercent(changeReference.repeatScanDifferencePercent) / 100,
    basis: `${healthy.length} healthy people (${names}) measured with this model (docs/norms.md).`,
    random: seededRandom(1),
  })
}
const calibration = calibrate(fitted)

say()
say('2. Calibration')
for (const [name, one] of [['whole', calibration.whole], ...Object.entries(calibration.parts!)] as [
  string,
  typeof calibration.whole,
][]) {
  const se = one.covariance.map((row, at) => Math.sqrt(row[at]!))
  say(
    `   ${name}: ratio ${one.ratio} (se ${percent(se[0]!)}), right ${percent(one.right)} (${percent(se[1]!)}), age ${percent(10 * one.agePerYear, 2)} in ten years (${percent(10 * se[2]!, 2)}), ` +
      `head size ${percent(one.icvPerLitre / 10, 2)} per 0.1 litre (${percent(se[3]! / 10, 2)}), spread ${one.spread} of the norms' (${percent(se[4]!)}), sites differ by ${percent(one.siteScatter)}`,
  )
}
say(
  `   people of ${calibration.ages.minimum} to ${calibration.ages.maximum} years; each year beyond adds ${percent(calibration.beyondAgesPerYear)} of error`,
)

say()
say(
  '3. Leave one site out: each site by a calibration of the others; checks by the calibration of all',
)
const icvError = (person: CalibrationPerson) => errors.get(person) ?? 0
const leftOut = sites.flatMap((site) => {
  const others = fitted.filter((one) => one.site !== site)
  const people = fitted.filter((one) => one.site === site)
  return scorePeople(people, calibrate(others), norms, icvError)
})
const checks = scorePeople(
  usable.flatMap(({ person, isFitted }) => (isFitted ? [] : [person])),
  calibration,
  norms,
  icvError,
)
const pick = (site: string, group = '', from = 0, below = 200) =>
  [...leftOut, ...checks].filter(
    ({ person }) =>
      person.site === site &&
      person.group === group &&
      person.ageYears >= from &&
      person.ageYears < below,
  )
const healthyLeftOut = leftOut.filter(({ person }) => person.group === '')
const rows = [
  ...sites.flatMap((site) => [
    tabulateScores(`${site}, healthy`, pick(site)),
    ...[...new Set(fitted.filter((one) => one.site === site).map(({ group }) => group))]
      .filter((group) => group !== '')
      .map((group) => tabulateScores(`${site}, ${group}`, pick(site, group))),
  ]),
  tabulateScores('ixi under 50', pick('ixi', '', 0, 50)),
  tabulateScores('ixi 50 to 59', pick('ixi', '', 50, 60)),
  tabulateScores('ixi 60 and over', pick('ixi', '', 60)),
  tabulateScores('all healthy, left out', healthyLeftOut),
  tabulateScores('check: malf', pick('malf')),
]
say(table([scoreHeader, ...rows]).join('\n'))

say()
say('4. Coverage: sides of people left out within the range of 95 of 100 healthy people')
const sidesOf = healthyLeftOut.flatMap(({ left, right }) => [left, right])
for (const [name, placed] of [
  ['whole', sidesOf],
  ['anterior', sidesOf.map(({ parts }) => parts.anterior)],
  ['posterior', sidesOf.map(({ parts }) => parts.posterior)],
] as const) {
  const { n, withErrors, withoutErrors } = predictiveCoverage(placed)
  say(
    `   ${name}: ${percent(withErrors, 0)} of ${n} within it, widened by the errors of calibration and site; ${percent(withoutErrors, 0)} within the range alone`,
  )
}

say()
say('5. People also measured with FreeSurfer (never fitted)')
for (const [index, { site, id, freesurfer }] of known.entries()) {
  const { left, right, icvMm3 } = measured[index]!
  if (freesurfer === undefined || left === undefined || right === undefined) continue
  const ratio = (left.totalMm3 + right.totalMm3) / (freesurfer.leftMm3 + freesurfer.rightMm3)
  say(
    `   ${site} ${id}: volume ${ratio.toFixed(3)} of FreeSurfer's, intracranial volume ${(icvMm3! / freesurfer.etivMm3).toFixed(3)} of its eTIV`,
  )
}
for (const { left, right } of pick('nis19')) {
  const show = ({ zScore }: typeof left) =>
    `${zScore.value.toFixed(2)} (${zScore.low.toFixed(2)} to ${zScore.high.toFixed(2)}; before ${left.formerZ.toFixed(2)})`
  say(
    `   nis19: z left ${show(left)}, right ${show(right)}; by FreeSurfer's own figures -0.05 and 0.79`,
  )
}

say()
say('6. Made-up people, shifted by a known z-score, through the same comparison as a patient')
const meanIcvError =
  usable.reduce((sum, { person }) => sum + icvError(person) / person.icvMm3, 0) / usable.length
for (const [shift, hasErrors] of [
  [0, false],
  [-1.5, false],
  [0, true],
  [-1.5, true],
] as const) {
  const { flagged, theory, covered, people } = simulateCohort(
    norms,
    calibration,
    { shift, people: 3000, hasErrors, icvError: meanIcvError },
    seededRandom(2),
  )
  say(
    `   shift ${shift}, ${hasErrors ? 'with all errors' : 'without errors'}: ${percent(flagged)} of sides under the 5th percentile, ${percent(theory)} by theory; true z within its interval ${percent(covered)} (${people} people)`,
  )
}

say()
say(
  '7. ds002748 as if it were a site with its own norms (all 26 taken for healthy: 14 would be refused)',
)
const asSite = fitted.filter(({ site }) => site === 'ds002748')
const cellsOf = (side: 'left' | 'right', one: CalibrationPerson) => ({
  [`${side}_mm3`]: String(one[side].totalMm3),
  [`${side}_anterior_mm3`]: String(one[side].anteriorMm3),
  [`${side}_posterior_mm3`]: String(one[side].posteriorMm3),
})
const own = calibrateSite({
  people: asSite.map(({ id, ageYears, sex }) => ({ id, age: String(ageYears), sex })),
  results: asSite.map((one) => ({
    id: one.id,
    ...cellsOf('left', one),
    ...cellsOf('right', one),
    icv_mm3: String(one.icvMm3),
  })),
  norms: { ...norms, calibrations: [calibration] },
  model,
  icvVersion: intracranialVolumeVersion,
  scanDeviation: calibration.scanDeviation,
  site: 'ds002748',
  random: seededRandom(3),
})
const ownError = Math.sqrt(own.calibration.whole.covariance[0]![0]!)
say(
  `   ratio ${own.calibration.whole.ratio} (se ${percent(ownError)}; of all: ${calibration.whole.ratio}), spread ${own.calibration.whole.spread} (of all: ${calibration.whole.spread})`,
)

say()
say('8. Eight people, for manual calculation: expected volumes and 5th percentiles, mm3')
say(table([eightHeader, ...tabulateEight(norms, calibration)]).join('\n'))

say()
say('Entry for src/measurement/norms/nomis.json:')
say(JSON.stringify(calibration))
if (values.write) {
  const path = repositoryPath('src/measurement/norms/nomis.json')
  const file = JSON.parse(readFileSync(path, 'utf8'))
  const others = file.calibrations.filter(
    (one: { model: string; from: string }) =>
      one.model !== calibration.model || one.from !== calibration.from,
  )
  const content = { ...file, calibrations: [calibration, ...others] }
  parseNorms(content)
  writeFileSync(path, `${JSON.stringify(content, null, 2)}\n`)
  say(`Written to ${path}.`)
}
