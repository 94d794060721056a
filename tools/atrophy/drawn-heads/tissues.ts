/** Mean and spread between places of a tissue in a T1, white matter around 105. */
export interface Tissue {
  readonly mean: number
  readonly spread: number
}

const tissue = (mean: number, spread: number): Tissue => ({ mean, spread })

const white = tissue(105, 4)
const cortex = tissue(67, 6)
const ventricle = tissue(19, 3)
const plexus = tissue(42, 9)
const bone = tissue(14, 5)

/** By the numbers of FreeSurfer; over 500, those of SimNIBS's head model for what lies outside the brain. */
const tissues: Readonly<Record<number, Tissue>> = {
  2: white, // left white matter
  41: white, // right white matter
  3: cortex,
  42: cortex,
  4: ventricle, // lateral
  43: ventricle,
  5: ventricle, // inferior lateral: the temporal horn
  44: ventricle,
  14: ventricle, // third
  15: ventricle, // fourth
  72: ventricle, // fifth
  24: tissue(23, 5), // fluid around the brain
  7: tissue(102, 5), // cerebellar white matter
  46: tissue(102, 5),
  8: tissue(68, 7), // cerebellar cortex
  47: tissue(68, 7),
  10: tissue(95, 5), // thalamus
  49: tissue(95, 5),
  11: tissue(80, 4), // caudate
  50: tissue(80, 4),
  12: tissue(86, 4), // putamen
  51: tissue(86, 4),
  13: tissue(99, 4), // pallidum
  52: tissue(99, 4),
  16: tissue(99, 5), // brain stem
  17: tissue(71, 5), // hippocampus
  53: tissue(71, 5),
  18: tissue(73, 4), // amygdala
  54: tissue(73, 4),
  25: tissue(88, 6), // lesions of white matter
  57: tissue(88, 6),
  26: tissue(78, 4), // accumbens
  58: tissue(78, 4),
  28: tissue(93, 5), // ventral diencephalon
  60: tissue(93, 5),
  30: tissue(45, 6), // vessels
  62: tissue(45, 6),
  85: tissue(90, 5), // optic chiasm
  136: plexus, // in the lateral ventricle
  163: plexus,
  137: plexus, // in the temporal horn
  164: plexus,
  502: tissue(60, 20), // arteries and the like
  506: tissue(25, 4), // eyes
  507: tissue(75, 25), // muscle, fat
  508: tissue(62, 8), // muscles of the eyes
  509: tissue(60, 15), // mucosa
  511: tissue(85, 20), // skin
  512: tissue(95, 6), // spinal cord
  514: tissue(40, 10), // veins
  515: bone, // cortical
  516: tissue(75, 15), // cancellous: marrow is fat
  530: tissue(90, 6), // optic nerves
}

/** The tissue of a label; other tissue for one that is not known. Background is 0 and has none. */
export const tissueOf = (label: number): Tissue => tissues[label] ?? tissue(70, 10)
