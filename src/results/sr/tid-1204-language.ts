import { type Code, codes } from '../../dicom/codes.ts'
import { type ContentItem, codeContentItem } from './content-item.ts'

/**
 * TID 1204 Language of Content Item and Descendants: American English, except an impression in the
 * site's language.
 */
export function languageOfContent(
  language: Pick<Code, 'value' | 'meaning'> = codes.englishUnitedStates,
): ContentItem {
  // TID 1204 Row 1
  return codeContentItem('HAS CONCEPT MOD', codes.language, {
    ...codes.englishUnitedStates,
    ...language,
  })
}
