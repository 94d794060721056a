/** Plans the transforms of lines of `size` complex samples, a power of two (Cooley and Tukey 1965). */
export interface LineTransform {
  readonly size: number
  /** In place; the inverse is divided by the size, so that it undoes the forward transform. */
  readonly run: (
    real: Float64Array,
    imaginary: Float64Array,
    direction: 'forward' | 'inverse',
  ) => void
}

/** The smallest power of two not below `count`. */
export function powerOfTwo(count: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(1, count)))
}

function reverseBits(size: number): Uint32Array {
  const reversed = new Uint32Array(size)
  for (let i = 1; i < size; i++) {
    reversed[i] = (reversed[i >> 1]! >> 1) | (i & 1 ? size >> 1 : 0)
  }
  return reversed
}

/** Makes a transform for lines of one length; `size` must be a power of two. */
export function planLineTransform(size: number): LineTransform {
  const places = reverseBits(size)
  const cosines = Float64Array.from({ length: size / 2 }, (_, i) =>
    Math.cos((2 * Math.PI * i) / size),
  )
  const sines = Float64Array.from({ length: size / 2 }, (_, i) =>
    Math.sin((2 * Math.PI * i) / size),
  )
  return {
    size,
    run: (real, imaginary, direction) => {
      const sign = direction === 'forward' ? -1 : 1
      for (let i = 0; i < size; i++) {
        const j = places[i]!
        if (j <= i) continue
        const [a, b] = [real[i]!, imaginary[i]!]
        real[i] = real[j]!
        imaginary[i] = imaginary[j]!
        real[j] = a
        imaginary[j] = b
      }
      for (let half = 1; half < size; half *= 2) {
        const stride = size / (2 * half)
        for (let first = 0; first < size; first += 2 * half) {
          for (let i = 0; i < half; i++) {
            const c = cosines[i * stride]!
            const s = sign * sines[i * stride]!
            const low = first + i
            const high = low + half
            const re = real[high]! * c - imaginary[high]! * s
            const im = real[high]! * s + imaginary[high]! * c
            real[high] = real[low]! - re
            imaginary[high] = imaginary[low]! - im
            real[low]! += re
            imaginary[low]! += im
          }
        }
      }
      if (direction === 'forward') return
      for (let i = 0; i < size; i++) {
        real[i]! /= size
        imaginary[i]! /= size
      }
    },
  }
}
