import { html } from './html.js'

/** Shape, colour and word: each alone tells the states apart. */
const shapes = {
  queued: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM8 5v3l2.200 1.500',
  running: 'M5 3.200v9.600L13 8z',
  paused: 'M5.500 3v10M10.500 3v10',
  succeeded: 'M3 8.500l3.500 3.500L13 4.500',
  finished: 'M3 8.500l3.500 3.500L13 4.500',
  unchanged: 'M3 6h10M3 10h10',
  rejected: 'M8 2.500L14.500 13.500H1.500zM8 6.500v3.200M8 11.400v.4',
  failed: 'M4 4l8 8M12 4l-8 8',
  cancelled: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM3.800 3.800l8.400 8.400',
}

/** @param {{ state: keyof typeof shapes }} props */
export function StateIcon({ state }) {
  return html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d=${shapes[state]} /></svg>`
}

/** @param {{ state: keyof typeof shapes }} props */
export function StateBadge({ state }) {
  return html`<span class=${`badge ${state}`}><${StateIcon} state=${state} />${state}</span>`
}
