import type { Browser, Page } from 'playwright-core'
import type { MadeUpService } from '../../test/support/made-up-service.ts'
import { type Scene, tokenOf } from './scenes.ts'

const sizes = {
  desktop: { width: 1440, height: 900 },
  phone: { width: 360, height: 740 },
} as const

export interface Look {
  readonly size: keyof typeof sizes
  readonly colorScheme: 'light' | 'dark'
}

export const looks: readonly Look[] = [
  { size: 'desktop', colorScheme: 'light' },
  { size: 'desktop', colorScheme: 'dark' },
  { size: 'phone', colorScheme: 'light' },
  { size: 'phone', colorScheme: 'dark' },
]

/** Shows an open page on another screen. */
export async function showLook(page: Page, { size, colorScheme }: Look): Promise<void> {
  await page.setViewportSize(sizes[size])
  await page.emulateMedia({ colorScheme })
  await page.waitForTimeout(250) // transitions settle
}

/** Whether the page scrolls sideways. */
export async function isTooWide(page: Page): Promise<boolean> {
  return page.evaluate(
    'document.documentElement.scrollWidth > document.documentElement.clientWidth',
  )
}

/**
 * Whether the page scrolls sideways in a window of 1280 pixels at fourfold zoom (WCAG 2.2, 1.4.10);
 * leaves the window at that width.
 */
export async function isTooWideEnlarged(page: Page): Promise<boolean> {
  await page.setViewportSize({ width: 320, height: 740 })
  return isTooWide(page)
}

/**
 * Opens the page in a separate browser as a signed-in reader sees it; also returns browser errors
 * (policy violations, script errors).
 */
export async function openPage(
  browser: Browser,
  service: MadeUpService,
  options: {
    readonly path?: string
    readonly role?: 'admin' | 'operator' | 'reader' | undefined
    /** The reader's language and country, BCP 47. */
    readonly locale?: string | undefined
  },
): Promise<{ page: Page; complaints: string[]; close(): Promise<void> }> {
  const { path = '/', role, locale = 'en-GB' } = options
  const context = await browser.newContext({
    viewport: sizes.desktop,
    locale,
    deviceScaleFactor: 1,
    acceptDownloads: true,
  })
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    // The console also logs refused requests; the page itself reports them.
    const isAnswer = message.text().startsWith('Failed to load resource')
    if (message.type() === 'error' && !isAnswer) complaints.push(message.text())
  })
  if (role !== undefined) {
    const script = `sessionStorage.setItem('hippovolume-token', '${tokenOf(role)}')`
    await page.addInitScript(script)
  }
  await page.goto(`${service.url}${path}`)
  return { page, complaints, close: () => context.close() }
}

/** Brings the page into the state of a scene. */
export async function openScene(
  browser: Browser,
  service: MadeUpService,
  scene: Scene,
): Promise<{ page: Page; complaints: string[]; close(): Promise<void> }> {
  const opened = await openPage(browser, service, {
    path: scene.path ?? '/',
    role: scene.isSignedOut ? undefined : 'operator',
  })
  if (!scene.isSignedOut) await opened.page.getByText('Live', { exact: true }).waitFor()
  await scene.act?.(opened.page, service)
  return opened
}
