/** Manufacturer (0008,0070) of everything this product writes. */
export const ownManufacturer = 'HippoVolume'

/** True for a series this product wrote itself: such a series is never measured nor seen as new. */
export function isOwnResult(manufacturer: string | undefined): boolean {
  return manufacturer?.trim() === ownManufacturer
}
