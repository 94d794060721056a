import { existsSync, readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Volume } from '../../src/volume/grid.ts'
import { seededRandom } from '../seeded-random.ts'
import { type Head, listHeads, readVolume } from './read-head.ts'
import { quantileOf } from './statistics.ts'

/** An image that must not be recognised as a T1-weighted head. */
export interface NearMiss {
  readonly name: string
  readonly read: () => Promise<Volume>
}

/** Of a stripped brain's brightness: fluid, the middle of grey and white matter. */
interface Tissues {
  readonly fluid: number
  readonly grey: number
  readonly white: number
}

/** A line through points with rising x, level beyond its ends. */
function follow(points: readonly (readonly [number, number])[], x: number): number {
  const above = points.findIndex(([at]) => at >= x)
  if (above === -1) return points.at(-1)![1]
  if (above === 0) return points[0]![1]
  const [[x0, y0], [x1, y1]] = [points[above - 1]!, points[above]!]
  return y0 + ((x - x0) / (x1 - x0)) * (y1 - y0)
}

const step = (x: number, from: number, to: number) =>
  Math.max(0, Math.min(1, (x - from) / (to - from)))

/** Other contrasts and maps derived from a T1-weighted image. */
const redrawings: readonly (readonly [string, (value: number, t: Tissues) => number])[] = [
  [
    'as FLAIR',
    (v, { fluid, grey, white }) =>
      follow(
        [
          [0, 0],
          [fluid, 15],
          [grey, 100],
          [white, 75],
          [2 * white, 110],
        ],
        v,
      ),
  ],
  [
    'as T2',
    (v, { fluid, grey, white }) =>
      follow(
        [
          [0, 0],
          [fluid / 2, 5],
          [fluid, 200],
          [grey, 90],
          [white, 55],
          [2 * white, 120],
        ],
        v,
      ),
  ],
  [
    'as proton density',
    (v, { fluid, grey, white }) =>
      follow(
        [
          [0, 0],
          [fluid / 2, 10],
          [fluid, 90],
          [grey, 100],
          [white, 80],
          [2 * white, 90],
        ],
        v,
      ),
  ],
  [
    'as probability of white matter',
    (v, { grey, white }) => step(v, grey + 0.3 * (white - grey), grey + 0.7 * (white - grey)),
  ],
  [
    'as probability of grey matter',
    (v, { fluid, grey, white }) =>
      step(v, fluid + 0.3 * (grey - fluid), fluid + 0.7 * (grey - fluid)) *
      (1 - step(v, grey + 0.3 * (white - grey), grey + 0.7 * (white - grey))),
  ],
  [
    'as three classes of tissue',
    (v, { fluid, grey, white }) => (v > (grey + white) / 2 ? 3 : v > (fluid + grey) / 2 ? 2 : 1),
  ],
]

async function redraw(head: Head, paint: (value: number, t: Tissues) => number): Promise<Volume> {
  const volume = await head.read()
  const brain = readVolume(head.brainPath!).intensities
  const inside = volume.intensities.filter((value, at) => brain[at]! > 0 && value > 0)
  const at = (share: number) => quantileOf([...inside], share)
  const tissues = { fluid: at(0.05), grey: at(0.4), white: at(0.85) }
  // Tissue maps are derived from stripped brains.
  const intensities = volume.intensities.map((value, i) =>
    brain[i]! > 0 ? paint(value, tissues) : 0,
  )
  return { ...volume, intensities }
}

const noise = (): Volume => {
  const random = seededRandom(11)
  const size = 100
  return {
    dimensions: [size, size, size],
    affine: [2, 0, 0, -100, 0, 2, 0, -100, 0, 0, 2, -100, 0, 0, 0, 1],
    intensities: Float32Array.from({ length: size ** 3 }, () => 1000 * random()),
  }
}

/** All near misses in a folder of shared data. */
export function listNearMisses(shared: string, heads: readonly Head[]): NearMiss[] {
  const maps = join(shared, 'label-maps')
  const drawn = ['IXI013-HH-1212', 'IXI546-HH-2450', 'sub-05'].flatMap((id) =>
    heads.filter(({ name, brainPath }) => name.endsWith(id) && brainPath !== undefined).slice(0, 1),
  )
  const others = join(shared, 'heads', 'ixi')
  const regions = existsSync(others)
    ? readdirSync(others)
        .filter((name) => name.includes('_dlmuse'))
        .slice(0, 3)
    : []
  const isOther = (name: string) => /FLAIR|T2/.test(name)
  const studies = join(shared, 'studies')
  const series = existsSync(studies)
    ? readdirSync(studies).flatMap((study) =>
        readdirSync(join(studies, study))
          .filter(isOther)
          .map((name) => join(studies, study, name)),
      )
    : []
  return [
    { name: 'noise', read: async () => noise() },
    ...(existsSync(maps)
      ? readdirSync(maps)
          .filter((name) => /\.nii(\.gz)?$/.test(name))
          .map((name) => ({
            name: `label map ${name}`,
            read: async () => readVolume(join(maps, name)),
          }))
      : []),
    ...regions.map((name) => ({
      name: `regions ${name}`,
      read: async () => readVolume(join(others, name)),
    })),
    ...series.flatMap((folder) =>
      listHeads(folder, `${basename(dirname(folder))}/${basename(folder)}`),
    ),
    ...drawn.flatMap((head) =>
      redrawings.map(([name, paint]) => ({
        name: `${head.name} ${name}`,
        read: () => redraw(head, paint),
      })),
    ),
  ]
}
