import type { ErrorRecord } from '../errors.ts'
import type { ComparisonTable } from './summarize-comparisons.ts'

export interface ModelView {
  readonly name: string
  readonly version: string
  readonly sha256: string
  readonly path: string
  readonly origin: 'builtin' | 'configured' | 'site'
  /** Whether it may be activated. */
  readonly checked: boolean
  /** Rise of log measured over log true volume where a loss was simulated; 1 shows all of it. */
  readonly lossSlopes?: { readonly anchored: number; readonly flow: number }
}

export interface ModelsView {
  /** What jobs are measured with now. */
  readonly active?: { readonly name: string; readonly version: string; readonly sha256: string }
  readonly shadow?: { readonly name: string; readonly version: string; readonly sha256: string }
  readonly installed: readonly ModelView[]
  readonly unusable: readonly { readonly path: string; readonly error: ErrorRecord }[]
  readonly changedAt?: string
  readonly changedBy?: string
  /** Why this process works with another model than the one chosen. */
  readonly problem?: ErrorRecord
}

/** What the API and the command line do with models. */
export interface ModelService {
  view(): Promise<ModelsView>
  /** Switches the model for new jobs. Throws MODEL_UNKNOWN, MODEL_NOT_ACCEPTED, MODEL_INVALID and the like. */
  use(wanted: string, who: string): Promise<ModelsView>
  /** Goes back to what was active before the last change. Throws MODEL_UNKNOWN where nothing was. */
  rollBack(who: string): Promise<ModelsView>
  /** Lets a second model measure without publishing; undefined ends that. */
  shadow(wanted: string | undefined, who: string): Promise<ModelsView>
  /** How the model in shadow mode compares with the active one; undefined where none did. */
  compare(): Promise<ComparisonTable | undefined>
}
