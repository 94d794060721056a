import { signal } from '@preact/signals'

const query = matchMedia('(width >= 640px)')

/** Whether the window is wider than a phone. */
export const isWide = signal(query.matches)

query.addEventListener('change', () => {
  isWide.value = query.matches
})
