import type { SeriesFacts } from './series-facts.ts'

const secondaryCapture = /^1\.2\.840\.10008\.5\.1\.4\.1\.1\.7(\.|$)/

/**
 * Whether these facts describe a screen capture: a Secondary Capture, or an image that says so and
 * has no position. It does not represent its series if there are other images.
 */
export function isScreenPicture(
  { sopClassUid, imageType }: Pick<SeriesFacts, 'sopClassUid' | 'imageType'>,
  hasPosition: boolean,
): boolean {
  if (secondaryCapture.test(sopClassUid ?? '')) return true
  return !hasPosition && imageType.some((type) => /^SCREEN/i.test(type))
}
