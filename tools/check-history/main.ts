// Change over time with a known answer: one real head (Colin27) whose left hippocampus shrinks by a
// known amount each year, by a warp around the label of an atlas (AAL, not our model), imaged again
// each year. npm run check -- history [--kind head|crop] [--loss 3] [--years 4] [--seed 1] [--page
// FILE] With --page the report of the last year is written as PNG, to inspect the plot.
import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { findFreePort, startOrthanc } from '../../test/support/orthanc.ts'
import { prepareService } from '../../test/support/service.ts'
import { readTemplate } from '../sample-study/read-template.ts'
import { type Measured, measureStudy } from './measure-study.ts'
import { makeShrinking } from './shrink-label.ts'
import { writeVisit } from './write-visit.ts'

const { values } = parseArgs({
  options: {
    kind: { type: 'string', default: 'head' },
    loss: { type: 'string', default: '3' },
    years: { type: 'string', default: '4' },
    seed: { type: 'string', default: '1' },
    page: { type: 'string' },
  },
})
const kind = values.kind === 'crop' ? 'crop' : 'head'
const loss = Number(values.loss)
const visits = Number(values.years)
const templates = '/usr/share/mricron/templates'
/** Labels of the left and the right hippocampus in AAL. */
const labels = { left: 37, right: 38 } as const
/** Maximum error of the recovered change, percentage points per year. */
const target = 0.5
/** The same, image against image: of the side that shrinks and both together, and of the untouched side. */
const [followedTarget, untouchedTarget] = [0.3, 0.2]

const head = readTemplate(`${templates}/ch2.nii.gz`)
const atlas = readTemplate(`${templates}/aal.nii.gz`)
const shrink = makeShrinking(atlas, labels.left)
const hookToken = 'history-hook-token-0123456789abcdef'
const port = await findFreePort()
const orthanc = await startOrthanc({
  hookUrl: `http://127.0.0.1:${port}`,
  hookToken,
  configuration: { HttpTimeout: 20 },
})
const service = await prepareService({
  archive: orthanc,
  port,
  environment: { HOOK_TOKEN: hookToken, ANALYSIS_TIMEOUT_SECONDS: '1800', LEASE_SECONDS: '60' },
})

interface Year {
  /** Share of the first year's volume. */
  readonly known: Readonly<Record<'left' | 'right', number>>
  readonly measured: Measured
}

const totalOf = ({ volumes }: Measured, side: 'left' | 'right') =>
  volumes.find((one) => one.side === side)?.totalMm3 ?? 0

/**
 * Known change a year, percent of the first volume; the years are one apart. Of both sides together it
 * depends on how large each is at first, for which the first measurement is taken.
 */
function knownRate(years: readonly Year[], side: 'left' | 'right' | 'both'): number {
  const [{ measured }] = years as [Year]
  const sides = side === 'both' ? (['left', 'right'] as const) : ([side] as const)
  const volumeOf = ({ known }: Year) =>
    sides.reduce((sum, one) => sum + known[one] * totalOf(measured, one), 0)
  return ((volumeOf(years.at(-1)!) / volumeOf(years[0]!) - 1) * 100) / (years.length - 1)
}

try {
  await service.start()
  console.log(`${cpus().length} cores, Node ${process.version}; ${visits} yearly studies (${kind})`)
  const years: Year[] = []
  for (let year = 0; year < visits; year++) {
    const known = { left: 1 - (loss / 100) * year, right: 1 }
    const warp = shrink(known.left)
    const files = writeVisit({
      head,
      atlas,
      label: labels.left,
      warp,
      seed: 1000 * Number(values.seed) + year,
      date: `${2020 + year}0601`,
      patientId: `HISTORY-${values.seed}`,
      kind,
    })
    const measured = await measureStudy(orthanc, service, files)
    years.push({ known, measured })
    const said = measured.volumes.map(({ side, totalMm3 }) => `${side} ${totalMm3.toFixed(0)} mm3`)
    const share = (100 * known.left).toFixed(0)
    const seconds = (measured.milliseconds / 1000).toFixed(0)
    console.log(`${2020 + year}: left at ${share} %; measured ${said.join(', ')} (${seconds} s)`)
  }
  const { history, jobId } = years.at(-1)!.measured
  if (values.page !== undefined) {
    const answer = await service.request(`/api/v1/jobs/${jobId}/report.png`)
    writeFileSync(values.page, new Uint8Array(await answer.arrayBuffer()))
  }
  console.log(`\n${history.sentence} ${history.details ?? ''}\n`)
  console.log('side      known   recovered   95 % interval       error')
  let worst = 0
  for (const { side, percentPerYear, lower, upper } of history.rates) {
    if (side === 'unknown') continue
    const known = knownRate(years, side)
    const error = percentPerYear - known
    worst = Math.max(worst, Math.abs(error))
    const row = [known, percentPerYear].map((value) => value.toFixed(2).padStart(7))
    const interval = `${lower.toFixed(2)} to ${upper.toFixed(2)}`
    console.log(
      `${side.padEnd(8)}${row.join('     ')}     ${interval.padEnd(18)}${error.toFixed(2).padStart(6)}`,
    )
  }
  const expected = kind === 'head' ? 3 : 1
  const { longitudinal } = history
  if (longitudinal !== undefined) console.log(`\n${longitudinal.sentence}`)
  let [worstFollowed, worstUntouched] = [0, 0]
  for (const { side, percentPerYear = Number.NaN, ...ends } of longitudinal?.sides ?? []) {
    const known = knownRate(years, side)
    const error = percentPerYear - known
    if (side === 'right') worstUntouched = Math.abs(error)
    else worstFollowed = Math.max(worstFollowed, Math.abs(error))
    const row = [known, percentPerYear].map((value) => value.toFixed(2).padStart(7)).join('     ')
    const interval = `${ends.lowerPerYear?.toFixed(2)} to ${ends.upperPerYear?.toFixed(2)}`
    console.log(`${side.padEnd(8)}${row}     ${interval.padEnd(18)}${error.toFixed(2).padStart(6)}`)
  }
  const isFollowed = worstFollowed <= followedTarget && worstUntouched <= untouchedTarget
  if (kind === 'head') {
    const limits = `${followedTarget} (untouched side ${untouchedTarget}) percentage points a year`
    console.log(`image against image ${isFollowed ? 'within' : 'NOT within'} ${limits}`)
  }
  const isMeasured = kind !== 'head' || (longitudinal?.sides.length === 3 && isFollowed)
  const isGood = history.rates.length === expected && worst <= target && isMeasured
  console.log(
    isGood
      ? `every change is within ${target} percentage points a year of the known one`
      : `NOT every change is within ${target} percentage points a year of the known one`,
  )
  process.exitCode = isGood ? 0 : 1
} catch (error) {
  console.error(service.readLog().slice(-3000))
  throw error
} finally {
  await service.stop()
  await orthanc.stop()
}
