/** Wakes waiting tasks early, without losing a signal sent just before a task starts to wait. */
export interface WakeSignal {
  /** Number of signals; read it before checking for work and pass it to `wait`. */
  readonly count: number
  wake(): void
  /** Resolves after the time, or as soon as `count` is no longer `seen`. */
  wait(seen: number, milliseconds: number): Promise<void>
}

export function createWakeSignal(): WakeSignal {
  const sleepers = new Set<() => void>()
  let count = 0
  return {
    get count() {
      return count
    },
    wake() {
      count += 1
      for (const rise of sleepers) rise()
    },
    wait(seen, milliseconds) {
      if (seen !== count) return Promise.resolve()
      return new Promise((resolve) => {
        const rise = () => {
          clearTimeout(timer)
          sleepers.delete(rise)
          resolve()
        }
        const timer = setTimeout(rise, milliseconds)
        sleepers.add(rise)
      })
    },
  }
}
