import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import type { Closers } from './closers.ts'

/** The context for starting every part of the service. */
export interface ServiceContext {
  readonly config: Config
  readonly log: Logger
  /** Epoch milliseconds. */
  readonly clock: () => number
  /** Each part adds its own closer as soon as it has something to close. */
  readonly closers: Closers
}
