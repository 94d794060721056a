import { signal } from '@preact/signals'
import { html } from './html.js'

/** How far the service's clock is ahead of the browser's, milliseconds. */
let clockOffset = 0

/** The service's time, epoch milliseconds, updated every second. */
export const now = signal(Date.now())

setInterval(() => {
  now.value = Date.now() + clockOffset
}, 1000)

/** Learns the service's time from a response. @param {Response} answer */
export function setClock(answer) {
  const date = Date.parse(answer.headers.get('date') ?? '')
  // The header has whole seconds only: ignore smaller differences.
  clockOffset = Number.isNaN(date) || Math.abs(date - Date.now()) < 2000 ? 0 : date - Date.now()
  now.value = Date.now() + clockOffset
}

const time = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' })
const dateAndTime = new Intl.DateTimeFormat(undefined, {
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
})
const dayAndMinute = new Intl.DateTimeFormat(undefined, {
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
})
const dateOnly = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' })

/** @param {number} milliseconds */
const dayOf = (milliseconds) => new Date(milliseconds).toDateString()

/**
 * A duration with at most two units.
 * @param {number} milliseconds
 */
export function writeDuration(milliseconds) {
  const seconds = Math.max(0, milliseconds) / 1000
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  const minutes = Math.floor(whole / 60)
  if (minutes < 60) return whole % 60 === 0 ? `${minutes} min` : `${minutes} min ${whole % 60} s`
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`
  const days = Math.floor(hours / 24)
  return hours % 24 === 0 ? `${days} days` : `${days} days ${hours % 24} h`
}

/**
 * @param {string} at
 * @param {(date: Date, isToday: boolean) => Intl.DateTimeFormat} choose
 */
function writeTime(at, choose) {
  const date = new Date(at)
  const isToday = dayOf(date.getTime()) === dayOf(now.value)
  const text = choose(date, isToday).format(date)
  return html`<time datetime=${at} title=${dateAndTime.format(date)}>${text}</time>`
}

/**
 * A time in the reader's locale; for today only the time of day.
 * @param {{ at: string, long?: boolean }} props
 */
export function Time({ at, long = false }) {
  return writeTime(at, (_, isToday) => (isToday && !long ? time : dateAndTime))
}

/** Half a year: within it, day and month are unambiguous. */
const recentMilliseconds = 180 * 86_400_000

/**
 * A time for a narrow column: the time of day for today, then day and minute, then only the date.
 * @param {{ at: string }} props
 */
export function BriefTime({ at }) {
  return writeTime(at, (date, isToday) => {
    if (isToday) return time
    return now.value - date.getTime() < recentMilliseconds ? dayAndMinute : dateOnly
  })
}

/**
 * How long something has been running; after ten minutes without seconds.
 * @param {{ since: string }} props
 */
export function Elapsed({ since }) {
  const seconds = Math.floor(Math.max(0, now.value - Date.parse(since)) / 1000)
  const whole = seconds < 600 ? seconds : seconds - (seconds % 60)
  return whole === 0 ? 'a moment' : writeDuration(whole * 1000).replace('.0 s', ' s')
}
