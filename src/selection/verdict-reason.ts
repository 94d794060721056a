/** Reasons that a series rule may give against a series. */
export const ruleReasons = [
  'LOCALIZER',
  'DERIVED',
  'THICK_SLICES',
  'TOO_FEW_IMAGES',
  'NOT_HEAD',
  'NOT_MAGNITUDE',
  'NOT_T1',
  'NOT_3D',
  'REPEATED_POSITIONS',
  'COARSE_PIXELS',
  'COVERAGE',
  'CONTRAST_AGENT',
  'SITE_RULE',
] as const

export type RuleReason = (typeof ruleReasons)[number]

/**
 * Why a series was chosen or not, as a code for machines; the accompanying sentence is for people.
 */
export type VerdictReason =
  | RuleReason
  | 'CHOSEN'
  | 'OWN_RESULT'
  | 'NOT_MR'
  | 'NOT_IMAGE'
  | 'NAME_NOT_AGREED'
  | 'HEAD_PREFERRED'
  | 'AMBIGUOUS'
  | 'NOT_BEST'
  | 'NOT_MEASURABLE'
