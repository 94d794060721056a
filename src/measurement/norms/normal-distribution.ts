/**
 * Part of a standard normal distribution below z (Abramowitz and Stegun 7.1.26 is too coarse for the tails;
 * this is Marsaglia's series, 2004, exact to 1e-12 within 7 standard deviations).
 */
export function shareBelow(z: number): number {
  if (z <= -8) return 0
  if (z >= 8) return 1
  let term = z
  let sum = z
  for (let n = 3; Math.abs(term) > 1e-16; n += 2) {
    term *= (z * z) / n
    sum += term
  }
  return 0.5 + (sum * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI)
}

/** Quantile of the standard normal distribution, for a share above 0 and below 1. */
export function quantileOf(share: number): number {
  let [low, high] = [-8, 8]
  while (high - low > 1e-10) {
    const middle = (low + high) / 2
    if (shareBelow(middle) < share) low = middle
    else high = middle
  }
  return (low + high) / 2
}
