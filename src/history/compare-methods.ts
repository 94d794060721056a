import { minorVersion } from '../minor-version.ts'
import type { MeasurementDocument } from '../results/sr/read-measurement-document.ts'
import { hasAgreedName } from '../selection/judge-series.ts'
import type { SelectionRules, SeriesKind } from '../selection/series-choice.ts'
import type { SeriesFacts } from '../selection/series-facts.ts'
import type { MeasuredStudy } from './comparison.ts'

/** Whether a series was measured as a crop or as a whole head; undefined where it is gone. */
export function kindOfSeries(
  source: SeriesFacts | undefined,
  rules: SelectionRules,
): SeriesKind | undefined {
  if (source === undefined) return undefined
  return hasAgreedName(source, rules) ? 'crop' : 'head'
}

/** Volumes may change from one minor version of the software to the next, never within one. */
/**
 * Why an earlier result was not measured as this one was: by another model, another version of it or of
 * the software, or in a crop instead of a whole head. Undefined where the method is the same.
 */
export function explainOtherMethod(
  now: Pick<MeasuredStudy, 'model' | 'softwareVersion' | 'kind'>,
  then: Pick<MeasurementDocument, 'model' | 'software'>,
  kind: SeriesKind | undefined,
): string | undefined {
  const { name, version, sha256 } = then.model
  if (name !== now.model.name) return `It was measured by another model (${name} ${version}).`
  if (version !== now.model.version || sha256 !== now.model.sha256) {
    return `It was measured by another version of the model (${version}).`
  }
  if (minorVersion(then.software.version) !== minorVersion(now.softwareVersion)) {
    return `It was measured by another version of the software (${then.software.version}).`
  }
  if (kind === undefined || kind === now.kind) return undefined
  const names = { crop: 'a crop around one hippocampus', head: 'a whole head' }
  return `It was measured in ${names[kind]}, this study in ${names[now.kind]}.`
}
