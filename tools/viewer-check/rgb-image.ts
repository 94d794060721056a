import { createCanvas, loadImage } from 'canvas'

/** Three bytes per pixel, row by row. */
export interface RgbImage {
  readonly width: number
  readonly height: number
  readonly rgb: Uint8Array
}

export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** Decodes a PNG. */
export async function readPng(png: Buffer): Promise<RgbImage> {
  const image = await loadImage(png)
  const context = createCanvas(image.width, image.height).getContext('2d')
  context.drawImage(image, 0, 0)
  const { data } = context.getImageData(0, 0, image.width, image.height)
  const rgb = new Uint8Array(image.width * image.height * 3)
  for (let pixel = 0; pixel < image.width * image.height; pixel++) {
    rgb.set(data.subarray(pixel * 4, pixel * 4 + 3), pixel * 3)
  }
  return { width: image.width, height: image.height, rgb }
}

/** Position of an image scaled to fit the centre of a box. */
export function fitInto(box: Box, image: { width: number; height: number }): Box {
  const scale = Math.min(box.width / image.width, box.height / image.height)
  const [width, height] = [image.width * scale, image.height * scale]
  const [x, y] = [box.x + (box.width - width) / 2, box.y + (box.height - height) / 2]
  return { x, y, width, height }
}

/**
 * Mean red, green and blue of every tile, row by row, of a box laid out in columns and rows of
 * tiles: coarse enough to be independent of a viewer's interpolation.
 */
export function averageTiles(image: RgbImage, box: Box, columns: number, rows: number): number[] {
  const means: number[] = []
  for (let row = 0; row < rows; row++) {
    const top = Math.round(box.y + (row * box.height) / rows)
    const bottom = Math.round(box.y + ((row + 1) * box.height) / rows)
    for (let column = 0; column < columns; column++) {
      const left = Math.round(box.x + (column * box.width) / columns)
      const right = Math.round(box.x + ((column + 1) * box.width) / columns)
      const sum = [0, 0, 0]
      for (let y = top; y < bottom; y++) {
        for (let x = left; x < right; x++) {
          for (let channel = 0; channel < 3; channel++) {
            sum[channel]! += image.rgb[(y * image.width + x) * 3 + channel] ?? 0
          }
        }
      }
      const count = Math.max(1, (bottom - top) * (right - left))
      means.push(...sum.map((value) => value / count))
    }
  }
  return means
}

/** Pearson's correlation; 0 when either side does not vary (a blank viewport). */
export function correlate(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / values.length
  const [meanA, meanB] = [mean(a), mean(b)]
  let [both, varianceA, varianceB] = [0, 0, 0]
  for (let index = 0; index < a.length; index++) {
    const [distanceA, distanceB] = [a[index]! - meanA, b[index]! - meanB]
    both += distanceA * distanceB
    varianceA += distanceA ** 2
    varianceB += distanceB ** 2
  }
  const scale = Math.sqrt(varianceA * varianceB)
  return scale < 1e-6 ? 0 : both / scale
}
