import { setTimeout as sleep } from 'node:timers/promises'
import type { Browser, Page } from 'playwright-core'
import { startChromium } from '../start-chromium.ts'

/** A slice shown by the viewer. */
export interface SeenSlice {
  readonly sopInstanceUid: string
  readonly width: number
  readonly height: number
  /** Red, green, blue, alpha of the viewport's canvas. */
  readonly pixels: Uint8ClampedArray
  /** Patient position (LPS millimetres) at pixel (0, 0), and the steps of one pixel to the right and down. */
  readonly origin: readonly number[]
  readonly right: readonly number[]
  readonly down: readonly number[]
  readonly screenshot: Buffer
}

export interface OverlaySight {
  /** Segments loaded by the viewer: numbers and labels. */
  readonly segments: readonly string[]
  readonly slices: readonly SeenSlice[]
  readonly complaints: readonly string[]
}

interface Canvas {
  readonly width: number
  readonly height: number
  readonly clientWidth: number
  toDataURL(type: string): string
}

/** The used parts of OHIF's globals on the page's window. */
interface ViewerWindow {
  readonly cornerstone: {
    getRenderingEngines(): {
      getViewports(): {
        readonly canvas: Canvas
        getCurrentImageId(): string | undefined
        getCurrentImageIdIndex(): number
        getImageIds(): string[]
        setImageIdIndex(index: number): Promise<string>
        canvasToWorld(point: readonly [number, number]): number[]
      }[]
    }[]
  }
  readonly services: {
    readonly segmentationService: {
      getSegmentations(): {
        readonly segments: Record<string, { readonly segmentIndex: number; readonly label: string }>
      }[]
    }
  }
}

/** The image of the stack shown by the first viewport; runs in the page. */
function readPlace() {
  const { cornerstone } = globalThis as unknown as ViewerWindow
  const viewport = cornerstone.getRenderingEngines()[0]?.getViewports()[0]
  if (viewport?.getCurrentImageId() === undefined) return undefined
  return { index: viewport.getCurrentImageIdIndex(), imageIds: viewport.getImageIds() }
}

/** The content of the first viewport; runs in the page. */
function readViewport() {
  const { cornerstone } = globalThis as unknown as ViewerWindow
  const viewport = cornerstone.getRenderingEngines()[0]?.getViewports()[0]
  const imageId = viewport?.getCurrentImageId()
  if (viewport === undefined || imageId === undefined) return undefined
  const { canvas } = viewport
  const { width, height } = canvas
  const scale = width / canvas.clientWidth
  const at = (x: number, y: number) => [...viewport.canvasToWorld([x / scale, y / scale])]
  return {
    imageId,
    width,
    height,
    origin: at(0, 0),
    corners: [at(width, 0), at(0, height)],
    pixels: canvas.toDataURL('image/png').split(',')[1]!,
  }
}

async function until<Answer>(
  what: string,
  seconds: number,
  ask: () => Promise<Answer | undefined>,
): Promise<Answer> {
  const deadline = Date.now() + seconds * 1000
  for (;;) {
    const answer = await ask()
    if (answer !== undefined) return answer
    if (Date.now() > deadline) throw new Error(`The viewer showed no ${what} in ${seconds} s.`)
    await sleep(250)
  }
}

const uidOf = (imageId: string) => /\/instances\/([0-9.]+)\//.exec(imageId)?.[1] ?? ''

/** Brings the first viewport near an image; runs in the page. */
async function jumpTo(index: number): Promise<void> {
  const { cornerstone } = globalThis as unknown as ViewerWindow
  await cornerstone.getRenderingEngines()[0]?.getViewports()[0]?.setImageIdIndex(index)
}

/** Scrolls the viewport until an image is shown; jumps over long distances. */
async function scrollTo(tab: Page, sopInstanceUid: string): Promise<void> {
  const canvas = tab.locator('canvas.cornerstone-canvas').first()
  await canvas.hover()
  await until(`image ${sopInstanceUid}`, 90, async () => {
    const view = await tab.evaluate(readPlace)
    if (view === undefined) return undefined
    const wanted = view.imageIds.findIndex((id) => uidOf(id) === sopInstanceUid)
    if (wanted < 0) throw new Error(`The viewer has no image ${sopInstanceUid}.`)
    if (view.index === wanted) return true
    const distance = wanted - view.index
    if (Math.abs(distance) > 3) await tab.evaluate(jumpTo, wanted - Math.sign(distance))
    else await tab.mouse.wheel(0, distance > 0 ? 100 : -100)
    return undefined
  })
}

async function watch(
  browser: Browser,
  link: string,
  sopInstanceUids: readonly string[],
  decodePng: (png: Buffer) => Promise<Uint8ClampedArray>,
): Promise<OverlaySight> {
  const tab = await browser.newPage({ viewport: { width: 1600, height: 1000 } })
  const complaints: string[] = []
  tab.on('pageerror', (error) => complaints.push(error.message))
  tab.on('response', (answer) => {
    if (answer.status() >= 400) complaints.push(`${answer.status()} ${answer.url()}`)
  })
  await tab.goto(link)
  await until('image', 60, () => tab.evaluate(readPlace).catch(() => undefined))
  await tab.locator('[data-cy="study-browser-thumbnail-no-image"]').first().dblclick()
  await tab.locator('[data-cy="yes-hydrate-btn"]').click({ timeout: 60_000 })
  const segments = await until('segmentation', 60, () =>
    tab.evaluate(() => {
      const { services } = globalThis as unknown as ViewerWindow
      const [segmentation] = services.segmentationService.getSegmentations()
      return (
        segmentation &&
        Object.values(segmentation.segments).map((one) => `${one.segmentIndex} ${one.label}`)
      )
    }),
  )
  await sleep(1_500)
  const slices: SeenSlice[] = []
  for (const sopInstanceUid of sopInstanceUids) {
    await scrollTo(tab, sopInstanceUid)
    await sleep(700) // the overlay is drawn after its image
    const view = (await tab.evaluate(readViewport))!
    const step = (end: number[], length: number) =>
      end.map((value, axis) => (value - view.origin[axis]!) / length)
    slices.push({
      sopInstanceUid: uidOf(view.imageId),
      width: view.width,
      height: view.height,
      pixels: await decodePng(Buffer.from(view.pixels, 'base64')),
      origin: view.origin,
      right: step(view.corners[0]!, view.width),
      down: step(view.corners[1]!, view.height),
      screenshot: await tab.screenshot(),
    })
  }
  return { segments, slices, complaints }
}

/**
 * Opens a study in OHIF, loads its segmentation as a person would (double click, then yes), and
 * scrolls to the given images. Throws a sentence if the viewer does not do so in `seconds`.
 */
export async function watchOverlay(
  link: string,
  sopInstanceUids: readonly string[],
  decodePng: (png: Buffer) => Promise<Uint8ClampedArray>,
  seconds: number,
): Promise<OverlaySight> {
  const browser = await startChromium()
  const tooLong = new AbortController()
  try {
    return await Promise.race([
      watch(browser, link, sopInstanceUids, decodePng),
      sleep(seconds * 1000, undefined, { signal: tooLong.signal }).then(() => {
        throw new Error(`The viewer did not show everything in ${seconds} s.`)
      }),
    ])
  } finally {
    tooLong.abort()
    await browser.close()
  }
}
