import type { HippocampusVolumes } from '../measurement/hippocampus-volumes.ts'
import type { NormativeComparison } from '../measurement/norms/compare-with-norms.ts'
import type { Interval } from '../measurement/norms/place-volume.ts'
import { findingsOf } from '../measurement/quality/worst-verdict.ts'
import type { SegmentedImage } from './segment-image.ts'

type Segmented = Extract<SegmentedImage, { state: 'segmented' }>

function describeVolumes({ anteriorMm3, posteriorMm3, totalMm3 }: HippocampusVolumes): string {
  const [anterior, posterior, total] = [anteriorMm3, posteriorMm3, totalMm3].map(Math.round)
  return `anterior ${anterior}, posterior ${posterior}, total ${total} mm3`
}

const describePercentile = ({ value, low, high }: Interval) =>
  `percentile ${Math.round(value)} (${Math.round(low)} to ${Math.round(high)})`

/**
 * Percentiles of the sides among people of the same age, sex and head size, or why there are none.
 */
function describeNorms(norms: NormativeComparison): string[] {
  if (!norms.compared) return [`  not compared with norms: ${norms.sentence}`]
  return norms.sides.map(({ side, percentile }) => `  ${side}: ${describePercentile(percentile)}`)
}

function describeHead(image: Segmented, volumes: readonly HippocampusVolumes[]): string[] {
  const icv = (image.intracranialVolume?.mm3 ?? 0) / 1000
  const arrow = image.output === undefined ? '' : ` -> ${image.output}`
  const nameOf = ({ side }: HippocampusVolumes, index: number) =>
    side === 'unknown' ? `side unknown (${index + 1} of ${volumes.length})` : side
  return [
    `${image.input}: whole head (agreement with the template ${image.score?.toFixed(2)})${arrow}`,
    ...volumes.map((one, index) => `  ${nameOf(one, index)}: ${describeVolumes(one)}`),
    `  intracranial volume: about ${Math.round(icv)} cm3`,
  ]
}

/** The outcome of an image in readable lines, with norms if the person is known. */
export function describeImage(image: SegmentedImage, hasPerson: boolean): string {
  if (image.state === 'rejected') return `${image.input}: not segmented. ${image.error.message}`
  const { input, output, volumes, quality, norms } = image
  const lines =
    'length' in volumes
      ? describeHead(image, volumes)
      : [`${input}: ${describeVolumes(volumes)}${output === undefined ? '' : ` -> ${output}`}`]
  return [
    ...lines,
    ...(hasPerson ? describeNorms(norms) : []),
    ...findingsOf(quality, 'warning').map(({ sentence }) => `  warning: ${sentence}`),
  ].join('\n')
}
