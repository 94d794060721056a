/** Walks the marker segments of a code stream's header until `visit` returns something. */
function visitSegments<Answer>(
  view: DataView,
  visit: (marker: number, position: number) => Answer | undefined,
): Answer | undefined {
  let position = 2
  while (position + 4 <= view.byteLength && view.getUint8(position) === 0xff) {
    const answer = visit(view.getUint8(position + 1), position)
    if (answer !== undefined) return answer
    position += 2 + Math.max(2, view.getUint16(position + 2))
  }
  return undefined
}

/** COD (T.800 A.6.1) names the wavelet: 0 is the 9-7 irreversible one, which always loses. */
function isIrreversibleWavelet(view: DataView): boolean {
  const wavelet = visitSegments(view, (marker, position) =>
    marker === 0x52 && position + 13 < view.byteLength ? view.getUint8(position + 13) : undefined,
  )
  return wavelet === 0
}

/** SOS of JPEG-LS (T.87 C.2.3) holds NEAR, the error that is allowed. */
function isNearLossless(view: DataView): boolean {
  const near = visitSegments(view, (marker, position) => {
    if (marker !== 0xda) return undefined
    const at = position + 5 + 2 * view.getUint8(position + 4)
    return at < view.byteLength ? view.getUint8(at) : 0
  })
  return near !== undefined && near > 0
}

const jpegLsSyntaxes = new Set(['1.2.840.10008.1.2.4.80', '1.2.840.10008.1.2.4.81'])

/**
 * Whether a frame's code stream states lossy compression, regardless of LossyImageCompression: JPEG
 * 2000 and HTJ2K with the irreversible wavelet, JPEG-LS with an allowed error. Truncated streams do
 * not show it.
 */
export function isLossyCodestream(transferSyntaxUid: string, bytes: Uint8Array): boolean {
  if (bytes.length < 4) return false
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  if (view.getUint16(0) === 0xff4f) return isIrreversibleWavelet(view)
  return jpegLsSyntaxes.has(transferSyntaxUid) && isNearLossless(view)
}
