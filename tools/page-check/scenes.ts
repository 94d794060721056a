import type { Page } from 'playwright-core'
import {
  type MadeUpService,
  type MadeUpServiceOptions,
  madeUpTokens,
} from '../../test/support/made-up-service.ts'

/** One state of the service and of the page. */
export interface Scene {
  readonly name: string
  readonly service: MadeUpServiceOptions
  /** Opened after signing in. */
  readonly path?: string
  readonly isSignedOut?: boolean
  /** Whether it is one of the most used states. */
  readonly isShownOften?: boolean
  /** Brings the page into the state; resolves when it is ready. */
  readonly act?: (page: Page, service: MadeUpService) => Promise<void>
}

const empty = {}
const busy = { jobs: 200 }

async function openJob(page: Page, state: string): Promise<void> {
  await page.locator('table.jobs tr', { hasText: state }).first().getByRole('link').click()
  await page.getByText('All jobs of this study').waitFor()
}

export const scenes: readonly Scene[] = [
  { name: 'sign-in', service: empty, isSignedOut: true },
  {
    name: 'wrong-token',
    service: empty,
    isSignedOut: true,
    act: async (page) => {
      await page.getByLabel('Token').fill('wrong-token-0123456789')
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.getByText('does not accept this token').waitFor()
    },
  },
  { name: 'empty', service: empty, isShownOften: true },
  { name: 'busy', service: busy, isShownOften: true },
  {
    name: 'job',
    isShownOften: true,
    service: busy,
    path: '/?state=succeeded',
    act: async (page) => {
      await openJob(page, 'succeeded')
      await page.locator('.preview img').waitFor()
      await page.getByText('Series of the study').waitFor()
    },
  },
  {
    name: 'job-rejected',
    service: busy,
    path: '/?state=rejected',
    act: async (page) => {
      await openJob(page, 'No head was recognised')
      await page.locator('.preview img').waitFor()
    },
  },
  {
    name: 'job-failed',
    service: busy,
    path: '/?state=failed',
    act: (page) => openJob(page, 'failed'),
  },
  {
    name: 'report',
    service: busy,
    path: '/?state=succeeded',
    act: async (page) => {
      await openJob(page, 'succeeded')
      await page.getByRole('button', { name: 'Show larger' }).click()
    },
  },
  {
    name: 'confirm',
    service: busy,
    path: '/?state=queued',
    act: async (page) => {
      await openJob(page, 'queued')
      await page.getByRole('button', { name: 'Cancel' }).click()
    },
  },
  {
    name: 'backfills',
    service: busy,
    path: '/?view=backfills',
    act: (page) => page.getByText('874 of').waitFor(),
  },
  {
    name: 'backfill-form',
    service: busy,
    path: '/?view=backfills',
    act: (page) => page.getByRole('button', { name: 'New backfill' }).click(),
  },
  {
    name: 'models',
    service: busy,
    path: '/?view=models',
    act: (page) => page.getByText('site-retrained').waitFor(),
  },
  {
    name: 'broken-archive',
    isShownOften: true,
    service: { ...busy, isArchiveDown: true },
    act: (page) => page.getByText('not ready').waitFor(),
  },
  {
    name: 'broken-service',
    isShownOften: true,
    service: busy,
    act: async (page, service) => {
      await page.getByText('200').first().waitFor()
      await service.app.close()
      await page.getByText('What you see may be out of date').waitFor()
    },
  },
]

export const tokenOf = (role: 'admin' | 'operator' | 'reader') =>
  role === 'admin' ? madeUpTokens.apiToken : madeUpTokens[`${role}Token`]
