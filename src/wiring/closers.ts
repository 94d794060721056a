export type Close = () => unknown

/** A stack of what has been opened and must be closed again. */
export interface Closers {
  /** Closed before everything that was added earlier. */
  add(close: Close): void
  /** An entry for things that are closed concurrently; more can be added to it later. */
  addGroup(): Pick<Closers, 'add'>
  /**
   * Closes everything in reverse order, each once. A failing closer does not prevent the others;
   * the first error is thrown at the end.
   */
  close(): Promise<void>
}

/** An empty stack of closers. */
export function createClosers(): Closers {
  const stack: Close[] = []
  const add = (close: Close): void => void stack.push(close)
  return {
    add,
    addGroup() {
      const group: Close[] = []
      add(async () => {
        const settled = await Promise.allSettled(group.map(async (close) => close()))
        const failed = settled.find(({ status }) => status === 'rejected')
        if (failed?.status === 'rejected') throw failed.reason
      })
      return { add: (close) => void group.push(close) }
    },
    async close() {
      const errors: unknown[] = []
      for (let close = stack.pop(); close !== undefined; close = stack.pop()) {
        try {
          await close()
        } catch (error) {
          errors.push(error)
        }
      }
      if (errors.length > 0) throw errors[0]
    },
  }
}
