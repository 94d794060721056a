import type { SeriesFacts } from './series-facts.ts'
import { countImages } from './series-values.ts'
import { readCoverage } from './slice-coverage.ts'

/** Acquisition facts that affect a measured volume: the scanner and the voxel size. */
export interface Acquisition {
  readonly manufacturer: string | undefined
  readonly model: string | undefined
  /** Tesla. */
  readonly fieldStrength: number | undefined
  /** Sides of a voxel, millimetres, ascending; undefined unless all three are known. */
  readonly voxelMm: readonly [number, number, number] | undefined
}

/** Sides that differ by less count as equal: scanners round, and fields of view are tilted. */
const sameSide = 0.05
/** Scanners of one model write 3, 3.0 or 2.89362. */
const sameField = 0.2

function readVoxel(facts: SeriesFacts): Acquisition['voxelMm'] {
  const { pixelSpacing, spacingBetweenSlices, sliceThickness } = facts
  const step =
    readCoverage(facts, countImages(facts))?.step ?? spacingBetweenSlices ?? sliceThickness
  const sides = [...(pixelSpacing ?? []), step]
  const isWhole = sides.length === 3 && sides.every((side) => side !== undefined && side > 0)
  if (!isWhole) return undefined
  const [a, b, c] = (sides as number[]).toSorted((x, y) => x - y)
  return [a!, b!, c!]
}

/**
 * Acquisition of the selected series. Missing facts (in a crop made by research software) are taken
 * from the other source series of the study if those agree.
 */
export function readAcquisition(chosen: SeriesFacts, series: readonly SeriesFacts[]): Acquisition {
  const siblings = series.filter(
    (one) => one.seriesInstanceUid !== chosen.seriesInstanceUid && !one.isOwnResult,
  )
  function settle<Value>(read: (facts: SeriesFacts) => Value | undefined): Value | undefined {
    const own = read(chosen)
    const others = new Set(siblings.flatMap((one) => read(one) ?? []))
    return own ?? (others.size === 1 ? [...others][0] : undefined)
  }
  return {
    manufacturer: settle(({ manufacturer }) => manufacturer?.trim() || undefined),
    model: settle(({ manufacturerModelName }) => manufacturerModelName?.trim() || undefined),
    fieldStrength: settle(({ magneticFieldStrength }) => magneticFieldStrength),
    voxelMm: readVoxel(chosen),
  }
}

const round = (value: number) => Number(value.toFixed(2))

/** Such as "Siemens Skyra, 3 T, 1 x 1 x 1 mm"; undefined if nothing is known. */
export function nameAcquisition(acquisition: Acquisition): string | undefined {
  const { manufacturer, model, fieldStrength, voxelMm } = acquisition
  const parts = [
    [manufacturer, model].filter(Boolean).join(' '),
    fieldStrength === undefined ? '' : `${round(fieldStrength)} T`,
    voxelMm === undefined ? '' : `${voxelMm.map(round).join(' x ')} mm`,
  ].filter(Boolean)
  return parts.length === 0 ? undefined : parts.join(', ')
}

const plain = (name: string | undefined) => name?.toLowerCase().replace(/[\s_.-]+/g, ' ')

/**
 * Why volumes of two acquisitions must not be compared, from the earlier one's view; undefined if
 * they may be. Unknown facts count against it, except the field strength, which the scanner model
 * implies.
 */
export function explainDifference(now: Acquisition, then: Acquisition): string | undefined {
  const isNamed = (one: Acquisition) => one.manufacturer !== undefined && one.model !== undefined
  if (!isNamed(now) || !isNamed(then)) {
    return 'The images do not state that the same kind of scanner made them.'
  }
  if (plain(now.manufacturer) !== plain(then.manufacturer)) {
    return 'It was made on a scanner of another manufacturer.'
  }
  if (plain(now.model) !== plain(then.model)) return 'It was made on another model of scanner.'
  const [field, earlierField] = [now.fieldStrength, then.fieldStrength]
  if (field && earlierField && Math.abs(field - earlierField) > sameField) {
    return `It was made at ${round(earlierField)} T, this study at ${round(field)} T.`
  }
  if (now.voxelMm === undefined || then.voxelMm === undefined) {
    return 'The images do not state that their voxels have the same size.'
  }
  const sides = now.voxelMm.map((side, index) => side / then.voxelMm![index]!)
  if (sides.some((ratio) => Math.abs(Math.log(ratio)) > sameSide)) {
    const size = (one: Acquisition) => `${one.voxelMm!.map(round).join(' x ')} mm`
    return `It has a different resolution: ${size(then)}, this study ${size(now)}.`
  }
  return undefined
}
