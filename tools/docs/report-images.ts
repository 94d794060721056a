// Draws the images of the report in docs/images from the sample study (the Colin27 average head):
//   npm run docs -- images
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCanvas, loadImage } from 'canvas'
import { repositoryPath } from '../repository-path.ts'
import { makeSampleSeries } from '../sample-study/sample-series.ts'
import { writeSampleStudy } from '../sample-study/write-sample-study.ts'

/** Width at which the small print is still readable, pixels. */
const width = 930

async function shrink(source: string, target: string): Promise<void> {
  const page = await loadImage(source)
  const canvas = createCanvas(width, Math.round((page.height / page.width) * width))
  const context = canvas.getContext('2d')
  context.quality = 'best'
  context.drawImage(page, 0, 0, canvas.width, canvas.height)
  writeFileSync(repositoryPath(`docs/images/${target}`), canvas.toBuffer('image/png'))
  console.log(`docs/images/${target}`)
}

const folder = mkdtempSync(join(tmpdir(), 'hippovolume-images-'))
try {
  const study = join(folder, 'study')
  writeSampleStudy(study, 'report images', makeSampleSeries())
  const output = join(folder, 'output')
  const command = repositoryPath('src/cli.ts')
  execFileSync(process.execPath, [command, 'analyze', study, '-o', output, '--prefer', 'head'], {
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  await shrink(join(output, 'report.png'), 'report-page.png')
  await shrink(join(output, 'montage.png'), 'report-slices.png')
} finally {
  rmSync(folder, { recursive: true, force: true })
}
