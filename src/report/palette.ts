/**
 * Colours of the page. The two parts are yellow and light blue, distinguishable with every common
 * form of colour blindness; on a grey monitor both are brighter than the tissue, and a solid and a
 * dashed line distinguish them.
 */
export const palette = {
  paper: '#ffffff',
  ink: '#16191d',
  muted: '#575e66',
  rule: '#c3c8ce',
  zebra: '#f3f5f7',
  banner: '#8f1d1d',
  bannerInk: '#ffffff',
  superseded: '#1f2933',
  warning: '#fff4d6',
  warningEdge: '#b87800',
  /** Rejected findings: dark in print, unlike the pale ground of a warning. */
  rejectedEdge: '#8f1d1d',
  rejected: '#f6e3e3',
  /** Bands of a nomogram, outer to inner, distinguishable on a grey monitor and in print. */
  bandOuter: '#e9ecef',
  bandMiddle: '#d3d9df',
  bandInner: '#b7c0c9',
  bandMedian: '#6b7680',
  panel: '#000000',
  onPanel: '#ffffff',
  outlineEdge: 'rgba(0, 0, 0, 0.6)',
} as const

/** How one part of the hippocampus is drawn. */
export interface RegionStyle {
  readonly part: 'anterior' | 'posterior'
  readonly color: string
  /** Lengths of dash and gap in pixels; empty for a solid line. */
  readonly dash: readonly number[]
}

export const anteriorStyle: RegionStyle = {
  part: 'anterior',
  color: '#f0e442',
  dash: [],
}

export const posteriorStyle: RegionStyle = {
  part: 'posterior',
  color: '#8ccbff',
  dash: [7, 4],
}

/** The temporal horn, in segmentations only. */
export const hornStyle = { color: '#cc79a7' } as const

/** In the order of a slice's shares. */
export const regionStyles = [anteriorStyle, posteriorStyle] as const

/** Outlines of the earlier and of the present scan, red, green, blue: neither is a color of a part. */
export const changeOutlines = [
  [230, 159, 0],
  [86, 180, 233],
] as const
