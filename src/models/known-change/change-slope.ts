/** A true volume (or a ratio to the first one) and what was measured, of one hippocampus. */
export interface KnownMeasurement {
  readonly case: string
  readonly trueMm3: number
  readonly measuredMm3: number
}

export interface ChangeSlope {
  /**
   * Slope of log measured against log true: 1 if all change is measured, less if it is understated.
   */
  readonly slope: number
  /** The same, each hippocampus relative to its own mean. */
  readonly withinSlope: number
  /** Correlation of log measured with log true. */
  readonly r: number
  readonly points: number
}

const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length

function regress(x: readonly number[], y: readonly number[]) {
  const [mx, my] = [mean(x), mean(y)]
  let [xx, xy, yy] = [0, 0, 0]
  x.forEach((value, i) => {
    xx += (value - mx) ** 2
    xy += (value - mx) * (y[i]! - my)
    yy += (y[i]! - my) ** 2
  })
  return { slope: xy / xx, r: xy / Math.sqrt(xx * yy) }
}

/**
 * Regression of log measured on log true volume (least squares; the true volumes are known without
 * error). NaN with fewer than two different true volumes.
 */
export function fitChangeSlope(measurements: readonly KnownMeasurement[]): ChangeSlope {
  const x = measurements.map(({ trueMm3 }) => Math.log(trueMm3))
  const y = measurements.map(({ measuredMm3 }) => Math.log(measuredMm3))
  const groups = Map.groupBy(measurements.keys(), (i) => measurements[i]!.case)
  const center = (values: readonly number[]) => {
    const centered = [...values]
    for (const members of groups.values()) {
      const middle = mean(members.map((i) => values[i]!))
      for (const i of members) centered[i]! -= middle
    }
    return centered
  }
  const { slope, r } = regress(x, y)
  return { slope, r, withinSlope: regress(center(x), center(y)).slope, points: x.length }
}
