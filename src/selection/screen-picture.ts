import type { SeriesFacts } from './series-facts.ts'

const secondaryCapture = /^1\.2\.840\.10008\.5\.1\.4\.1\.1\.7(\.|$)/

/**
 * Whether these facts are those of a picture of a screen: a Secondary Capture, or an image that says it is
 * one and lies nowhere. Where there are others in the series it does not speak for it.
 */
export function isScreenPicture(
  { sopClassUid, imageType }: Pick<SeriesFacts, 'sopClassUid' | 'imageType'>,
  hasPosition: boolean,
): boolean {
  if (secondaryCapture.test(sopClassUid ?? '')) return true
  return !hasPosition && imageType.some((type) => /^SCREEN/i.test(type))
}
