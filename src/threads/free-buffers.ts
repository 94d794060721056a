/** With less in buffers, a thread has too little to give back for what a collection takes; bytes. */
const worthwhileBytes = 32 * 2 ** 20

/**
 * Collects this thread's garbage if it holds many buffers, used or not. Each thread keeps its own until it
 * collects, and the engine sees no reason to where the heap is small (src/analysis/analysis-process.ts).
 * Does nothing in a process that was started without --expose-gc.
 */
export function freeBuffers(): void {
  if (process.memoryUsage().external > worthwhileBytes) globalThis.gc?.()
}
