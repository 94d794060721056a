import { describe, expect, it } from 'vitest'
import type { HeadLocalization } from '../../src/localization/head-localization.ts'
import { locateHippocampi } from '../../src/localization/locate-hippocampi.ts'
import {
  findAxisOrder,
  type Orientation,
  reorderGrid,
  reorderValues,
} from '../../src/volume/axis-order.ts'
import type { Affine, Vector3, Volume } from '../../src/volume/grid.ts'
import { affineColumn, determinantOf } from '../../src/volume/patient-affine.ts'
import { dot, lengthOf, normalize, scale, subtract } from '../../src/volume/vector3.ts'
import { seededRandom } from '../../tools/seeded-random.ts'
import { paint, rotatedDirections } from '../volume/phantom.ts'
import { gridAround, makeHead, placeHead, truthOf } from './make-head.ts'

const upright = (mm: number, size: Vector3) =>
  gridAround(size, [
    [mm, 0, 0],
    [0, mm, 0],
    [0, 0, mm],
  ])
const usual = upright(2.8, [76, 92, 88])
const distance = (a: Vector3, b: Vector3) => lengthOf(subtract(a, b))

function expectPlaced(found: HeadLocalization, placed: Affine, mm = 2): void {
  expect(found.found).toBe(true)
  const truth = truthOf(placed)
  expect(distance(found.centers.left, truth.left)).toBeLessThan(mm)
  expect(distance(found.centers.right, truth.right)).toBeLessThan(mm)
  expect(estimateOf(found, placed)).toBeGreaterThan(0.88)
  expect(estimateOf(found, placed)).toBeLessThan(1.05)
}

/** Estimated over true intracranial volume. These brains are the template's blurred once more, which makes
 * their edges fainter and so the estimate a tenth too small. */
function estimateOf(found: HeadLocalization, placed: Affine): number {
  return found.intracranialVolumeMm3 / truthOf(placed).intracranialVolumeMm3
}

describe('hippocampi in a whole head', () => {
  it.each<[string, Vector3, Vector3, Vector3]>([
    ['lies straight', [0, 0, 0], [0.93, 0.93, 0.93], [0, -15, 0]],
    ['nods by 30 degrees', [30, 0, 0], [0.95, 0.9, 0.93], [5, 10, -10]],
    ['looks up by 30 degrees', [-30, 0, 0], [0.9, 0.95, 0.9], [-5, -20, 0]],
    ['leans to one side by 30 degrees', [0, 30, 0], [0.95, 0.95, 0.9], [0, -10, -5]],
    ['is turned by 30 degrees', [0, 0, -30], [0.9, 0.9, 0.95], [0, -10, 0]],
    ['is turned about all axes', [18, -15, 20], [0.93, 0.97, 0.95], [10, -20, 5]],
    ['is small', [5, 0, 5], [0.8, 0.8, 0.8], [0, 0, 20]],
  ])('are found to 2 mm where it %s', (_, turn, size, at) => {
    const placed = placeHead({ turn, size, at })
    const found = locateHippocampi(makeHead(usual, placed))
    expectPlaced(found, placed)
    expect(found.brainCoverage).toBeGreaterThan(0.95)
  })

  it('have identical positions although a sum differed in its last bit', () => {
    const head = makeHead(usual, placeHead({ size: [0.93, 0.93, 0.93], at: [0, -15, 0] }))
    const intensities = head.intensities.map((value, i) => (i % 2 ? value * (1 + 2 ** -22) : value))
    const found = locateHippocampi(head)
    expect(found.found).toBe(true)
    expect(locateHippocampi({ ...head, intensities })).toEqual(found)
  })

  it('are found in a brain without its skull', () => {
    const placed = placeHead({ turn: [20, 5, -10], size: [0.92, 0.92, 0.92], at: [12, -15, 8] })
    expectPlaced(locateHippocampi(makeHead(usual, placed, { bare: true })), placed)
  })

  it('are found on oblique grids of any spacing', () => {
    const placed = placeHead({ turn: [-12, 8, 5], size: [0.93, 0.93, 0.93], at: [0, -15, 0] })
    const [x, y, z] = rotatedDirections([25, -20, 15])
    const grid = gridAround([60, 140, 140], [scale(z, 3.8), scale(x, -1.6), scale(y, 1.9)])
    expectPlaced(locateHippocampi(makeHead(grid, placed)), placed)
  })

  it('are found at the edge of the field of view', () => {
    const placed = placeHead({ turn: [10, 0, 0], size: [0.93, 0.93, 0.93], at: [25, -55, 60] })
    const found = locateHippocampi(makeHead(usual, placed))
    expectPlaced(found, placed, 3)
    expect(found.brainCoverage).toBeLessThan(0.97)
  })

  it('give the rotation of the head as right-handed unit vectors', () => {
    const placed = placeHead({ turn: [25, -10, 15], size: [0.95, 0.9, 0.93], at: [0, -15, 0] })
    const { headAxes } = locateHippocampi(makeHead(usual, placed))
    const { right, anterior, superior } = headAxes
    for (const [axis, column, sign] of [
      [right, 0, -1],
      [anterior, 1, -1],
      [superior, 2, 1],
    ] as const) {
      expect(lengthOf(axis)).toBeCloseTo(1, 6)
      expect(sign * dot(axis, normalize(affineColumn(placed, column)))).toBeGreaterThan(0.999)
    }
    expect(dot(right, anterior)).toBeCloseTo(0, 6)
    expect(dot(anterior, superior)).toBeCloseTo(0, 6)
  })

  it.each<Orientation>([
    ['R', 'A', 'S'],
    ['P', 'I', 'R'],
    ['S', 'L', 'A'],
  ])('are the same whatever the order of storage (%s%s%s)', (...orientation) => {
    const placed = placeHead({ turn: [15, 8, -6], size: [0.93, 0.93, 0.93], at: [6, -15, 0] })
    const head = makeHead(usual, placed)
    const order = findAxisOrder(head.affine, orientation)
    const stored: Volume = {
      ...reorderGrid(head, order),
      intensities: reorderValues(head.intensities, head.dimensions, order),
    }
    const [a, b] = [locateHippocampi(head), locateHippocampi(stored)]
    expect(distance(a.centers.left, b.centers.left)).toBeLessThan(0.3)
    expect(distance(a.centers.right, b.centers.right)).toBeLessThan(0.3)
  })

  it('change sides in a mirrored head', () => {
    const placed = placeHead({ turn: [10, 12, -15], size: [0.93, 0.93, 0.93], at: [14, -15, 0] })
    const head = makeHead(usual, placed)
    const mirrored: Volume = {
      ...head,
      intensities: reorderValues(head.intensities, head.dimensions, {
        axes: [0, 1, 2],
        flips: [true, false, false],
      }),
    }
    const [a, b] = [locateHippocampi(head), locateHippocampi(mirrored)]
    const mirror = ([x, y, z]: Vector3): Vector3 => [-x, y, z]
    expect(b.found).toBe(true)
    expect(distance(b.centers.left, mirror(a.centers.right))).toBeLessThan(0.5)
    expect(distance(b.centers.right, mirror(a.centers.left))).toBeLessThan(0.5)
    expect(determinantOf(b.patientToTemplate)).toBeGreaterThan(0)
  })

  it('come with an intracranial volume that grows as the head does', () => {
    const [small, large] = [0.82, 0.98].map((size) => {
      const placed = placeHead({ size: [size, size, size], at: [0, -15, 0] })
      return estimateOf(locateHippocampi(makeHead(usual, placed)), placed)
    })
    expect(small! / large!).toBeCloseTo(1, 1)
  })

  describe('have the right positions and head size', () => {
    const placed = placeHead({ turn: [12, -5, 8], size: [0.93, 0.93, 0.93], at: [5, -15, 0] })
    const head = makeHead(usual, placed)
    const before = locateHippocampi(head)
    const shown = (voxel: number): Vector3 => {
      const [columns, rows, slices] = head.dimensions
      const row = Math.floor(voxel / columns)
      const [i, j, k] = [voxel % columns, row % rows, Math.floor(row / rows)]
      return [i / columns - 0.5, j / rows - 0.5, k / slices - 0.5]
    }
    const change = (to: (value: number, at: Vector3, voxel: number) => number): Volume => ({
      ...head,
      intensities: head.intensities.map((value, voxel) => to(value, shown(voxel), voxel)),
    })
    const isCorner = ([x, y, z]: Vector3) => x < -0.4 && y < -0.4 && z < -0.4
    const beyond = ([x, y, z]: Vector3) => Math.max(Math.abs(x), Math.abs(y), Math.abs(z)) > 0.46
    it.each<[string, Volume]>([
      ['where a coil makes one side twice as bright', change((v, [x]) => v * (1 + 0.8 * x))],
      ['where the vertex is brightest', change((v, [, y, z]) => v * (1 + 0.7 * z - 0.3 * y))],
      [
        'where the middle is darkest',
        change((v, [x, y, z]) => v * (0.7 + 2 * (x * x + y * y + z * z))),
      ],
      ['beside a single voxel of -2000', change((v, _, voxel) => (voxel === 5 ? -2000 : v))],
      ['beside a single voxel of 30000', change((v, _, voxel) => (voxel === 5 ? 30_000 : v))],
      ['beside a block of -100', change((v, at) => (isCorner(at) ? -100 : v))],
      ['within padding of -2000', change((v, at) => (beyond(at) ? -2000 : v))],
      ['within what is no number', change((v, at) => (beyond(at) ? Number.NaN : v))],
    ])('%s', (_, changed) => {
      const found = locateHippocampi(changed)
      expect(found.found).toBe(true)
      expect(distance(found.centers.left, before.centers.left)).toBeLessThan(1)
      expect(distance(found.centers.right, before.centers.right)).toBeLessThan(1)
      const ratio = found.intracranialVolumeMm3 / before.intracranialVolumeMm3
      expect(Math.abs(ratio - 1)).toBeLessThan(0.015)
    })
  })

  it('are deterministic', () => {
    const head = makeHead(usual, placeHead({ turn: [5, 5, 5], at: [0, -15, 0] }))
    expect(locateHippocampi(head)).toEqual(locateHippocampi(head))
  })
})

describe('no head is recognised', () => {
  const random = seededRandom(3)
  const ball = ([x, y, z]: Vector3) => (Math.hypot(x, y, z) < 85 ? 500 + 0.4 * x : 3)
  /** A flat body with a spine, two kidneys, a liver and a bowel of gas. */
  const abdomen = ([x, y, z]: Vector3) => {
    if (Math.hypot(x / 110, y / 80) > 1) return 2
    if (Math.hypot(x / 100, y / 70) > 1) return 800
    if (Math.hypot(x, y - 45) < 18) return 250
    if (Math.hypot((Math.abs(x) - 50) / 20, (y - 25) / 15, z / 45) < 1) return 350
    if (Math.hypot((x + 45) / 50, (y + 15) / 40, (z - 40) / 60) < 1) return 450
    return Math.hypot((x - 30) / 25, (y + 30) / 20) < 1 ? 10 : 300
  }
  it.each<[string, () => Volume]>([
    ['in noise', () => paint(usual, () => 1000 * random())],
    ['in nothing', () => paint(usual, () => 0)],
    ['in one grey', () => paint(usual, () => 700)],
    ['in a ball', () => paint(usual, ball)],
    ['in a belly', () => paint(usual, abdomen)],
    [
      'in a brain whose contrast is the other way round',
      () => {
        const head = makeHead(usual, placeHead({ size: [0.93, 0.93, 0.93], at: [0, -15, 0] }))
        return {
          ...head,
          intensities: head.intensities.map((value) => (value < 20 ? value : 300 - value)),
        }
      },
    ],
    [
      'in a crop around one hippocampus',
      () => {
        const placed = placeHead({ size: [0.93, 0.93, 0.93], at: [-20, -15, 0] })
        return makeHead(upright(1, [36, 50, 36]), placed)
      },
    ],
    ['in a single slice', () => paint(upright(1, [240, 240, 1]), ball)],
  ])('%s', (_, make) => {
    const { found, doubt, score } = locateHippocampi(make())
    expect(found).toBe(false)
    expect(doubt).toBeDefined()
    expect(Number.isFinite(score)).toBe(true)
  })

  it('in a head that ends at the temporal lobes', () => {
    const placed = placeHead({ size: [0.93, 0.93, 0.93], at: [0, -15, -135] })
    const found = locateHippocampi(makeHead(usual, placed))
    if (found.found) expect(found.brainCoverage).toBeLessThan(0.85)
  })

  describe('where the head is none that was imaged:', () => {
    const head = makeHead(usual, placeHead({ size: [0.93, 0.93, 0.93], at: [0, -15, 0] }), {
      bare: true,
    })
    const repaint = (to: (value: number) => number): Volume => ({
      ...head,
      intensities: head.intensities.map(to),
    })
    it('a map of three classes', () => {
      const classes = repaint((value) => (value > 190 ? 3 : value > 110 ? 2 : value > 20 ? 1 : 0))
      expect(locateHippocampi(classes)).toMatchObject({ found: false })
    })
    it('a probability of white matter', () => {
      const share = repaint((value) => Math.max(0, Math.min(1, (value - 185) / 10)))
      expect(locateHippocampi(share)).toMatchObject({ found: false })
    })
    it('grey matter brighter than white, fluid dark', () => {
      const flair = repaint((value) => (value < 150 ? value * 1.3 : 195 - (value - 150) * 0.9))
      expect(locateHippocampi(flair)).toMatchObject({ found: false })
    })
  })

  it('a volume without finite values is rejected', () => {
    const head = makeHead(usual, placeHead({ at: [0, -15, 0] }))
    head.intensities.fill(Number.NaN)
    expect(() => locateHippocampi(head)).toThrow(
      expect.objectContaining({ code: 'PIXEL_DATA_INVALID', stage: 'localize' }),
    )
  })
})
