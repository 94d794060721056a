import type { Calibration } from './calibration.ts'

/** Numbers of a version such as 1.2.0; a suffix such as -rc1 is ignored. */
function numbersOf(version: string): readonly number[] {
  return version.split(/[.+-]/, 3).map((part) => Number.parseInt(part, 10) || 0)
}

function isBefore(one: string, other: string): boolean {
  const [a, b] = [numbersOf(one), numbersOf(other)]
  const differs = [0, 1, 2].find((place) => (a[place] ?? 0) !== (b[place] ?? 0))
  return differs !== undefined && (a[differs] ?? 0) < (b[differs] ?? 0)
}

/** The first calibration valid for a model of this name and version; undefined if there is none. */
export function findCalibration(
  calibrations: readonly Calibration[],
  model: { readonly name: string; readonly version: string },
): Calibration | undefined {
  return calibrations.find(
    ({ model: name, from, below }) =>
      name === model.name &&
      !isBefore(model.version, from) &&
      (below === undefined || isBefore(model.version, below)),
  )
}
