import { codes } from '../../dicom/codes.ts'
import { type ContentItem, codeContentItem } from './content-item.ts'

/** TID 1204 Language of Content Item and Descendants: all texts of this product are American English. */
export function languageOfContent(): ContentItem {
  // TID 1204 Row 1
  return codeContentItem('HAS CONCEPT MOD', codes.language, codes.englishUnitedStates)
}
