import { shrinkAnchored } from './anchored-loss.ts'
import { shrinkByFlow } from './flow-loss.ts'

/** Two ways to simulate a loss, of different principle: a model that learnt from the one may fail the other. */
export const simulators = { anchored: shrinkAnchored, flow: shrinkByFlow } as const
export type SimulatorName = keyof typeof simulators
export const simulatorNames = ['anchored', 'flow'] as const
