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
  /** Slope of log measured against log true volume for simulated losses; 1 shows all of a loss. */
  readonly lossSlopes?: { readonly anchored: number; readonly flow: number }
}

export interface ModelsView {
  /** The active model. */
  readonly active?: { readonly name: string; readonly version: string; readonly sha256: string }
  readonly shadow?: { readonly name: string; readonly version: string; readonly sha256: string }
  readonly installed: readonly ModelView[]
  readonly unusable: readonly { readonly path: string; readonly error: ErrorRecord }[]
  readonly changedAt?: string
  readonly changedBy?: string
  /** Why this process uses a different model from the chosen one. */
  readonly problem?: ErrorRecord
}

/** Model operations of the API and the command line. */
export interface ModelService {
  view(): Promise<ModelsView>
  /** Switches the model for new jobs. Throws MODEL_UNKNOWN, MODEL_NOT_ACCEPTED, MODEL_INVALID and the like. */
  use(wanted: string, who: string): Promise<ModelsView>
  /** Returns to the model before the last change. Throws MODEL_UNKNOWN if there is none. */
  rollBack(who: string): Promise<ModelsView>
  /** Sets the model in shadow mode; undefined ends shadow mode. */
  shadow(wanted: string | undefined, who: string): Promise<ModelsView>
  /** How the model in shadow mode compares with the active one; undefined without one. */
  compare(): Promise<ComparisonTable | undefined>
}
