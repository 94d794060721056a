import type { ErrorRecord } from '../errors.ts'
import type { ComparisonLog } from './comparison-log.ts'
import type { Installed } from './installed-models.ts'
import type { ModelName } from './shadow-comparison.ts'

/** Paths of manifests: of the model that measures, and of one in shadow mode. */
export interface ModelPaths {
  readonly active: string
  readonly shadow?: string | undefined
}

/** The loader of models: the host of the analysis process. */
export interface ModelLoader {
  loaded():
    | {
        readonly active: ModelName
        readonly shadow?: ModelName | undefined
        readonly shadowError?: ErrorRecord | undefined
      }
    | undefined
  reload(paths: ModelPaths): Promise<{ readonly shadowError?: ErrorRecord | undefined }>
}

export interface ModelManagerOptions {
  readonly installed: () => Promise<Installed>
  /** Manifest of MODEL_MANIFEST: the active model until another is chosen. */
  readonly configuredPath: string
  readonly marks: {
    readMark(name: string): Promise<string | undefined>
    /** Atomic: false if the mark no longer has the expected value. */
    swapMark(name: string, expected: string | undefined, value: string): Promise<boolean>
  }
  readonly comparisons: ComparisonLog
  readonly softwareVersion: string
  /** Epoch milliseconds. */
  readonly clock: () => number
  readonly log: {
    info(facts: object, message: string): void
    error(facts: object, message: string): void
  }
}
