import type { ChangeSigns } from '../measurement/longitudinal-change.ts'

/** Percent of the volume of the hippocampus. */
const [mostFluidAround, mostMoved] = [7, 14]

/**
 * Whether the surroundings of a hippocampus changed by more than a loss of its own explains. Simulated
 * losses of up to 10 % bring less than 5 % of fluid to its surroundings and move tissue by less than
 * 11 %; a temporal horn that grows by 1 mm without a loss brings 8 to 21 % of fluid, by 2 mm 22 % and
 * more (docs/adr/0015-change-image-against-image.md).
 */
export function isMoreThanLoss({ moved, fluidAround }: ChangeSigns): boolean {
  return Math.abs(fluidAround) > mostFluidAround || Math.abs(moved) > mostMoved
}
