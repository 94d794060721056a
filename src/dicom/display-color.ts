import dcmjs from 'dcmjs'

/**
 * An sRGB colour such as '#e69f00' as DICOM writes display colours: CIELab relative to D50, the ICC's
 * profile connection space, each of L*, a*, b* over 16 bits (PS3.3 C.10.7.1.1).
 */
export function toDicomLab(hexColor: string): readonly number[] {
  const rgb = [1, 3, 5].map((at) => Number.parseInt(hexColor.slice(at, at + 2), 16) / 255)
  return dcmjs.data.Colors.rgb2DICOMLAB(rgb).map(Math.round)
}
