/**
 * Runs `task` every `milliseconds`, never concurrently, the first time immediately. A failing run
 * is reported and the next one takes place as usual. stop() waits for the run in progress.
 */
export function runPeriodically(
  task: () => Promise<unknown>,
  milliseconds: number,
  onError: (error: unknown) => void,
): { stop(): Promise<void> } {
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  let turn = Promise.resolve()
  const next = () => {
    turn = task()
      .catch(onError)
      .then(() => {
        if (!stopped) timer = setTimeout(next, milliseconds)
      })
  }
  next()
  return {
    async stop() {
      stopped = true
      clearTimeout(timer)
      await turn
    },
  }
}
