/**
 * Colours of the page. The two regions take Okabe and Ito's orange and sky blue, which every common
 * form of colour blindness tells apart; in grey they are told apart by a solid and a dashed line.
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
  panel: '#000000',
  onPanel: '#ffffff',
  outlineEdge: 'rgba(0, 0, 0, 0.6)',
} as const

/** How one region of the hippocampus is drawn: its label value, name and line. */
export interface RegionStyle {
  readonly label: number
  readonly name: string
  readonly color: string
  /** Lengths of dash and gap in pixels; empty for a solid line. */
  readonly dash: readonly number[]
}

export const anteriorStyle: RegionStyle = {
  label: 1,
  name: 'Anterior (head)',
  color: '#e69f00',
  dash: [],
}

export const posteriorStyle: RegionStyle = {
  label: 2,
  name: 'Posterior (body and tail)',
  color: '#56b4e9',
  dash: [7, 4],
}

export const regionStyles: readonly RegionStyle[] = [anteriorStyle, posteriorStyle]
