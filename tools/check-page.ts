// Shows the operators' page in Chromium with made-up jobs, to be looked at:
//   npm run check:page -- [--folder build/operators-page] [--scene busy] [--save]
// One screenshot for each state of the page (empty, busy, broken ...), on a desktop and on a phone, light and dark.
// --save renews the pictures of docs/operators-page.md.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startMadeUpService } from '../test/support/made-up-service.ts'
import { colorSchemes, type Look, openScene, sizes } from './page-check/open-page.ts'
import { scenes } from './page-check/scenes.ts'
import { repositoryPath } from './repository-path.ts'
import { startChromium } from './start-chromium.ts'

const { values } = parseArgs({
  options: {
    folder: { type: 'string', default: 'build/operators-page' },
    scene: { type: 'string', multiple: true },
    save: { type: 'boolean', default: false },
  },
})

const saved: Record<string, string> = {
  'job-desktop-light': 'docs/images/operators-page.png',
  'busy-phone-dark': 'docs/images/operators-page-phone.png',
}
const looks = Object.keys(sizes).flatMap((size) =>
  colorSchemes.map((colorScheme) => ({ size, colorScheme }) as Look),
)
const folder = repositoryPath(values.folder)
mkdirSync(folder, { recursive: true })

const browser = await startChromium()
let faults = 0
try {
  for (const scene of scenes) {
    if (values.scene && !values.scene.includes(scene.name)) continue
    for (const look of looks) {
      const service = await startMadeUpService(scene.service)
      const name = `${scene.name}-${look.size}-${look.colorScheme}`
      try {
        const { page, complaints, close } = await openScene(browser, service, scene, look)
        await page.waitForTimeout(300) // transitions and images settle
        await page.screenshot({ path: join(folder, `${name}.png`) })
        const picture = values.save && saved[name]
        if (picture) await page.screenshot({ path: repositoryPath(picture) })
        const isWide = await page.evaluate(
          'document.documentElement.scrollWidth > document.documentElement.clientWidth',
        )
        if (isWide) complaints.push('The page is wider than the window.')
        for (const complaint of complaints) console.error(`${name}: ${complaint}`)
        faults += complaints.length
        await close()
      } catch (error) {
        console.error(`${name}: ${(error as Error).message}`)
        faults += 1
      } finally {
        await service.stop()
      }
    }
    console.log(scene.name)
  }
} finally {
  await browser.close()
}
console.log(`${folder}: ${faults} faults`)
if (faults > 0) process.exitCode = 1
