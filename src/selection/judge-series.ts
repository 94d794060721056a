import type { SelectionRules, VerdictReason } from './series-choice.ts'
import type { SeriesFacts } from './series-facts.ts'

/** Why a series is not measured; undefined of a rule means that it has nothing against the series. */
export interface Objection {
  readonly reason: Exclude<VerdictReason, 'CHOSEN' | 'AMBIGUOUS'>
  readonly sentence: string
}

type Rule = (facts: SeriesFacts, rules: SelectionRules) => Objection | undefined

/** Families of SOP classes that hold no images (PS3.4 B.5), by the beginning of their UID. */
const nonImageClasses: readonly (readonly [string, string])[] = [
  ['1.2.840.10008.5.1.4.1.1.88.', 'a structured report'],
  ['1.2.840.10008.5.1.4.1.1.66.', 'a segmentation or registration'],
  ['1.2.840.10008.5.1.4.1.1.11.', 'a presentation state'],
  ['1.2.840.10008.5.1.4.1.1.104.', 'a document'],
  ['1.2.840.10008.5.1.4.1.1.9.', 'a waveform'],
  ['1.2.840.10008.5.1.4.1.1.481.', 'a radiotherapy object'],
]
const nonImageModalities: Readonly<Record<string, string>> = {
  SR: 'a structured report',
  SEG: 'a segmentation',
  PR: 'a presentation state',
  KO: 'a list of key images',
  DOC: 'a document',
  REG: 'a registration',
  FID: 'a list of marks',
  ANN: 'annotations',
  RTSTRUCT: 'a radiotherapy object',
  RTPLAN: 'a radiotherapy object',
  RTDOSE: 'a radiotherapy object',
  RAW: 'raw data',
  MRS: 'spectroscopy',
}
const rawDataClass = '1.2.840.10008.5.1.4.1.1.66'
const spectroscopyClass = '1.2.840.10008.5.1.4.1.1.4.2'
const secondaryCaptureClass = '1.2.840.10008.5.1.4.1.1.7'
const localizerWords =
  /\b(loc|localizer|localiser|localizers|scout|scouts|survey|topogram|(3|three)[ -]?(plane|pl))\b/i

const mm = (value: number) => `${Number(value.toFixed(2))} mm`

const objectToOwnResult: Rule = (facts) =>
  facts.isOwnResult
    ? { reason: 'OWN_RESULT', sentence: 'It is a result of this software.' }
    : undefined

function nameNonImage({ sopClassUid, modality }: SeriesFacts): string | undefined {
  if (sopClassUid === rawDataClass) return 'raw data'
  if (sopClassUid === spectroscopyClass) return 'spectroscopy'
  const family = nonImageClasses.find(([prefix]) => sopClassUid?.startsWith(prefix))
  return family?.[1] ?? nonImageModalities[modality ?? '']
}

const objectToNonImage: Rule = (facts) => {
  const kind = nameNonImage(facts)
  return kind === undefined
    ? undefined
    : { reason: 'NOT_IMAGE', sentence: `It is ${kind} and holds no images to measure.` }
}

const objectToOtherModality: Rule = ({ modality }) =>
  modality === 'MR'
    ? undefined
    : {
        reason: 'NOT_MR',
        sentence:
          modality === undefined || modality === ''
            ? 'It does not say that it is MR.'
            : `Its modality is ${modality}; only MR is measured.`,
      }

const objectToLocalizerType: Rule = ({ imageType }) =>
  imageType.some((value) => value.toUpperCase() === 'LOCALIZER')
    ? { reason: 'LOCALIZER', sentence: 'It is a localizer.' }
    : undefined

const objectToLocalizerName: Rule = ({ seriesDescription }) =>
  localizerWords.test((seriesDescription ?? '').replaceAll('_', ' '))
    ? { reason: 'LOCALIZER', sentence: 'Its description says that it is a localizer.' }
    : undefined

const objectToDerived: Rule = ({ imageType, sopClassUid }) => {
  const captured =
    sopClassUid === secondaryCaptureClass || sopClassUid?.startsWith(`${secondaryCaptureClass}.`)
  const derived = imageType[0] === 'DERIVED' || imageType[1] === 'SECONDARY'
  if (!(captured || derived)) return undefined
  return {
    reason: 'DERIVED',
    sentence: captured
      ? 'It is a screen capture, not an acquired series.'
      : `It was computed from other images (ImageType ${imageType.slice(0, 3).join('\\')}).`,
  }
}

const objectToThickSlices: Rule = (facts, { maximumSliceSpacing }) => {
  const { sliceThickness: thickness, spacingBetweenSlices: spacing } = facts
  if (Math.max(thickness ?? 0, spacing ?? 0) <= maximumSliceSpacing) return undefined
  const sizes = [
    ...(thickness === undefined ? [] : [`${mm(thickness)} thick`]),
    ...(spacing === undefined ? [] : [`${mm(spacing)} apart`]),
  ]
  return {
    reason: 'THICK_SLICES',
    sentence: `Its slices are ${sizes.join(' and ')}; a hippocampus needs ${mm(maximumSliceSpacing)} or less.`,
  }
}

/** Images in the series: a multi-frame instance counts its frames. */
export function countImages(facts: SeriesFacts): number {
  return facts.instances.length * Math.max(1, facts.numberOfFrames ?? 1)
}

const objectToFewImages: Rule = (facts, { minimumInstances }) => {
  const images = countImages(facts)
  return images >= minimumInstances
    ? undefined
    : {
        reason: 'TOO_FEW_IMAGES',
        sentence: `It has ${images} ${images === 1 ? 'image' : 'images'}; at least ${minimumInstances} are needed.`,
      }
}

const objectToName: Rule = (facts, { seriesDescription }) => ({
  reason: 'NAME_NOT_AGREED',
  sentence: facts.seriesDescription?.trim()
    ? `Its description is "${facts.seriesDescription.trim()}", not the agreed "${seriesDescription}".`
    : `It has no description; only a series described as "${seriesDescription}" is measured.`,
})

/** True for the agreed SeriesDescription, whatever its case and surrounding blanks. */
export function hasAgreedName(facts: SeriesFacts, rules: SelectionRules): boolean {
  const plain = (description: string) => description.trim().toLowerCase()
  return plain(facts.seriesDescription ?? '') === plain(rules.seriesDescription)
}

/** What a series of any name must pass, in this order: the first objection is the one people read. */
const rulesForNamed: readonly Rule[] = [
  objectToOwnResult,
  objectToNonImage,
  objectToOtherModality,
  objectToLocalizerType,
  objectToThickSlices,
  objectToFewImages,
]

/**
 * A crop is by nature computed from a whole head (DERIVED), so that the agreed name outweighs that.
 * Other series hear why they would not do anyway before they hear that they lack the name.
 */
const rulesForOthers: readonly Rule[] = [
  objectToOwnResult,
  objectToNonImage,
  objectToOtherModality,
  objectToLocalizerType,
  objectToLocalizerName,
  objectToDerived,
  objectToThickSlices,
  objectToFewImages,
  objectToName,
]

/** The first thing that speaks against measuring a series; undefined if nothing does. Pure. */
export function judgeSeries(facts: SeriesFacts, rules: SelectionRules): Objection | undefined {
  const applicable = hasAgreedName(facts, rules) ? rulesForNamed : rulesForOthers
  for (const rule of applicable) {
    const objection = rule(facts, rules)
    if (objection !== undefined) return objection
  }
  return undefined
}
