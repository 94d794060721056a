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

/** Everything the page shows. Texts are undefined if the study does not state them. */
export interface ReportInput {
  readonly study: {
    readonly accessionNumber: string | undefined
    /** DICOM DA, shown as YYYY-MM-DD. */
    readonly studyDate: string | undefined
    readonly studyDescription: string | undefined
    /** DICOM AS such as 061Y. */
    readonly patientAge: string | undefined
    readonly patientSex: string | undefined
    /** Only if a setting requests them. */
    readonly patientName: string | undefined
    readonly patientId: string | undefined
  }
  readonly series: {
    readonly number: number | undefined
    readonly description: string | undefined
    readonly instanceCount: number
    readonly scanner: string | undefined
    /** Why this series was selected. */
    readonly sentence: string
  }
  /** The other series of the study, each with the reason why it was not used. */
  readonly otherSeries: readonly {
    readonly number: number | undefined
    readonly description: string | undefined
    readonly sentence: string
  }[]
  readonly kind: 'crop' | 'head'
  readonly volume: Volume
  /** Same grid; `regions` gives the meaning of its values. */
  readonly labelMap: LabelMap
  readonly regions: readonly LabelledRegion[]
  readonly volumes: readonly HippocampusVolumes[]
  /** Of a whole head. */
  readonly intracranialVolume?: IntracranialVolume | undefined
  /** Temporal horns of a whole head. */
  readonly horns?: readonly TemporalHorn[] | undefined
  /** Sentences to paste, in the site's language. */
  readonly impression?: string | undefined
  /** Every quality gate's finding; sentences of warnings are also in `warnings`. */
  readonly quality: readonly QualityFinding[]
  readonly warnings: readonly string[]
  /** Compared with people of the same age, sex and head size; absent if norms were not used. */
  readonly norms?: NormativeComparison | undefined
  /** For the nomogram: the same norms over age. */
  readonly normBands?: readonly NormBands[] | undefined
  readonly asymmetry?: Asymmetry | undefined
  readonly model: {
    readonly name: string
    readonly version: string
    readonly sha256: string
    /** Mean Dice for crops or whole heads, and the source of the images; absent if unknown. */
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
  /** Comparison with earlier studies; absent if there was no search. */
  readonly history?: ChangeOverTime | undefined
  /** Both scans in their half-way space, if the change was measured there. */
  readonly changeViews?: readonly ChangeView[] | undefined
}

/** A drawn page. */
export interface ReportImage {
  readonly width: number
  readonly height: number
  /** Three bytes per pixel, row by row. */
  readonly rgb: Uint8Array
  /** Encoded on demand: the archive gets only the pixels. */
  readonly toPng: () => Promise<Uint8Array>
}
