/** A point on a sampled slice: column and row, fractional. */
export type ContourPoint = readonly [column: number, row: number]

/** A closed line; the last point joins the first. */
export type Contour = readonly ContourPoint[]

/**
 * Lines along which `values` (row by row) cross `level`, by marching squares with linear
 * interpolation; values beyond the border count as 0. The mean of the cell's corners resolves
 * saddles. Every line is closed and has the inside on the same side.
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
  const isInside = new Uint8Array(width * (rows + 2))
  for (let y = -1; y <= rows; y += 1) {
    for (let x = -1; x <= columns; x += 1) {
      if (valueAt(x, y) >= level) isInside[(y + 1) * width + x + 1] = 1
    }
  }
  // An edge is identified by its upper or left end and its direction, the same for both cells.
  const edgeName = (x: number, y: number, downwards: 0 | 1) =>
    2 * ((y + 1) * width + x + 1) + downwards
  const corners = [
    [0, 0],
    [1, 0],
    [1, 1],
    [0, 1],
  ] as const
  // Of the current cell, clockwise from its upper left corner and its upper edge.
  const cell = new Float64Array(4)
  const names = new Int32Array(4)
  const crossed = new Int32Array(4)

  for (let y = -1; y < rows; y += 1) {
    for (let x = -1; x < columns; x += 1) {
      const at = (y + 1) * width + x + 1
      const around = isInside[at]! + isInside[at + 1]! + isInside[at + width]!
      if (around + isInside[at + width + 1]! === 4 * isInside[at]!) continue
      names[0] = edgeName(x, y, 0)
      names[1] = edgeName(x + 1, y, 1)
      names[2] = edgeName(x, y + 1, 0)
      names[3] = edgeName(x, y, 1)
      let sum = 0
      for (let corner = 0; corner < 4; corner += 1) {
        cell[corner] = valueAt(x + corners[corner]![0], y + corners[corner]![1])
        sum += cell[corner]!
      }
      let count = 0
      for (let edge = 0; edge < 4; edge += 1) {
        const a = cell[edge]!
        const b = cell[(edge + 1) % 4]!
        if (a >= level === b >= level) continue
        crossed[count++] = edge
        const from = corners[edge]!
        const to = corners[(edge + 1) % 4]!
        const t = (level - a) / (b - a)
        const column = x + from[0] + t * (to[0] - from[0])
        const row = y + from[1] + t * (to[1] - from[1])
        points.set(names[edge]!, [column, row])
      }
      // Clockwise, a line leaves the cell's border where it passes from inside to outside.
      const turn = count === 2 || sum / 4 >= level ? 1 : count - 1
      for (let order = 0; order < count; order += 1) {
        const edge = crossed[order]!
        if (cell[edge]! < level) continue
        nextEdge.set(names[edge]!, names[crossed[(order + turn) % count]!]!)
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
