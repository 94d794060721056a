/** Manufacturer (0008,0070) of everything this product writes. */
export const ownManufacturer = 'HippoVolume'

/** True for a series written by this product: it is never measured and never counts as new. */
export function isOwnResult(manufacturer: string | undefined): boolean {
  return manufacturer?.trim() === ownManufacturer
}
