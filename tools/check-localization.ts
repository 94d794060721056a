// Accuracy of the hippocampi's positions and of head sizes in whole heads: compared with labels and
// sizes from others if available, and with the unchanged head after rotation, cropping, mirroring,
// blurring, degradation or random disturbances. npm run check -- localization [FOLDER...] [--only
// sets|alterations|sizes|near-misses|stress] [--stress N] [--root FOLDER] HIPPO_SHARED_DATA names
// the folder with the heads. --stress: disturbances of each of 24 heads (40). --root: another
// working copy whose search is tested instead of this one's.
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { alterations, damages } from './check-localization/alter-head.ts'
import { checkSet } from './check-localization/check-set.ts'
import { checkSizes } from './check-localization/check-sizes.ts'
import { checkStress } from './check-localization/check-stress.ts'
import { readKnownSizes } from './check-localization/known-sizes.ts'
import { listNearMisses } from './check-localization/near-misses.ts'
import { type Head, listColin, listHeads } from './check-localization/read-head.ts'
import {
  describeFound,
  distance,
  type Locate,
  print,
  sides,
  timeSearch,
} from './check-localization/try-head.ts'
import { repositoryPath } from './repository-path.ts'

const { values: options, positionals: folders } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string', multiple: true },
    stress: { type: 'string', default: '40' },
    root: { type: 'string', default: repositoryPath('.') },
  },
})
const module = pathToFileURL(resolve(options.root, 'src/localization/locate-hippocampi.ts')).href
const { locateHippocampi: locate } = (await import(module)) as { locateHippocampi: Locate }

/** Sets of whole heads in the shared data. */
const sets = ['ds011', 'ixi', 'ds002748', 'malf', 'freesurfer', 'freesurfer-pairs', 'aomic']
const series = ['philips_adni_mprage', 'xa30_enhanced']
const refused = ['siemens_t1_jpegll', 'decub_HFP']
/** Heads for the alterations: one without its skull, three with it. */
const altered = /^(Colin27|philips_adni_mprage|xa30_enhanced)|nis19$/
/** Heads for the sizes: with skull, and with another program's outline of the brain. */
const sized = /ds011\/|aomic\/|ixi\/IXI0/
const stressedSets = ['ds011', 'ixi', 'ds002748', 'malf']
const stressedOfEach = 6

const isWanted = (part: string) => options.only === undefined || options.only.includes(part)

function inFolder(folder: string): Head[] {
  if (existsSync(folder)) return listHeads(folder)
  console.log(`skipped: ${folder} does not exist`)
  return []
}

async function alter(head: Head): Promise<void> {
  const volume = await head.read()
  const before = timeSearch(locate, volume)
  print([head.name, ...describeFound(before.found), before.seconds.toFixed(2)])
  if (!before.found.found) return
  for (const { name, apply } of [...alterations, ...damages]) {
    const { volume: changed, move, swapped } = apply(volume, before.found)
    const { found, seconds } = timeSearch(locate, changed)
    const [left, right] = swapped ? (['right', 'left'] as const) : (['left', 'right'] as const)
    const moved = sides.map((side) =>
      distance(
        found.centers[side === 'left' ? left : right],
        move(before.found.centers[side]),
      ).toFixed(1),
    )
    print([`  ${name}`, ...describeFound(found), seconds.toFixed(2), ...moved])
  }
}

const shared = process.env.HIPPO_SHARED_DATA ?? repositoryPath('../shared/data')
const headsIn = join(shared, 'heads')
const known = readKnownSizes(headsIn)
if (folders.length > 0) {
  for (const folder of folders) await checkSet(locate, folder, inFolder(folder), known)
} else {
  const bySet = new Map(sets.map((set) => [set, inFolder(join(headsIn, set))]))
  const scanners = series.flatMap((name) => inFolder(join(headsIn, 'dicom', name)))
  const all = [...bySet.values(), scanners, listColin()].flat()
  if (isWanted('sets')) {
    console.log(
      'For each head: agreement, found, share of the brain in view, intracranial volume (cm3), CPU\n' +
        'seconds, and distances of left and right centres from the centroids of the labels and from the\n' +
        'middles of their boxes, mm.',
    )
    for (const [set, heads] of bySet) await checkSet(locate, set, heads, known)
    await checkSet(locate, 'scanners', scanners, known)
    await checkSet(locate, 'Colin27', listColin(), known)
  }
  if (isWanted('alterations')) {
    console.log('Altered heads: displacement of their centres, mm, relative to the unchanged head.')
    for (const head of all.filter(({ name }) => altered.test(name))) await alter(head)
  }
  if (isWanted('sizes')) {
    console.log('Changes that must not affect the intracranial volume, and their effect:')
    await checkSizes(
      locate,
      all.filter(({ name }) => sized.test(name)),
    )
  }
  if (isWanted('near-misses')) {
    console.log('Images that must not be recognised:')
    const scans = refused.flatMap((name) => inFolder(join(headsIn, 'dicom', name)))
    for (const { name, read } of [...scans, ...listNearMisses(shared, all)]) {
      print([name, ...describeFound(locate(await read()))])
    }
  }
  if (isWanted('stress')) {
    console.log('Disturbed at random:')
    const stressed = stressedSets.flatMap((set) => {
      const labelled = (bySet.get(set) ?? []).filter(({ labels }) => labels !== undefined)
      const every = Math.max(1, Math.floor(labelled.length / stressedOfEach))
      return labelled.filter((_, i) => i % every === 0).slice(0, stressedOfEach)
    })
    await checkStress(locate, stressed, Number(options.stress))
  }
}
