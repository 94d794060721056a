// How well hippocampi are found in whole heads: next to labels where there are some, and next to
// themselves when the head is turned, cut, mirrored, blurred or spoilt.
//   npm run check:localization [-- FOLDER...]     HIPPO_SHARED_DATA names the folder with the heads
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { HeadLocalization } from '../src/localization/head-localization.ts'
import { locateHippocampi } from '../src/localization/locate-hippocampi.ts'
import type { Vector3, Volume } from '../src/volume/grid.ts'
import { lengthOf, subtract } from '../src/volume/vector3.ts'
import { type Alteration, alterations, damages } from './check-localization/alter-head.ts'
import { type Head, listColin, listHeads, measureLabels } from './check-localization/read-head.ts'
import { repositoryPath } from './repository-path.ts'

/** Heads that the alterations are tried on: one without its skull, three with it. */
const altered = ['Colin27', 'nis19', 'philips_adni_mprage', 'xa30_enhanced']

const distance = (a: Vector3, b: Vector3) => lengthOf(subtract(a, b))
const print = (cells: readonly (string | number)[]) =>
  console.log(
    cells.map((cell, i) => (i === 0 ? String(cell).padEnd(30) : String(cell).padStart(9))).join(''),
  )

function describe(found: HeadLocalization): string[] {
  return [
    found.score.toFixed(3),
    found.found ? 'yes' : `no: ${found.doubt}`,
    `${Math.round(found.brainCoverage * 100)} %`,
    (found.intracranialVolumeMm3 / 1000).toFixed(0),
  ]
}

function locate(volume: Volume): { found: HeadLocalization; seconds: number } {
  const start = process.cpuUsage()
  const found = locateHippocampi(volume)
  const { user, system } = process.cpuUsage(start)
  return { found, seconds: (user + system) / 1e6 }
}

/** Distances of both centres to the labels, mm: to their centroids, then to the middles of their boxes. */
function holdAgainst(labels: NonNullable<Head['labels']>, { centers }: HeadLocalization): string[] {
  const truth = measureLabels(labels)
  return (['centroid', 'box'] as const).flatMap((what) =>
    (['left', 'right'] as const).map((side) =>
      distance(centers[side], truth[side][what]).toFixed(1),
    ),
  )
}

function tryAlteration({ name, apply }: Alteration, head: Volume, before: HeadLocalization): void {
  const { volume, move, swapped } = apply(head, before)
  const { found, seconds } = locate(volume)
  const [left, right] = swapped ? (['right', 'left'] as const) : (['left', 'right'] as const)
  const moved = (['left', 'right'] as const).map((side) =>
    distance(found.centers[side === 'left' ? left : right], move(before.centers[side])).toFixed(1),
  )
  print([`  ${name}`, ...describe(found), seconds.toFixed(2), ...moved])
}

async function check(head: Head): Promise<void> {
  const volume = await head.read()
  const { found, seconds } = locate(volume)
  const errors = head.labels ? holdAgainst(head.labels, found) : []
  print([head.name, ...describe(found), seconds.toFixed(2), ...errors])
  if (!altered.includes(head.name.split('/')[0]!) || !found.found) return
  for (const alteration of [...alterations, ...damages]) tryAlteration(alteration, volume, found)
}

const folders = process.argv.slice(2)
const shared = join(process.env.HIPPO_SHARED_DATA ?? repositoryPath('../shared/data'), 'heads')
const usual = ['malf', 'freesurfer', 'dicom/philips_adni_mprage', 'dicom/xa30_enhanced']
const wanted =
  folders.length > 0
    ? folders
    : [...usual, 'dicom/siemens_t1_jpegll', 'dicom/decub_HFP'].map((name) => join(shared, name))
const heads = [
  ...wanted.flatMap((folder) => {
    if (existsSync(folder)) return listHeads(folder)
    console.log(`skipped: ${folder} is not there`)
    return []
  }),
  ...(folders.length > 0 ? [] : listColin()),
]
console.log(
  'Distances in mm: of a head with labels, left and right to their centroids, then to the middles of\n' +
    'their boxes; of an altered head, how far its centres moved against the head itself.',
)
print(['head', 'score', 'found', 'in view', 'ICV cm3', 'CPU s', 'left', 'right', 'left', 'right'])
for (const head of heads) {
  try {
    await check(head)
  } catch (error) {
    print([head.name, (error as Error).message])
    process.exitCode = 1
  }
}
