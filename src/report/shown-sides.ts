import type { Side } from '../measurement/hippocampus-volumes.ts'
import type { ReportInput } from './report-input.ts'

/** The patient's right is on the left of the page, as in axial and coronal images. */
const order: readonly Side[] = ['right', 'left', 'unknown']

/** The sides a page shows, in the order of the page, with the label values of each. */
export function listShownSides({
  regions,
}: Pick<ReportInput, 'regions'>): readonly { readonly side: Side; readonly labels: number[] }[] {
  return order.flatMap((side) => {
    const labels = regions.filter((region) => region.side === side).map(({ label }) => label)
    return labels.length === 0 ? [] : [{ side, labels }]
  })
}

/** The volumes that were measured, in the order of the page. */
export function orderVolumes({ volumes }: Pick<ReportInput, 'volumes'>) {
  return volumes.toSorted((one, other) => order.indexOf(one.side) - order.indexOf(other.side))
}
