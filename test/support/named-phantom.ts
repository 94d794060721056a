import { type PhantomOptions, writePhantomSeries } from './phantom-dicom.ts'

/** A patient's name as the bytes a scanner of that country writes, and as it is read. */
export interface NamedPatient {
  readonly language: string
  readonly characterSet: string | readonly string[]
  readonly bytes: Buffer
  readonly name: string
}

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex')

/** Examples of PS3.5 annexes H and I, and of the European sets. */
export const namedPatients: readonly NamedPatient[] = [
  {
    language: 'French, Latin-1',
    characterSet: 'ISO_IR 100',
    bytes: hex('42 75 63 5e 4a e9 72 f4 6d 65'),
    name: 'Buc^J\u00e9r\u00f4me',
  },
  {
    language: 'Greek',
    characterSet: 'ISO_IR 126',
    bytes: hex('c4 e9 ef ed f5 f3 e9 ef f2 5e d0'),
    name: '\u0394\u03b9\u03bf\u03bd\u03c5\u03c3\u03b9\u03bf\u03c2^\u03a0',
  },
  {
    language: 'Japanese',
    characterSet: ['', 'ISO 2022 IR 87'],
    bytes: hex(
      '59 61 6d 61 64 61 5e 54 61 72 6f 75 3d 1b 24 42 3b 33 45 44 1b 28 42 5e 1b 24 42 42 40 4f 3a ' +
        '1b 28 42 3d 1b 24 42 24 64 24 5e 24 40 1b 28 42 5e 1b 24 42 24 3f 24 6d 24 26 1b 28 42',
    ),
    name: 'Yamada^Tarou=\u5c71\u7530^\u592a\u90ce=\u3084\u307e\u3060^\u305f\u308d\u3046',
  },
  {
    language: 'Korean',
    characterSet: ['', 'ISO 2022 IR 149'],
    bytes: hex(
      '48 6f 6e 67 5e 47 69 6c 64 6f 6e 67 3d 1b 24 29 43 fb f3 5e 1b 24 29 43 d1 ce d4 d7 3d 1b 24 ' +
        '29 43 c8 ab 5e 1b 24 29 43 b1 e6 b5 bf',
    ),
    name: 'Hong^Gildong=\u6d2a^\u5409\u6d1e=\ud64d^\uae38\ub3d9',
  },
]

/** A phantom series of a patient whose name is written in these bytes and this character set. */
export function writeNamedPhantom(
  { characterSet, bytes }: NamedPatient,
  options: PhantomOptions = {},
): Uint8Array[] {
  // Written as a placeholder of the same length and replaced: the phantom's writer knows UTF-8 only.
  const placeholder = 'N'.repeat(bytes.length)
  const attributes = { SpecificCharacterSet: characterSet }
  return writePhantomSeries({ ...options, patientName: placeholder, attributes }).map((file) => {
    const start = Buffer.from(file.buffer, file.byteOffset, file.length).indexOf(placeholder)
    file.set(bytes, start)
    return file
  })
}
