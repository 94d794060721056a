import { siblingProgram } from '../threads/sibling-program.ts'
import { startWorkerThread } from '../threads/worker-thread.ts'
import type { Volume } from '../volume/grid.ts'
import type { HeadLocalization } from './head-localization.ts'

export interface Localizer {
  /**
   * Finds both hippocampi in a whole head. Requests are processed one at a time. An abort rejects
   * immediately with JOB_CANCELLED and ends the work. Throws PIXEL_DATA_INVALID, GEOMETRY_INVALID,
   * or LOCALIZATION_FAILED (retryable: the thread is restarted).
   */
  locate(
    volume: Volume,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<HeadLocalization>
  close(): Promise<void>
}

export interface LocalizerOptions {
  /** Maximum time of a single head before its thread counts as hanging, milliseconds. */
  readonly timeLimit?: number
  readonly log?: { warn(details: object, message: string): void }
}

/** Starts a worker thread that locates one head after another, because the search blocks its thread. */
export async function createLocalizer(options: LocalizerOptions = {}): Promise<Localizer> {
  const thread = await startWorkerThread<Volume, HeadLocalization>({
    file: siblingProgram(import.meta.url, './localization-worker'),
    workerData: undefined,
    timeLimit: options.timeLimit ?? 120_000,
    warn: (details, message) => options.log?.warn(details, message),
    purpose: {
      name: 'localization',
      work: 'where the hippocampi lie',
      stage: 'localize',
      code: 'LOCALIZATION_FAILED',
      onAbort: 'end',
    },
  })
  return {
    locate({ dimensions, affine, intensities }, { signal } = {}) {
      if (intensities.buffer instanceof SharedArrayBuffer) {
        return thread.ask({ dimensions, affine, intensities }, [], signal)
      }
      const copy = intensities.slice()
      return thread.ask({ dimensions, affine, intensities: copy }, [copy.buffer], signal)
    },
    close: () => thread.close(),
  }
}
