import type { Asymmetry } from '../measurement/asymmetry.ts'
import type { ChangeOverTime } from '../measurement/change-over-time.ts'
import type { LabelledRegion } from '../measurement/hippocampus-labels.ts'
import type { HippocampusVolumes } from '../measurement/hippocampus-volumes.ts'
import type { IntracranialVolume } from '../measurement/intracranial-volume.ts'
import type { NormativeComparison } from '../measurement/norms/compare-with-norms.ts'
import type { NormBands } from '../measurement/norms/trace-norm-bands.ts'
import type { QualityFinding } from '../measurement/quality-finding.ts'
import type { TemporalHorn } from '../measurement/temporal-horn.ts'
import type { LabelMap, Volume } from '../volume/grid.ts'
import type { ChangeView } from './change-view.ts'

/** Everything the page shows. Texts are undefined where the study does not say. */
export interface ReportInput {
  readonly study: {
    readonly accessionNumber: string | undefined
    /** DICOM DA, shown as YYYY-MM-DD. */
    readonly studyDate: string | undefined
    readonly studyDescription: string | undefined
    /** DICOM AS such as 061Y. */
    readonly patientAge: string | undefined
    readonly patientSex: string | undefined
    /** Only when a setting asks for them to be drawn. */
    readonly patientName: string | undefined
    readonly patientId: string | undefined
  }
  readonly series: {
    readonly number: number | undefined
    readonly description: string | undefined
    readonly instanceCount: number
    readonly scanner: string | undefined
    /** Why this series was chosen. */
    readonly sentence: string
  }
  /** The other series of the study with why each was not used. */
  readonly otherSeries: readonly {
    readonly number: number | undefined
    readonly description: string | undefined
    readonly sentence: string
  }[]
  readonly kind: 'crop' | 'head'
  readonly volume: Volume
  /** Same grid; `regions` says what its values mean. */
  readonly labelMap: LabelMap
  readonly regions: readonly LabelledRegion[]
  readonly volumes: readonly HippocampusVolumes[]
  /** Of a whole head. */
  readonly intracranialVolume?: IntracranialVolume | undefined
  /** Beside the hippocampi of a whole head. */
  readonly horns?: readonly TemporalHorn[] | undefined
  /** Sentences to paste, in the site's language. */
  readonly impression?: string | undefined
  /** Every quality gate's finding; the sentences of those that warn are among `warnings`, too. */
  readonly quality: readonly QualityFinding[]
  readonly warnings: readonly string[]
  /** Against people of the same age, sex and head size; absent where norms were not asked. */
  readonly norms?: NormativeComparison | undefined
  /** For the nomogram: the same norms over age. */
  readonly normBands?: readonly NormBands[] | undefined
  readonly asymmetry?: Asymmetry | undefined
  readonly model: {
    readonly name: string
    readonly version: string
    readonly sha256: string
    /** Mean Dice of what is measured, crops or whole heads, and in whose images; absent where unknown. */
    readonly accuracy?: { readonly diceWhole: number; readonly of: string } | undefined
  }
  readonly software: { readonly name: string; readonly version: string }
  /** Start of the analysis. */
  readonly analysedAt: Date
  /** IANA name of the zone it is shown in; UTC without one. */
  readonly timeZone?: string | undefined
  /** Result this page replaces, if any. */
  readonly predecessor:
    | { readonly analysedAt: Date; readonly sourceInstanceCount: number }
    | undefined
  /** What earlier studies tell; absent where they were not looked for. */
  readonly history?: ChangeOverTime | undefined
  /** Both scans in their half-way space, where the change was measured there. */
  readonly changeViews?: readonly ChangeView[] | undefined
}

/** A drawn page. */
export interface ReportImage {
  readonly width: number
  readonly height: number
  /** Three bytes a pixel, row by row. */
  readonly rgb: Uint8Array
  /** Made when it is asked for: the archive takes the pixels, and of the other pages nothing else. */
  readonly toPng: () => Promise<Uint8Array>
}
