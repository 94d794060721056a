// Takes screenshots of the operators' page in Chromium with made-up jobs: npm run check --
// operators [--folder build/operators-page] [--scene busy] [--save] One screenshot for each state
// of the page (empty, busy, broken ...), on a desktop and on a phone, light and dark, and the
// serious or critical barriers found by axe in any of them. --save renews the images of
// docs/operators-page.md.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import {
  type MadeUpService,
  type MadeUpServiceOptions,
  startMadeUpService,
} from '../test/support/made-up-service.ts'
import { findBarriers } from './page-check/find-barriers.ts'
import { isTooWide, isTooWideEnlarged, looks, openScene, showLook } from './page-check/open-page.ts'
import { savePicture } from './page-check/save-picture.ts'
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

interface SavedPicture {
  readonly path: string
  readonly viewport?: { readonly width: number; readonly height: number }
}

/** Images of the documentation, by content. */
const saved: Record<string, SavedPicture> = {
  'job-desktop-light': {
    path: 'docs/images/operators-page.png',
    viewport: { width: 1200, height: 700 },
  },
  'busy-phone-dark': { path: 'docs/images/operators-page-phone.png' },
}
const folder = repositoryPath(values.folder)
mkdirSync(folder, { recursive: true })

const browser = await startChromium()
const services = new Map<MadeUpServiceOptions, MadeUpService>()
let faults = 0
const complain = (scene: string, complaint: string) => {
  console.error(`${scene}: ${complaint}`)
  faults += 1
}
try {
  for (const scene of scenes) {
    if (values.scene && !values.scene.includes(scene.name)) continue
    const service = services.get(scene.service) ?? (await startMadeUpService(scene.service))
    services.set(scene.service, service)
    try {
      const { page, complaints, close } = await openScene(browser, service, scene)
      for (const look of looks) {
        const name = `${scene.name}-${look.size}-${look.colorScheme}`
        await showLook(page, look)
        await page.screenshot({ path: join(folder, `${name}.png`) })
        if (await isTooWide(page)) complain(name, 'The page is wider than the window.')
        for (const barrier of await findBarriers(page)) complain(name, barrier)
        const picture = values.save ? saved[name] : undefined
        if (picture === undefined) continue
        if (picture.viewport) await page.setViewportSize(picture.viewport)
        await savePicture(page, repositoryPath(picture.path))
      }
      if (await isTooWideEnlarged(page)) complain(scene.name, 'Zoomed in, it scrolls sideways.')
      for (const complaint of complaints) complain(scene.name, complaint)
      await close()
    } catch (error) {
      complain(scene.name, (error as Error).message)
    }
    console.log(scene.name)
  }
} finally {
  await browser.close()
  for (const service of services.values()) await service.stop()
}
console.log(`${folder}: ${faults} faults`)
if (faults > 0) process.exitCode = 1
