/** Sums over pairs of intensities of a head (H) and the template (T). */
export interface PairSums {
  readonly n: number
  readonly sumH: number
  readonly sumT: number
  readonly sumHH: number
  readonly sumTT: number
  readonly sumHT: number
}

/** Normalised cross-correlation, -1 to 1; 0 where one side is flat. */
export function correlationOf({ n, sumH, sumT, sumHH, sumTT, sumHT }: PairSums): number {
  const varianceH = sumHH - (sumH * sumH) / n
  const varianceT = sumTT - (sumT * sumT) / n
  const isFlat = !(varianceH > 1e-9 * sumHH && varianceT > 1e-9 * sumTT)
  return isFlat ? 0 : (sumHT - (sumH * sumT) / n) / Math.sqrt(varianceH * varianceT)
}
