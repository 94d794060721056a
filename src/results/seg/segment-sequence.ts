import { codeItem, codes } from '../../dicom/codes.ts'
import type { DicomAttributes } from '../../dicom/dicom-instance.ts'
import { toDicomLab } from '../../dicom/display-color.ts'
import { anteriorStyle, hornStyle, posteriorStyle } from '../../report/palette.ts'
import { ownManufacturer } from '../../selection/own-result.ts'
import type { ResultMakers } from '../common-modules.ts'
import type { ResultIdentity } from '../result-identity.ts'
import { makeTrackingUid } from '../result-uids.ts'
import {
  lateralityOf,
  modelOf,
  modifierOf,
  nameRegion,
  type SegmentedRegion,
  structureOf,
} from '../segmented-region.ts'

/** Meaning and colour of each part; the colours of the hippocampus are those of the page. */
const parts = {
  anterior: { description: 'Head of the hippocampus', color: anteriorStyle.color },
  posterior: { description: 'Body and tail of the hippocampus', color: posteriorStyle.color },
  'temporal-horn': { description: 'Fluid of the temporal horn', color: hornStyle.color },
} as const

/** Algorithm Identification Macro (PS3.3 10.16). */
export function algorithmIdentification({ model }: Pick<ResultMakers, 'model'>): DicomAttributes {
  return {
    AlgorithmFamilyCodeSequence: [codeItem(codes.artificialIntelligence)],
    AlgorithmName: model.name,
    AlgorithmVersion: model.version,
    AlgorithmParameters: `sha256 ${model.sha256}`,
    AlgorithmSource: ownManufacturer,
  }
}

/** Segment Sequence (C.8.20.2, Segment Description Macro C.8.20.4), numbered in the given order. */
export function segmentSequence(
  regions: readonly SegmentedRegion[],
  identity: ResultIdentity,
  makers: ResultMakers,
): readonly DicomAttributes[] {
  return regions.map((region, index) => {
    const name = nameRegion(region)
    const { description, color } = parts[region.part]
    const modifiers = [lateralityOf(region.side), modifierOf(region.part)]
    return {
      SegmentNumber: index + 1,
      SegmentLabel: name,
      SegmentDescription: description,
      SegmentAlgorithmType: 'AUTOMATIC',
      SegmentAlgorithmName: `${makers.software.name} ${makers.software.version}`,
      SegmentationAlgorithmIdentificationSequence: [
        algorithmIdentification({ model: modelOf(region, makers) }),
      ],
      SegmentedPropertyCategoryCodeSequence: [codeItem(codes.anatomicalStructure)],
      SegmentedPropertyTypeCodeSequence: [
        {
          ...codeItem(structureOf(region)),
          SegmentedPropertyTypeModifierCodeSequence: modifiers
            .filter((code) => code !== undefined)
            .map(codeItem),
        },
      ],
      RecommendedDisplayCIELabValue: toDicomLab(color),
      TrackingID: name,
      TrackingUID: makeTrackingUid(identity, name),
    }
  })
}
