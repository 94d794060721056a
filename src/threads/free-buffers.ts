/** With smaller buffers, bytes, a collection does not pay off. */
const worthwhileBytes = 32 * 2 ** 20

/**
 * Collects this thread's garbage if it holds large buffers. Each thread keeps unused buffers until
 * it collects, and the engine rarely does with a small heap (src/analysis/analysis-process.ts).
 * Does nothing in a process started without --expose-gc.
 */
export function freeBuffers(): void {
  if (process.memoryUsage().external > worthwhileBytes) globalThis.gc?.()
}
