import { computed, signal } from '@preact/signals'

/** @import { Principal } from '../api-types.ts' */

const key = 'hippovolume-token'

/** The reader's token; empty before sign-in. Kept until the browser tab is closed. */
export const token = signal(sessionStorage.getItem(key) ?? '')

/** Why the last token was refused; empty if it was not. */
export const refusal = signal('')

/**
 * The reader, as the service identified them. @type {import('@preact/signals').Signal<Principal |
 * undefined>}
 */
export const principal = signal()

/** Whether the reader may run and cancel. */
export const mayOperate = computed(() => {
  const role = principal.value?.role
  return role === 'operator' || role === 'admin'
})

/** @param {string} given */
export function signIn(given) {
  sessionStorage.setItem(key, given)
  refusal.value = ''
  token.value = given
}

/** @param {string} [reason] */
export function signOut(reason = '') {
  sessionStorage.removeItem(key)
  principal.value = undefined
  refusal.value = reason
  token.value = ''
}
