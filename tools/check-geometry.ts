// Compares volumes of real series with independent readers of the same files: pydicom frame by
// frame, and dcm2niix (read by nibabel) as a whole. Within 1e-3 mm, and equal voxels. npm run check
// -- geometry HIPPO_SHARED_DATA names the folder with the series, if it is elsewhere
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { dumpImages, dumpVolume } from './check-geometry/dump-volume.ts'
import { preparePython } from './check-results/python-venv.ts'
import { repositoryPath } from './repository-path.ts'

const stacks = ['philips_adni_mprage', 'xa30_enhanced', 'siemens_t1_jpegll', 'decub_HFP']
const images = 'ts'

interface Limits {
  readonly mm: number
  /** Difference of a voxel, relative to the greatest one. */
  readonly share: number
}
const exact: Limits = { mm: 1e-3, share: 0 }
// dcm2niix extrapolates the distance of its first two slices over the whole stack, which multiplies
// rounding errors of positions by the number of slices; NIfTI keeps RescaleSlope as a 32-bit
// number.
const limitsOf = (reader: string): Limits =>
  reader === 'dcm2niix' ? { mm: 0.02, share: 2 ** -23 } : exact

const heads = join(process.env.HIPPO_SHARED_DATA ?? repositoryPath('../shared/data'), 'heads/dicom')

interface Agreement {
  readonly reader: string
  readonly mm: number
  readonly voxels: number
  /** The greatest intensity. */
  readonly largest: number
}

function isWithin({ reader, mm, voxels, largest }: Agreement): boolean {
  const limits = limitsOf(reader)
  return mm <= limits.mm && voxels <= limits.share * largest
}

async function check(name: string, python: string, folder: string): Promise<boolean> {
  const isStack = name !== images
  const source = join(heads, name)
  const shape = isStack ? await dumpVolume(source, join(folder, name)) : undefined
  if (!isStack) await dumpImages(source, folder)
  const script = repositoryPath('tools/check-geometry/compare_volume.py')
  const words = isStack ? [join(folder, name), source] : ['--pixels', folder, source]
  const answer = execFileSync(python, [script, ...words], { encoding: 'utf8' })
  const agreements = answer
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Agreement)
  console.log(`${name}${shape ? `: ${shape}` : ''}`)
  for (const { reader, mm, voxels } of agreements) {
    console.log(`  ${reader}: ${mm.toExponential(1)} mm, voxels differ by ${voxels}`)
  }
  return agreements.length >= (isStack ? 2 : 9) && agreements.every(isWithin)
}

if (!existsSync(heads)) {
  console.log(`skipped: ${heads} does not exist; the series are not part of this repository`)
} else {
  const python = join(preparePython(console.log, 'check-geometry'), 'python')
  const folder = mkdtempSync(join(tmpdir(), 'hippovolume-geometry-'))
  try {
    const failed: string[] = []
    for (const name of [...stacks, images]) {
      if (!existsSync(join(heads, name))) console.log(`${name}: skipped, it does not exist`)
      else if (!(await check(name, python, folder))) failed.push(name)
    }
    if (failed.length > 0) throw new Error(`The readers do not agree on ${failed.join(', ')}.`)
    console.log('all agree')
  } catch (error) {
    console.error(`The check failed: ${(error as Error).message}`)
    process.exitCode = 1
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
