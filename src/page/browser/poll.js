import { token } from './session.js'

/**
 * Calls at once and then again and again, while somebody is signed in and the tab is looked at.
 * @param {() => Promise<void>} look
 * @param {number} seconds
 * @returns {() => void} ends it
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
