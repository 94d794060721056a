import type { Elements } from '../../test/dicom/build-dicom.ts'

/** A good whole head as files of attributes; every slice of a classic one, or one enhanced image. */
export interface MadeHead {
  readonly name: string
  readonly files: readonly Elements[]
}

const size = 76
const slices = 61
const step = 2
const slicePixels = (slice: number) =>
  Uint8Array.from({ length: size * size }, (_, pixel) => (pixel * 7 + slice * 13) % 251)
const position = (slice: number) => `${60 - step * slice}\\-75\\75`

const people: Elements = {
  '0010,0010 PN': 'Head^Made',
  '0010,0020 LO': 'HEAD',
  '0010,0030 DA': '19600101',
  '0010,0040 CS': 'F',
  '0010,1010 AS': '061Y',
}
const pixels = (content: Uint8Array): Elements => ({
  '0028,0002 US': [1],
  '0028,0004 CS': 'MONOCHROME2',
  '0028,0010 US': [size],
  '0028,0011 US': [size],
  '0028,0100 US': [8],
  '0028,0101 US': [8],
  '0028,0102 US': [7],
  '0028,0103 US': [0],
  '7fe0,0010 OB': content,
})

/** In the order of tags, as a file must be. */
function sort(elements: Elements): Elements {
  return Object.fromEntries(Object.entries(elements).sort(([a], [b]) => (a < b ? -1 : 1)))
}

function makeClassic(name: string, own: Elements, others: Elements = people): MadeHead {
  const files = Array.from({ length: slices }, (_, slice) =>
    sort({
      '0008,0005 CS': 'ISO_IR 100',
      '0008,0016 UI': '1.2.840.10008.5.1.4.1.1.4',
      '0008,0018 UI': `1.2.3.4.${slice + 1}`,
      '0008,0060 CS': 'MR',
      '0020,000d UI': '1.2.3',
      '0020,000e UI': '1.2.3.4',
      '0020,0011 IS': '4',
      '0020,0013 IS': String(slice + 1),
      '0020,0032 DS': position(slice),
      '0020,0037 DS': '0\\1\\0\\0\\0\\-1',
      '0028,0030 DS': '2\\2',
      ...others,
      ...own,
      ...pixels(slicePixels(slice)),
    }),
  )
  return { name, files }
}

const common: Elements = {
  '0008,0020 DA': '20260112',
  '0008,1030 LO': 'Brain',
  '0018,0015 CS': 'BRAIN',
  '0018,0023 CS': '3D',
  '0018,0050 DS': '2',
  '0018,0087 DS': '3',
  '0018,0091 IS': '1',
}

const siemens = makeClassic('Siemens', {
  ...common,
  '0008,0008 CS': 'ORIGINAL\\PRIMARY\\M\\ND\\NORM',
  '0008,0070 LO': 'SIEMENS',
  '0008,103e LO': 't1_mprage_sag',
  '0018,0020 CS': 'GR\\IR',
  '0018,0021 CS': 'SK\\SP\\MP',
  '0018,0022 CS': 'IR',
  '0018,0024 SH': '*tfl3d1_16ns',
  '0018,0080 DS': '2300',
  '0018,0081 DS': '2.98',
  '0018,0082 DS': '900',
  '0018,1030 LO': 't1_mprage_sag',
  '0018,1314 DS': '9',
})

const ge = makeClassic('GE', {
  ...common,
  '0008,0008 CS': 'ORIGINAL\\PRIMARY\\OTHER',
  '0008,0070 LO': 'GE MEDICAL SYSTEMS',
  '0008,103e LO': 'Sag T1 BRAVO',
  '0018,0020 CS': 'GR',
  '0018,0021 CS': 'SS\\SP\\SK',
  '0018,0022 CS': 'FAST_GEMS\\EDR_GEMS',
  '0018,0080 DS': '8.2',
  '0018,0081 DS': '3.2',
  '0018,0082 DS': '450',
  '0018,0088 DS': '2',
  '0018,1030 LO': 'Brain',
  '0018,1314 DS': '12',
})

const philips = makeClassic('Philips', {
  ...common,
  '0008,0008 CS': 'ORIGINAL\\PRIMARY\\M_FFE\\M\\FFE',
  '0008,0070 LO': 'Philips',
  '0008,103e LO': 'sT1W_3D_TFE',
  '0018,0020 CS': 'GR',
  '0018,0021 CS': 'MP',
  '0018,0022 CS': 'FS',
  '0018,0080 DS': '6.5',
  '0018,0081 DS': '2.9',
  '0018,0088 DS': '2',
  '0018,1030 LO': 'T1W_3D_TFE',
  '0018,1314 DS': '8',
  '0020,0105 IS': '1',
})

/** The output of a strict de-identifier: no identities, only sequence parameters. */
const deidentified = makeClassic(
  'de-identified',
  {
    '0008,0008 CS': 'ORIGINAL\\PRIMARY',
    '0018,0020 CS': 'GR\\IR',
    '0018,0021 CS': 'SK\\SP\\MP',
    '0018,0023 CS': '3D',
    '0018,0050 DS': '2',
    '0018,0080 DS': '2300',
    '0018,0081 DS': '2.98',
    '0018,0082 DS': '900',
    '0018,1314 DS': '9',
  },
  {},
)

const double = (...values: readonly number[]) => values

const enhanced: MadeHead = {
  name: 'enhanced',
  files: [
    sort({
      '0008,0005 CS': 'ISO_IR 100',
      '0008,0008 CS': 'ORIGINAL\\PRIMARY\\T1\\NONE',
      '0008,0016 UI': '1.2.840.10008.5.1.4.1.1.4.1',
      '0008,0018 UI': '1.2.3.4.1',
      '0008,0020 DA': '20260112',
      '0008,0060 CS': 'MR',
      '0008,0070 LO': 'Philips',
      '0008,103e LO': 'T1W_3D',
      '0008,9205 CS': 'MONOCHROME',
      '0008,9206 CS': 'VOLUME',
      '0008,9207 CS': 'NONE',
      '0008,9208 CS': 'MAGNITUDE',
      '0008,9209 CS': 'T1',
      '0018,0015 CS': 'BRAIN',
      '0018,0023 CS': '3D',
      '0018,0087 DS': '3',
      '0018,1030 LO': 'T1W_3D',
      '0018,9005 SH': 'T1TFE',
      '0018,9008 CS': 'GRADIENT',
      '0018,9018 CS': 'NO',
      '0020,000d UI': '1.2.3',
      '0020,000e UI': '1.2.3.4',
      '0020,0011 IS': '4',
      '0020,0013 IS': '1',
      '0028,0008 IS': String(slices),
      '5200,9229 SQ': [
        {
          '0018,9112 SQ': [{ '0018,0080 DS': '8', '0018,0091 IS': '1', '0018,1314 DS': '8' }],
          '0018,9114 SQ': [{ '0018,9082 FD': double(4.6) }],
          '0018,9115 SQ': [{ '0018,9009 CS': 'YES' }],
          '0020,9116 SQ': [{ '0020,0037 DS': '0\\1\\0\\0\\0\\-1' }],
          '0028,9110 SQ': [{ '0018,0050 DS': '2', '0018,0088 DS': '2', '0028,0030 DS': '2\\2' }],
        },
      ],
      '5200,9230 SQ': Array.from({ length: slices }, (_, slice) => ({
        '0020,9113 SQ': [{ '0020,0032 DS': position(slice) }],
      })),
      ...people,
      ...pixels(Buffer.concat(Array.from({ length: slices }, (_, slice) => slicePixels(slice)))),
    }),
  ],
}

/** A good head of each vendor and kind; every one is accepted unchanged. */
export const madeHeads: readonly MadeHead[] = [ge, philips, siemens, enhanced, deidentified]
