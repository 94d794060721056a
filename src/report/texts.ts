import type { Side } from '../measurement/hippocampus-volumes.ts'
import type { Standing } from '../measurement/norms/rate-standing.ts'
import type { QualityVerdict } from '../measurement/quality-finding.ts'

/** All fixed texts of the page; translate them here. */
export const texts = {
  title: 'Hippocampal volume',
  detailsTitle: 'Hippocampal volume: details and sources',
  montageTitle: 'Hippocampal volume: outlines, slice by slice',
  impression: 'Impression (draft by software, to be checked by the reader)',
  signature: { checkedBy: 'Outlines checked by', reader: 'Reader, date, signature' },
  banner: 'RESEARCH USE ONLY \u2013 not for diagnosis',
  facts: {
    accessionNumber: 'Accession number',
    studyDate: 'Study date',
    age: 'Age',
    sex: 'Sex',
    study: 'Study',
    patientName: 'Patient name',
    patientId: 'Patient ID',
  },
  questions: {
    normal: '1  Is it normal for age?',
    symmetric: '2  Is it symmetric?',
    changed: '3  Has it changed?',
    trust: '4  Can I trust it?',
  },
  sides: {
    left: 'Left',
    right: 'Right',
    unknown: 'Side not stated in the data',
  } satisfies Record<Side, string>,
  parts: { anterior: 'Anterior (head)', posterior: 'Posterior (body/tail)' },
  table: {
    total: 'Whole',
    volume: 'Volume',
    expected: 'Expected',
    range: '95 of 100 healthy',
    percentile: 'Percentile',
    zScore: 'z-score',
    anteriorPercentile: 'Anterior, percentile',
    posteriorPercentile: 'Posterior, percentile',
    interval: 'with 95 % interval',
    intracranial: 'Intracranial volume',
    occupancy: 'Occupancy (with horn)',
    horns: { slit: 'horn too narrow', cut: 'horn not complete' },
    unit: 'mm\u00b3',
    error:
      '\u00b1: one standard error; for the hippocampi, compared with manual tracing. 68 of 100 volumes are within it, 95 within twice as much.',
  },
  verdicts: { measured: 'Passed', warning: 'Warning', rejected: 'Rejected' } satisfies Record<
    QualityVerdict,
    string
  >,
  normal: {
    noVolume: 'No volume was measured.',
    withheld: 'The numbers are withheld because the measurement was rejected; see question 4.',
    noPercentile: 'No percentile.',
    standings: {
      within: () => 'within the range of healthy people',
      'probably-within': (percentile: number) =>
        `probably within the range of healthy people, but the uncertainty reaches below percentile ${percentile}`,
      'probably-below': (percentile: number) =>
        `probably smaller than in ${100 - percentile} of 100 healthy people, but the uncertainty reaches into their range`,
      below: (percentile: number) => `smaller than in ${100 - percentile} of 100 healthy people`,
      above: (percentile: number) => `larger than in ${100 - percentile} of 100 healthy people`,
    } satisfies Record<Standing, (percentile: number) => string>,
    sides: (right: string, left: string) =>
      right === left ? `Both sides are ${right}.` : `Right: ${right}. Left: ${left}.`,
    oneSide: (side: Side, what: string) => `${texts.sides[side]}: ${what}.`,
    axisAge: 'years',
    bandNote: (who: string, head: string | undefined) =>
      `Shades: 2.5th, 10th, 25th, 50th (line), 75th, 90th, 97.5th percentile of healthy ${who}${head === undefined ? '' : ` with a head of ${head}`}. Dot: this study; bar: its 95 % interval.`,
    women: 'women',
    men: 'men',
  },
  symmetric: {
    oneSide: 'Only one side was measured.',
    withheld: 'Withheld.',
    equal: 'Both sides are the same size.',
    smaller: (side: 'left' | 'right', percent: string) => `The ${side} side is ${percent} smaller.`,
    index: 'Asymmetry index (L \u2212 R) / mean',
    usual: 'no more than in 9 of 10 people',
    unusual: (method: string) => `more than in 9 of 10 people (${method})`,
    limits: (limits: string, expected: string | undefined) =>
      `9 of 10 people are within ${limits}.${expected === undefined ? '' : ` The norms expect ${expected}: the right side is usually larger.`}`,
    parts: (anterior: string, posterior: string) =>
      `Anterior part ${anterior}, posterior part ${posterior}.`,
    leftSmaller: 'left smaller',
    rightSmaller: 'right smaller',
  },
  changed: {
    none: 'No search for earlier studies of this patient was made.',
    perYear: 'a year',
    notComparable: 'not comparable',
    hollow: 'Hollow: not comparable.',
    both: 'Both',
    interval: '95 % interval',
    longitudinal: {
      before: 'then',
      now: 'now',
      measured: 'Image against image:',
      alone: 'From the volumes of each study alone:',
      refused: 'Not measured image against image:',
      caption: (date: string) =>
        `Both scans in their half-way space. Orange: outline of ${date}; blue: outline now.`,
    },
    studies: (count: number, years: string) => `${count} studies over ${years} years`,
    expected: (group: string, rate: string, source: string) =>
      `Dotted: mean of ${group}, ${rate} a year (${source}); individuals vary.`,
  },
  trust: {
    measured: (checks: number) =>
      `${checks === 0 ? 'No warning.' : checks === 1 ? 'The only check passed.' : `All ${checks} checks passed.`} No one has checked the outlines yet: compare them with the images below.`,
    warning: (count: number) =>
      `Measured with ${count === 1 ? 'a warning' : `${count} warnings`}: read ${count === 1 ? 'it' : 'them'} and check the outlines before using any number.`,
    rejected: 'No. The measurement was rejected, and its numbers are not shown.',
    more: (count: number) => `and ${count} more in the job's results`,
  },
  images: {
    oriented:
      'R, L, A, P, H, F: sides of the patient. Right is on the left of axial and coronal images.',
    without: 'the same without outlines',
    coronal: 'Coronal, front to back',
    sagittal: 'Sagittal, right to left of the patient',
    plain: 'without outlines',
    sagittalPlane: 'Sagittal',
    levels: ['Heads', 'Bodies'],
    oblique: (degrees: number) => `oblique coronal, tilted by ${degrees}\u00b0`,
    positions: 'positions in mm (LPS)',
    outlines: 'Outlines',
  },
  sources: {
    heading: 'Sources and versions',
    series: 'Measured series',
    otherSeries: 'Other series of the study',
    noOtherSeries: 'None.',
    norms: 'Norms',
    asymmetry: 'Asymmetry',
    model: 'Model',
    software: 'Software',
    analysed: 'Analysed',
    replaces: 'Replaces',
    replaced: (when: string, images: string) => `the result of ${when}, made from ${images}`,
    dice: (dice: string, of: string) => `Dice ${dice} on ${of}`,
    images: (count: number) => `${count} ${count === 1 ? 'image' : 'images'}`,
    noDescription: '(no description)',
    more: (count: number) => `and ${count} more in the job's results`,
  },
  limits: [
    'Automatic volumes support a reader who views the images. They are not a diagnosis and not sufficient for one.',
    'Methods differ: compare only volumes measured by the same model version.',
  ],
  montageLimits: [
    'Follow the outline from slice to slice: does it contain the whole hippocampus and nothing else? If not, the numbers are wrong.',
    'The patient\u2019s right is on the left of coronal images. Positions are LPS, mm.',
  ],
  pageOf: (page: number, count: number) => `Page ${page} of ${count}`,
} as const
