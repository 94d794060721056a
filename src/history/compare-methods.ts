import { minorVersion } from '../minor-version.ts'
import type { MeasurementDocument } from '../results/sr/read-measurement-document.ts'
import type { SeriesKind } from '../selection/series-choice.ts'
import type { MeasuredStudy } from './comparison.ts'

/**
 * Whether a report is on a crop or on a whole head, by the report itself: a crop shows one
 * hippocampus, and a head is measured on both sides or not at all. Current settings may name crops
 * differently than earlier ones.
 */
function kindOf({ volumes }: Pick<MeasurementDocument, 'volumes'>): SeriesKind {
  return volumes.length > 1 ? 'head' : 'crop'
}

/**
 * Why an earlier result has a different method: another model, another version of it or of the
 * software, or a crop instead of a whole head. Undefined if the method is the same. Volumes may
 * change between minor versions of the software, never within one.
 */
export function explainOtherMethod(
  now: Pick<MeasuredStudy, 'model' | 'softwareVersion' | 'kind'>,
  then: Pick<MeasurementDocument, 'model' | 'software' | 'volumes'>,
): string | undefined {
  const { name, version, sha256 } = then.model
  if (name !== now.model.name) return `It was measured by another model (${name} ${version}).`
  if (version !== now.model.version || sha256 !== now.model.sha256) {
    return `It was measured by another version of the model (${version}).`
  }
  if (minorVersion(then.software.version) !== minorVersion(now.softwareVersion)) {
    return `It was measured by another version of the software (${then.software.version}).`
  }
  const kind = kindOf(then)
  if (kind === now.kind) return undefined
  const names = { crop: 'a crop around one hippocampus', head: 'a whole head' }
  return `It was measured in ${names[kind]}, this study in ${names[now.kind]}.`
}
