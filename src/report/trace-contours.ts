/** A point on a sampled slice: column and row, fractional. */
export type ContourPoint = readonly [column: number, row: number]

/** A closed line; the last point joins the first. */
export type Contour = readonly ContourPoint[]

/**
 * Lines along which `values` (row by row) cross `level`, by marching squares with linear
 * interpolation; what lies beyond the border counts as 0. Saddles are decided by the mean of the
 * cell's corners. Every line is closed and keeps the inside on the same hand.
 */
export function traceContours(
  values: Float32Array,
  columns: number,
  rows: number,
  level: number,
): Contour[] {
  const valueAt = (x: number, y: number) =>
    x < 0 || y < 0 || x >= columns || y >= rows ? 0 : values[y * columns + x]!
  const nextEdge = new Map<number, number>()
  const points = new Map<number, ContourPoint>()
  const width = columns + 2
  // An edge is named by its upper or left end and its direction, so both cells at it agree.
  const edgeName = (x: number, y: number, downwards: 0 | 1) =>
    2 * ((y + 1) * width + x + 1) + downwards
  const corners = [
    [0, 0],
    [1, 0],
    [1, 1],
    [0, 1],
  ] as const

  for (let y = -1; y < rows; y += 1) {
    for (let x = -1; x < columns; x += 1) {
      const upperLeft = valueAt(x, y) >= level
      if (
        upperLeft === valueAt(x + 1, y) >= level &&
        upperLeft === valueAt(x + 1, y + 1) >= level &&
        upperLeft === valueAt(x, y + 1) >= level
      ) {
        continue
      }
      const cell = corners.map(([dx, dy]) => valueAt(x + dx, y + dy))
      const inside = cell.map((value) => value >= level)
      const names = [
        edgeName(x, y, 0),
        edgeName(x + 1, y, 1),
        edgeName(x, y + 1, 0),
        edgeName(x, y, 1),
      ]
      const crossed = [0, 1, 2, 3].filter((edge) => inside[edge] !== inside[(edge + 1) % 4])
      for (const edge of crossed) {
        const [from, to] = [corners[edge]!, corners[(edge + 1) % 4]!]
        const [a, b] = [cell[edge]!, cell[(edge + 1) % 4]!]
        const t = (level - a) / (b - a)
        const column = x + from[0] + t * (to[0] - from[0])
        const row = y + from[1] + t * (to[1] - from[1])
        points.set(names[edge]!, [column, row])
      }
      // Clockwise, a line leaves the cell's border where it passes from inside to outside.
      const centreInside = cell.reduce((sum, value) => sum + value, 0) / 4 >= level
      for (const [order, edge] of crossed.entries()) {
        if (!inside[edge]) continue
        const turn = crossed.length === 2 || centreInside ? 1 : crossed.length - 1
        nextEdge.set(names[edge]!, names[crossed[(order + turn) % crossed.length]!]!)
      }
    }
  }
  return joinEdges(nextEdge, points)
}

function joinEdges(
  nextEdge: Map<number, number>,
  points: ReadonlyMap<number, ContourPoint>,
): Contour[] {
  const contours: Contour[] = []
  for (const start of [...nextEdge.keys()]) {
    const contour: ContourPoint[] = []
    let edge: number | undefined = start
    while (edge !== undefined) {
      const following = nextEdge.get(edge)
      if (following === undefined) break
      contour.push(points.get(edge)!)
      nextEdge.delete(edge)
      edge = following
    }
    if (contour.length > 0) contours.push(contour)
  }
  return contours
}
