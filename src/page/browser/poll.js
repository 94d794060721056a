import { token } from './session.js'

/**
 * Calls now and then periodically while a reader is signed in and the tab is visible.
 * @param {() => Promise<void>} look
 * @param {number} seconds
 * @returns {() => void} stops it
 */
export function poll(look, seconds) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer
  let isOver = false
  const turn = async () => {
    if (document.visibilityState === 'visible' && token.peek() !== '') await look()
    if (!isOver) timer = setTimeout(turn, seconds * 1000)
  }
  const wake = () => {
    clearTimeout(timer)
    if (document.visibilityState === 'visible') turn()
  }
  document.addEventListener('visibilitychange', wake)
  turn()
  return () => {
    isOver = true
    clearTimeout(timer)
    document.removeEventListener('visibilitychange', wake)
  }
}
