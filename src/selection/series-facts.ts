import type { AttributeSource } from './attribute-source.ts'
import { seriesAttributes } from './series-attributes.ts'

/**
 * Facts from one image about its series, by `seriesAttributes`; absent attributes are undefined.
 */
type FactsOfImage = {
  readonly [Name in keyof typeof seriesAttributes]: ReturnType<(typeof seriesAttributes)[Name]>
}

/** Facts about a series before its pixels are fetched. */
export interface SeriesFacts extends FactsOfImage {
  readonly seriesInstanceUid: string
  /** Identifier of the series in Orthanc; undefined for files read from disk. */
  readonly orthancSeriesId: string | undefined
  /** Instances in the series, all of them. */
  readonly instances: readonly SourceInstanceReference[]
}

/** A point of the patient, LPS millimetres. */
export type ImagePosition = readonly [number, number, number]

/** An instance as the archive lists it, without its content. */
export interface SourceInstanceReference {
  readonly sopInstanceUid: string
  /** Identifier of the instance in Orthanc; undefined for files read from disk. */
  readonly orthancInstanceId: string | undefined
  /** Changes whenever the stored file is replaced, even under the same SOP Instance UID. */
  readonly revision: string
  readonly instanceNumber?: number | undefined
  /**
   * Positions of its frames, LPS millimetres, as far as listed. Of several multi-frame instances
   * only the first has them.
   */
  readonly imagePositions?: readonly ImagePosition[] | undefined
}

/** The facts of a series from one of its images. */
export function readSeriesFacts(
  source: AttributeSource,
  series: Omit<SeriesFacts, keyof FactsOfImage>,
): SeriesFacts {
  const facts = Object.entries(seriesAttributes).map(([name, read]) => [name, read(source)])
  return { ...series, ...(Object.fromEntries(facts) as FactsOfImage) }
}

/** Positions of an image's frames, LPS millimetres; undefined unless every one is stated. */
export function readImagePositions(source: AttributeSource): readonly ImagePosition[] | undefined {
  const frames = source.items('PerFrameFunctionalGroupsSequence')
  const places =
    frames.length === 0 ? [source] : frames.map((frame) => frame.items('PlanePositionSequence')[0])
  const positions = places.flatMap((place) => {
    const [x, y, z, ...others] = place?.numbers('ImagePositionPatient') ?? []
    return x === undefined || y === undefined || z === undefined || others.length > 0
      ? []
      : [[x, y, z] as const]
  })
  return positions.length === places.length ? positions : undefined
}
