import type { RandomChoices } from './random-choices.ts'

type MutateFile = (file: Uint8Array, random: RandomChoices) => Uint8Array

/** A random offset: half of the time in the first two kilobytes, which contain the attributes. */
function choosePosition(file: Uint8Array, random: RandomChoices): number {
  const end = random.next() < 0.5 ? Math.min(file.length, 2048) : file.length
  return random.below(Math.max(1, end))
}

function overwrite(file: Uint8Array, at: number, bytes: Uint8Array): Uint8Array {
  const changed = Uint8Array.from(file)
  changed.set(bytes.subarray(0, Math.max(0, file.length - at)), Math.min(at, file.length))
  return changed
}

const join = (...parts: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(parts))

/** Damage without knowledge of DICOM. */
export const byteMutations: Readonly<Record<string, MutateFile>> = {
  'flip bits': (file, random) => {
    const changed = Uint8Array.from(file)
    for (let count = 1 + random.below(8); count > 0; count -= 1) {
      const at = choosePosition(file, random)
      changed[at] = (changed[at] ?? 0) ^ (1 << random.below(8))
    }
    return changed
  },
  'random bytes': (file, random) =>
    overwrite(file, choosePosition(file, random), random.bytes(1 + random.below(32))),
  'block of one byte': (file, random) =>
    overwrite(
      file,
      choosePosition(file, random),
      new Uint8Array(1 + random.below(600)).fill(random.pick([0, 0xff, 0x20, 0x5c, 0xfe])),
    ),
  truncate: (file, random) => file.slice(0, random.below(file.length)),
  'cut out bytes': (file, random) => {
    const at = choosePosition(file, random)
    return join(file.subarray(0, at), file.subarray(at + 1 + random.below(40)))
  },
  'insert bytes': (file, random) => {
    const at = choosePosition(file, random)
    return join(file.subarray(0, at), random.bytes(1 + random.below(40)), file.subarray(at))
  },
  'append bytes': (file, random) => join(file, random.bytes(1 + random.below(200))),
}
