import { codes } from '../../dicom/codes.ts'
import { ownManufacturer } from '../../selection/own-result.ts'
import type { ResultMakers } from '../common-modules.ts'
import { makeDeviceUid } from '../result-uids.ts'
import { type ContentItem, codeContentItem, textItem, uidReferenceItem } from './content-item.ts'

/** TID 1004 Device Observer Identifying Attributes: the device is the model, as in General Equipment. */
function deviceObserver({ software, model }: ResultMakers): readonly ContentItem[] {
  const relationship = 'HAS OBS CONTEXT'
  return [
    // TID 1004 Row 1
    uidReferenceItem(relationship, codes.deviceObserverUid, makeDeviceUid(model.sha256)),
    // TID 1004 Row 2
    textItem(relationship, codes.deviceObserverName, software.name),
    // TID 1004 Row 3
    textItem(relationship, codes.deviceObserverManufacturer, ownManufacturer),
    // TID 1004 Row 4
    textItem(relationship, codes.deviceObserverModelName, software.name),
    // TID 1004 Row 5
    textItem(relationship, codes.deviceObserverSerialNumber, model.sha256.slice(0, 16)),
  ]
}

/** TID 1001 Observation Context: the observer is a device. */
export function observationContext(makers: ResultMakers): readonly ContentItem[] {
  return [
    // TID 1002 Row 1
    codeContentItem('HAS OBS CONTEXT', codes.observerType, codes.device),
    // TID 1002 Row 3
    ...deviceObserver(makers),
  ]
}
