// Opens segmentations of known masks in a real OHIF in a real browser, and checks that the
// overlay's colours are on the mask and nowhere else: on a crop of 35 x 51 and on a whole head of
// 256 x 256. npm run check -- overlay [--save] --save writes docs/images/overlay-*.png
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { createCanvas, loadImage } from 'canvas'
import { repositoryPath } from './repository-path.ts'
import { writeSampleStudy } from './sample-study/write-sample-study.ts'
import { viewerLink } from './viewer/viewer-links.ts'
import { countOverlay } from './viewer-check/compare-overlay.ts'
import { openViewer } from './viewer-check/open-viewer.ts'
import {
  drawAtlasHippocampi,
  drawLopsidedBody,
  makeOverlayCase,
  type OverlayCase,
  readFiles,
} from './viewer-check/overlay-case.ts'
import { cutUnalignedCrop, cutWholeHead } from './viewer-check/sample-stacks.ts'
import { type SeenSlice, watchOverlay } from './viewer-check/watch-overlay.ts'

/** Ignored pixels near an edge of the mask: the viewer draws its outline there. */
const margin = 3
/** Required share of the pixels well inside the mask with their segment's colour. */
const enough = 0.995
const minimumAgreement = 0.9
/** Seconds for one study. */
const patience = 300

const { values } = parseArgs({ options: { save: { type: 'boolean', default: false } } })
const say = (line: string) => console.log(line)
const shared = process.env.HIPPO_SHARED_DATA ?? repositoryPath('../shared/data')

async function decodePng(png: Buffer): Promise<Uint8ClampedArray> {
  const image = await loadImage(png)
  const context = createCanvas(image.width, image.height).getContext('2d')
  context.drawImage(image, 0, 0)
  return context.getImageData(0, 0, image.width, image.height).data
}

async function makeCases(folder: string): Promise<OverlayCase[]> {
  const sample = (name: string, stack: ReturnType<typeof cutWholeHead>) => {
    writeSampleStudy(join(folder, name), name, [stack])
    return readFiles(join(folder, name))
  }
  const study = join(shared, 'studies/Study1/13_HCropVolume')
  return [
    await makeOverlayCase(
      'crop',
      sample('crop', cutUnalignedCrop()),
      drawAtlasHippocampi(['left']),
    ),
    await makeOverlayCase(
      'head',
      sample('head', cutWholeHead()),
      drawAtlasHippocampi(['left', 'right']),
    ),
    ...(existsSync(study)
      ? [await makeOverlayCase('study1', readFiles(study), drawLopsidedBody, false)]
      : []),
  ]
}

function areasBySlice({ labelMap }: OverlayCase, label: number): number[] {
  const [columns, rows, slices] = labelMap.dimensions
  const areas = new Array<number>(slices).fill(0)
  labelMap.labels.forEach((one, voxel) => {
    if (one === label) areas[Math.floor(voxel / (columns * rows))]! += 1
  })
  return areas
}

/**
 * Slices where two segments are large, where each is largest, the ends of the mask, and one without
 * any.
 */
function chooseSlices(one: OverlayCase): number[] {
  const areas = one.regions.map(({ label }) => areasBySlice(one, label))
  const [first, second] = areas as [number[], number[]]
  const both = first.map((area, slice) => Math.min(area, second[slice]!))
  const largest = [both, ...areas].map((area) => area.indexOf(Math.max(...area)))
  const marked = one.slices.map((_, slice) => areas.some((area) => area[slice]! > 0))
  const ends = [marked.indexOf(true), marked.lastIndexOf(true), marked.indexOf(false)]
  return [...new Set([...largest, ...ends])].filter((slice) => slice >= 0)
}

const colorOf = { anterior: [0xe6, 0x9f, 0x00], posterior: [0x56, 0xb4, 0xe9] } as const

function judgeSlice(one: OverlayCase, slice: number, seen: SeenSlice) {
  const facts = one.slices[slice]!
  const { columns, rows, imagePositionPatient: corner, pixelSpacing } = facts
  const along = (cosines: readonly number[], x: number, y: number) =>
    cosines.reduce((sum, cosine, axis) => {
      const position = seen.origin[axis]! + x * seen.right[axis]! + y * seen.down[axis]!
      return sum + cosine * (position - corner[axis]!)
    }, 0)
  const { labels } = one.labelMap
  return countOverlay(
    {
      ...seen,
      voxelAt: (x, y) => [
        along(facts.rowCosines, x, y) / pixelSpacing[1],
        along(facts.columnCosines, x, y) / pixelSpacing[0],
      ],
    },
    {
      columns,
      rows,
      labels: labels.subarray(slice * columns * rows, (slice + 1) * columns * rows),
      intensities: facts.intensities,
    },
    new Map(one.regions.map(({ label, part }) => [label, colorOf[part]])),
    margin,
  )
}

/** Checks one case; returns its faults. */
async function checkCase(one: OverlayCase, viewerUrl: string): Promise<string[]> {
  const slices = chooseSlices(one)
  const link = viewerLink(viewerUrl, one.studyInstanceUid, one.seriesInstanceUid)
  const wanted = slices.map((slice) => one.slices[slice]!.id.split('#')[0]!)
  const sight = await watchOverlay(link, wanted, decodePng, patience)
  const { columns, rows } = one.slices[0]!
  say(`${one.name}: ${columns} x ${rows}, ${one.encoding}, segments ${sight.segments.join('; ')}`)
  for (const complaint of sight.complaints) say(`  browser error: ${complaint}`)
  const wrong: string[] = []
  const sums = { right: 0, missing: 0, stray: 0 }
  sight.slices.forEach((seen, index) => {
    const slice = slices[index]!
    const { right, missing, stray, plain, agreement } = judgeSlice(one, slice, seen)
    say(
      `  slice ${slice + 1}: ${right} pixels of the overlay on the mask, ${missing} missing, ` +
        `${stray} outside of it, ${plain} grey; image where expected: ${agreement.toFixed(3)}`,
    )
    sums.right += right
    sums.missing += missing
    sums.stray += stray
    if (agreement < minimumAgreement) wrong.push(`slice ${slice + 1} is not where it should be`)
    if (seen.sopInstanceUid !== wanted[index]) wrong.push(`slice ${slice + 1} was not shown`)
  })
  if (sight.segments.length !== one.regions.length) wrong.push('segments are missing')
  if (sums.stray > 0) wrong.push(`${sums.stray} pixels outside the mask are coloured`)
  if (sums.right < enough * (sums.right + sums.missing) || sums.right < 200) {
    wrong.push(`${sums.missing} pixels of the mask are not coloured, ${sums.right} are`)
  }
  const isSaved = values.save && one.isOurs
  const picture = repositoryPath(`${isSaved ? 'docs/images' : 'build'}/overlay-${one.name}.png`)
  mkdirSync(dirname(picture), { recursive: true })
  writeFileSync(picture, sight.slices[0]!.screenshot)
  say(`  screenshot: ${picture}`)
  return wrong.map((what) => `${one.name}: ${what}`)
}

const folder = mkdtempSync(join(tmpdir(), 'hippovolume-overlay-'))
const viewer = await openViewer(folder, say)
try {
  const wrong: string[] = []
  for (const one of await makeCases(join(folder, 'cases'))) {
    for (const file of [...one.files, one.segmentation.bytes]) await viewer.upload(file)
    wrong.push(...(await checkCase(one, viewer.url)))
  }
  if (wrong.length > 0) throw new Error(wrong.join('; '))
  say('OHIF shows every segmentation on its anatomy and nowhere else')
} catch (error) {
  console.error(`The check failed: ${(error as Error).message}`)
  process.exitCode = 1
} finally {
  await viewer.stop()
  rmSync(folder, { recursive: true, force: true })
}
