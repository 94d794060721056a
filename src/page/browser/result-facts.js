import { effect, signal } from '@preact/signals'
import { html } from './html.js'
import { list } from './jobs.js'
import { readJson } from './request.js'
import { token } from './session.js'

/** @import { ResultFacts } from '../api-types.ts' */

/**
 * Facts about the results in the list, by job. @type
 * {import('@preact/signals').Signal<ReadonlyMap<string, ResultFacts | undefined>>}
 */
const facts = signal(new Map())

/** Requested once each: the service records who saw which result. */
const asked = new Set()

/** @param {readonly string[]} ids */
async function read(ids) {
  for (const id of ids) asked.add(id)
  const query = new URLSearchParams(ids.map((id) => ['job', id]))
  try {
    const { results } = /** @type {{ results: ResultFacts[] }} */ (
      await readJson(`/api/v1/results?${query}`)
    )
    facts.value = new Map([
      ...facts.value,
      ...results.map((one) => /** @type {const} */ ([one.jobId, one])),
    ])
  } catch {
    // The list works without them; they are requested again with its next reload.
    for (const id of ids) asked.delete(id)
  }
}

effect(() => {
  if (token.value === '') {
    asked.clear()
    facts.value = new Map()
    return
  }
  const ids = (list.value?.jobs ?? [])
    .filter(({ links }) => links.results !== undefined)
    .map(({ id }) => id)
    .filter((id) => !asked.has(id))
  if (ids.length > 0) read(ids)
})

const sideNames = { left: 'Left', right: 'Right', unknown: 'Side unknown' }

/** @param {ResultFacts['volumes'][number]} volume */
function writeVolume({ side, totalMm3, percentile }) {
  const place =
    percentile === undefined ? '' : `, percentile ${percentile.toFixed(percentile < 10 ? 1 : 0)}`
  return `${sideNames[side]} ${Math.round(totalMm3).toLocaleString()} mm³${place}`
}

/** Marks a volume below the alarm percentile. @param {{ id: string }} props */
export function AlarmTag({ id }) {
  const known = facts.value.get(id)
  if (!known?.isAlarm) return null
  return html`${' '}<span class="tag alarm">below percentile ${known.alarmPercentile}</span>`
}

/** Study, series and volumes of a result, in one line. @param {{ id: string }} props */
export function FactsLine({ id }) {
  const known = facts.value.get(id)
  if (known === undefined) return null
  const { studyDate, accessionNumber, seriesNumber, seriesDescription, volumes } = known
  const series = [seriesNumber, seriesDescription].filter((one) => one !== undefined).join(' ')
  const study = [
    studyDate?.replace(/^(....)(..)(..)$/, '$1-$2-$3'),
    accessionNumber,
    series && `series ${series}`,
  ]
  return html`
    <span class="sentence result">
      ${study.filter(Boolean).join(' · ')}
      <b>${volumes.map(writeVolume).join(' · ')}</b>
    </span>
  `
}
