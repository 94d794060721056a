declare module 'dcmjs' {
  interface DictionaryEntry {
    readonly tag: string
    readonly vr: string
    readonly vm: string
    readonly name: string
  }
  interface WrittenElement {
    readonly vr: string
    readonly Value: readonly unknown[]
  }
  interface DicomDict {
    dict: Record<string, WrittenElement>
    write(options: { allowInvalidVRLength: boolean }): ArrayBuffer
  }
  interface WriteBufferStream {
    getBuffer(start?: number, end?: number): ArrayBuffer
    /** Bytes written so far. */
    readonly size: number
  }
  const dcmjs: {
    readonly data: {
      readonly DicomMetaDictionary: {
        readonly nameMap: Readonly<Record<string, DictionaryEntry | undefined>>
        readonly dictionary: Readonly<Record<string, DictionaryEntry | undefined>>
      }
      readonly Colors: { rgb2DICOMLAB(rgb: readonly number[]): number[] }
      readonly WriteBufferStream: new (
        pieceSize: number,
        isLittleEndian: boolean,
      ) => WriteBufferStream
      readonly DicomMessage: {
        write(
          elements: Readonly<Record<string, WrittenElement>>,
          stream: WriteBufferStream,
          transferSyntaxUid: string,
          options: { allowInvalidVRLength: boolean },
        ): number
      }
      readonly DicomDict: new (meta: Record<string, WrittenElement>) => DicomDict
    }
  }
  export default dcmjs
}
