import { shrinkAnchored } from './anchored-loss.ts'
import { shrinkByFlow } from './flow-loss.ts'

/** Two different simulators of loss: a model trained on one may fail the other. */
export const simulators = { anchored: shrinkAnchored, flow: shrinkByFlow } as const
export type SimulatorName = keyof typeof simulators
export const simulatorNames = ['anchored', 'flow'] as const
