import type { Segmenter } from '../../src/inference/segmenter.ts'
import type { HeadLocalization } from '../../src/localization/head-localization.ts'
import type { Localizer } from '../../src/localization/localizer.ts'
import { measureHippocampus } from '../../src/measurement/measure-hippocampus.ts'
import { measureHead } from '../../src/measuring/measure-head.ts'
import type { MeasureSides } from './known-case.ts'

/** Measures a crop like the product. */
export function cropMeasurer(segmenter: Segmenter): MeasureSides {
  return async (volume, { hippocampi }) => {
    const { side } = hippocampi[0]!
    const { labelMap } = await segmenter.segment(volume, { side })
    return { [side]: measureHippocampus(labelMap, side).totalMm3 }
  }
}

/** Measures both hippocampi of a whole head like the product. */
export function headMeasurer(segmenter: Segmenter, localizer: Localizer): MeasureSides {
  return async (volume) => {
    const tools = { segmenter, localizer }
    const head = await measureHead(volume, tools, [], async (_stage, run) => run(), undefined)
    const [left, right] = head.volumes
    return { left: left.totalMm3, right: right.totalMm3 }
  }
}

/** A localizer that caches its result for the last image of the same grid and name. */
export function locateOnce(localizer: Localizer): Localizer & { forget(): void } {
  let known: HeadLocalization | undefined
  return {
    async locate(volume, options) {
      known ??= await localizer.locate(volume, options)
      return known
    },
    forget() {
      known = undefined
    },
    close: () => localizer.close(),
  }
}
