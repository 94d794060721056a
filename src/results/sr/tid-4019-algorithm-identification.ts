import { codes } from '../../dicom/codes.ts'
import { ownManufacturer } from '../../selection/own-result.ts'
import type { ResultMakers } from '../common-modules.ts'
import { type ContentItem, codeContentItem, textItem } from './content-item.ts'

/** TID 4019 Algorithm Identification of one measurement: the model that segmented its voxels. */
export function algorithmIdentification({
  model,
}: Pick<ResultMakers, 'model'>): readonly ContentItem[] {
  const relationship = 'HAS CONCEPT MOD'
  return [
    // TID 4019 Row 1
    textItem(relationship, codes.algorithmName, model.name),
    // TID 4019 Row 2
    textItem(relationship, codes.algorithmVersion, model.version),
    // TID 4019 Row 3
    textItem(relationship, codes.algorithmParameters, `sha256 ${model.sha256}`),
    // TID 4019 Row 4
    textItem(relationship, codes.algorithmManufacturer, ownManufacturer),
    // TID 4019 Row 5
    codeContentItem(relationship, codes.algorithmFamily, codes.artificialIntelligence),
  ]
}
