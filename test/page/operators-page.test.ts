import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { findBarriers } from '../../tools/page-check/find-barriers.ts'
import {
  isTooWide,
  isTooWideEnlarged,
  looks,
  openPage,
  openScene,
  showLook,
} from '../../tools/page-check/open-page.ts'
import { scenes } from '../../tools/page-check/scenes.ts'
import { findChromium, startChromium } from '../../tools/start-chromium.ts'
import { isLongRun } from '../support/long-test.ts'
import { makeUpParts } from '../support/made-up-backfills.ts'
import { madeUpStudy } from '../support/made-up-jobs.ts'
import {
  type MadeUpService,
  type MadeUpServiceOptions,
  madeUpTokens,
  startMadeUpService,
} from '../support/made-up-service.ts'

const hasChromium = findChromium() !== undefined
if (!hasChromium) {
  console.warn('Chromium is not installed (apt-get install chromium): the page is not looked at.')
}

describe.skipIf(!hasChromium)("the operators' page in a browser", () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await startChromium()
  })
  afterAll(() => browser.close())

  describe('can be used by all', () => {
    const services = new Map<MadeUpServiceOptions, MadeUpService>()
    afterAll(async () => {
      for (const service of services.values()) await service.stop()
    })

    const looked = isLongRun ? scenes : scenes.filter(({ isShownOften }) => isShownOften)
    it.each(looked.map((scene) => [scene.name, scene] as const))(
      'has no barriers, scrolls one way and breaks no policy: %s',
      async (_, scene) => {
        const service = services.get(scene.service) ?? (await startMadeUpService(scene.service))
        services.set(scene.service, service)
        const { page, complaints, close } = await openScene(browser, service, scene)
        // The others are those of `npm run check -- long` and `npm run check -- operators`.
        for (const look of isLongRun ? looks : [looks[0]!, looks[3]!]) {
          await showLook(page, look)
          const name = `${look.size}, ${look.colorScheme}`
          expect(await findBarriers(page), name).toEqual([])
          expect(await isTooWide(page), name).toBe(false)
        }
        expect(await isTooWideEnlarged(page), 'enlarged').toBe(false)
        // No patient is named, not even by an identifier.
        expect(await page.locator('body').innerText()).not.toMatch(/\bP17\b/)
        expect(complaints).toEqual([])
        await close()
      },
    )
  })

  describe('on a service that works', () => {
    let service: MadeUpService
    let asked: string[]
    let page: Page
    let close: () => Promise<void>
    let complaints: string[]

    async function open(
      path = '/',
      role?: 'admin' | 'operator' | 'reader',
      locale?: string,
    ): Promise<void> {
      const opened = await openPage(browser, service, { path, role, locale })
      page = opened.page
      close = opened.close
      complaints = opened.complaints
      if (role !== undefined) await page.getByText('Live', { exact: true }).waitFor()
    }
    beforeAll(async () => {
      const parts = makeUpParts()
      asked = parts.asked
      service = await startMadeUpService({ jobs: 60, options: parts.options })
    })
    afterEach(async () => {
      await close()
      expect(complaints).toEqual([])
    })
    afterAll(() => service.stop())

    const rows = () => page.locator('table.jobs tbody tr')
    const enqueue = async (index: number) =>
      (await service.store.enqueue({ ...madeUpStudy(index), trigger: 'hook', force: false })).job

    it('asks for a token, reports an invalid one, and keeps it for the tab', async () => {
      await open()
      const submit = page.getByRole('button', { name: 'Sign in' })
      await page.getByLabel('Token').fill('wrong-token-0123456789')
      await submit.click()
      await page.getByRole('alert').getByText('does not accept this token').waitFor()
      await page.getByLabel('Token').fill(madeUpTokens.hookToken)
      await submit.click()
      await page.getByRole('alert').getByText('does not give access').waitFor()
      await page.getByLabel('Token').fill(madeUpTokens.readerToken)
      await submit.click()
      await page.getByText('1 to 25 of 54').waitFor()
      await page.reload()
      await page.getByText('1 to 25 of 54').waitFor()
      await page.getByRole('button', { name: 'Sign out' }).click()
      await page.getByLabel('Token').waitFor()
      expect(await page.evaluate('sessionStorage.length')).toBe(0)
    })

    it('always states that it is research software', async () => {
      await open()
      await page.getByText('Research software, not for diagnosis').waitFor()
      await close()
      await open('/', 'reader')
      await page.getByText('Research software, not for diagnosis').waitFor()
    })

    it('keeps filters in the address, so that they survive reloading and going back', async () => {
      await open('/', 'reader')
      await page.getByRole('checkbox', { name: 'rejected' }).check()
      await page.getByText(/^1 to 8 of 8$/).waitFor()
      expect(page.url()).toMatch(/\/\?state=rejected$/)
      await page.getByRole('checkbox', { name: 'failed' }).check()
      await page.getByLabel('Trigger').selectOption('hook')
      await page.waitForURL(/\?state=rejected&state=failed&trigger=hook$/)
      await page.getByText(/^1 to \d of \d$/).waitFor()
      const texts = await rows().allInnerTexts()
      expect(texts.every((text) => /rejected|failed/.test(text) && /new study/.test(text))).toBe(
        true,
      )
      await page.reload()
      await rows().first().waitFor()
      expect(await rows().allInnerTexts()).toEqual(texts)
      expect(await page.getByRole('checkbox', { name: 'failed' }).isChecked()).toBe(true)
      await page.goBack()
      await page.waitForURL(/\?state=rejected&state=failed$/)
      expect(await page.getByLabel('Trigger').inputValue()).toBe('')
      await page.getByRole('button', { name: 'Show all jobs' }).click()
      await page.getByText('1 to 25 of 54').waitFor()
    })

    it('finds a study by its UID, and reports if there is none', async () => {
      await open('/', 'reader')
      await page.getByLabel('Study', { exact: true }).fill(madeUpStudy(7).studyInstanceUid)
      await page.keyboard.press('Enter')
      await page.getByText('1 to 1 of 1').waitFor()
      await page.getByLabel('Study', { exact: true }).fill('1.2.3')
      await page.getByRole('button', { name: 'Find' }).click()
      await page.getByText('No jobs match.').waitFor()
    })

    it('shows results in brief, finds them by accession number, and puts small volumes first', async () => {
      await open('/', 'reader')
      await page.getByText('Checks that found nothing new are hidden.').waitFor()
      expect((await rows().allInnerTexts()).some((text) => text.includes('unchanged'))).toBe(false)
      await page.getByLabel('Study', { exact: true }).fill('A-2026-0815')
      await page.keyboard.press('Enter')
      await page.getByText('1 to 3 of 3').waitFor()
      const row = rows().first()
      await row.getByText('below percentile 5').waitFor()
      expect((await row.innerText()).replaceAll(/\s+/g, ' ')).toContain(
        '2026-11-21 · A-2026-0815 · series 2 t1_mprage_sag_p2_iso Left 4,200 mm³, percentile 2.3 · Right',
      )
      await page.getByRole('button', { name: 'Show all jobs' }).click()
      await page.getByLabel('Order').selectOption('percentile')
      await page.waitForURL(/\?order=percentile$/)
      await page.getByRole('checkbox', { name: 'small volumes only' }).check()
      await page.getByText('1 to 3 of 3').waitFor()
    })

    it('takes an answer to a result: accepted, or rejected with a reason', async () => {
      const { jobs } = await service.store.list({ states: ['succeeded'], limit: 1, offset: 5 })
      await open(`/?job=${jobs[0]!.id}`, 'operator')
      const details = page.getByRole('region', { name: 'Details of the selected job' })
      await details.getByRole('button', { name: 'Accept' }).click()
      await details.getByText(/^Accepted by/).waitFor()
      await details.getByRole('button', { name: 'Reject' }).click()
      const dialog = page.getByRole('dialog', { name: 'Reject this result?' })
      await dialog.getByRole('button', { name: 'Reject result' }).click()
      // Without a reason nothing is sent.
      expect(await dialog.isVisible()).toBe(true)
      await dialog.getByLabel('Reason').fill('Moved')
      expect(await findBarriers(page)).toEqual([])
      await dialog.getByRole('button', { name: 'Reject result' }).click()
      await details.getByText(/^Rejected by .*: Moved$/).waitFor()
      expect(await details.getByRole('button', { name: 'Reject' }).count()).toBe(0)
      expect((await service.store.find(jobs[0]!.id))?.answer).toMatchObject({ reason: 'Moved' })
    })

    it('turns pages', async () => {
      await open('/', 'reader')
      const newest = await rows().first().innerText()
      await page.getByRole('button', { name: 'Older' }).click()
      await page.getByText('26 to 50 of 54').waitFor()
      await page.getByRole('button', { name: 'Older' }).click()
      await page.getByText('51 to 54 of 54').waitFor()
      expect(await page.getByRole('button', { name: 'Older' }).isDisabled()).toBe(true)
      expect(page.url()).toMatch(/page=3$/)
      await page.goto(`${service.url}/`)
      await rows().first().waitFor()
      expect(await rows().first().innerText()).toBe(newest)
    })

    it('opens a job with the keyboard, announces it, and returns the focus', async () => {
      await open('/?state=succeeded', 'reader')
      const link = rows().nth(2).getByRole('link')
      await link.focus()
      await page.keyboard.press('Enter')
      const heading = page.getByRole('heading', { name: /^Job succeeded$/ })
      await heading.waitFor()
      await expect.poll(() => page.evaluate('document.activeElement.id')).toBe('job')
      await page.keyboard.press('Escape')
      await heading.waitFor({ state: 'detached' })
      const id = await link.getAttribute('id')
      await expect.poll(() => page.evaluate('document.activeElement.id')).toBe(id)
      expect(page.url()).toMatch(/\/\?state=succeeded$/)
    })

    it('shows all facts about a job', async () => {
      await open('/?state=succeeded', 'reader')
      await rows().nth(1).getByRole('link').click()
      const details = page.getByRole('region', { name: 'Details of the selected job' })
      await details.getByText('t1_mprage_sag_p2_iso').waitFor()
      const text = await details.innerText()
      for (const wanted of [
        'A T1-weighted whole head with 1.0 mm voxels.',
        'Its slices are 5.0 mm apart; at most 2.0 mm can be measured. THICK_SLICES',
        'Look at the contours before you use the volume. CONFIDENCE',
        '2 other quality checks passed. Model hippo-unet 1.0.0.',
        'find the hippocampi',
        '4.9 s',
      ]) {
        expect(text.replaceAll(/\s+/g, ' ')).toContain(wanted)
      }
      const volumes = details.getByRole('row', { name: /^Left/ })
      expect(await volumes.innerText()).toMatch(/1,986\s+2,214\s+4,200/)
      expect(
        await details.getByRole('link', { name: 'Open in the viewer' }).getAttribute('href'),
      ).toMatch(/^http:\/\/viewer\.example\/viewer\?StudyInstanceUIDs=1\.2/)
      const image = details.getByRole('img', { name: /report page/ })
      await image.waitFor()
      expect(
        await page.evaluate("document.querySelector('.preview img').naturalWidth"),
      ).toBeGreaterThan(500)
      await details.getByRole('button', { name: 'Show larger' }).click()
      const larger = page.getByRole('dialog', { name: 'Report page' })
      await larger.waitFor()
      await page.keyboard.press('Escape')
      await larger.waitFor({ state: 'hidden' })
      expect(await details.isVisible()).toBe(true)
    })

    it('offers results as downloads, because a link cannot send the token', async () => {
      await open('/?state=succeeded', 'reader')
      await rows().first().getByRole('link').click()
      for (const [name, file] of [
        ['Results (JSON)', /^results-.*\.json$/],
        ['Results (FHIR)', /^fhir-.*\.json$/],
      ] as const) {
        const [download] = await Promise.all([
          page.waitForEvent('download'),
          page.getByRole('button', { name }).click(),
        ])
        expect(download.suggestedFilename()).toMatch(file)
      }
    })

    it('explains why a job failed or was rejected, with its code and advice', async () => {
      await open('/?state=rejected', 'reader')
      await rows().filter({ hasText: 'No head' }).first().getByRole('link').click()
      await page.getByText('It will be checked again when it changes.').waitFor()
      await page.getByText('HEAD_NOT_FOUND').waitFor()
      await page.getByText('HEAD_FOUND', { exact: true }).waitFor()
      await page.getByRole('img', { name: /report page/ }).waitFor()
      await page.goto(`${service.url}/?state=failed`)
      await rows().first().getByRole('link').click()
      await page.getByText('Once the cause is resolved, run the study again.').waitFor()
    })

    it('offers a reader only permitted actions, and says so', async () => {
      await open('/?state=succeeded', 'reader')
      await rows().first().getByRole('link').click()
      await page.getByText('Your token can only read.').waitFor()
      expect(await page.getByRole('button', { name: 'Run again' }).count()).toBe(0)
      expect(await page.getByRole('button', { name: 'Make a new result' }).count()).toBe(0)
      await page.getByRole('link', { name: 'Backfills' }).click()
      await page.getByText('874 of 2,314').waitFor()
      expect(await page.getByRole('button', { name: 'Pause' }).count()).toBe(0)
      expect(await page.getByRole('button', { name: 'New backfill' }).count()).toBe(0)
    })

    it('runs a study again, and makes a new result only after asking', async () => {
      await open('/?state=succeeded', 'operator')
      await rows().nth(3).getByRole('link').click()
      await page.getByRole('button', { name: 'Run again' }).click()
      await page.getByText('The study is being checked again. This is the job.').waitFor()
      const id = new URL(page.url()).searchParams.get('job') ?? ''
      expect(await service.store.find(id)).toMatchObject({ trigger: 'request', force: false })
      await page.getByRole('heading', { name: 'Job queued' }).waitFor()

      await page.goto(`${service.url}/?state=succeeded`)
      await rows().nth(4).getByRole('link').click()
      await page.getByRole('button', { name: 'Make a new result' }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Back' }).click()
      const before = await service.store.countByState()
      await page.getByRole('button', { name: 'Make a new result' }).click()
      await page
        .getByRole('dialog', { name: 'Make a new result?' })
        .getByRole('button', { name: 'Make a new result' })
        .click()
      await page.getByText('A new result is being made for this study.').waitFor()
      expect((await service.store.countByState()).queued).toBe(before.queued + 1)
      const forced = new URL(page.url()).searchParams.get('job') ?? ''
      expect(await service.store.find(forced)).toMatchObject({ force: true })
    })

    it('cancels a job after asking, and says why it cannot', async () => {
      const job = await enqueue(900)
      await open(`/?job=${job.id}`, 'operator')
      await page.getByRole('button', { name: 'Cancel' }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Cancel job' }).click()
      await page.getByText('The job is cancelled.').waitFor()
      await page.getByRole('heading', { name: 'Job cancelled' }).waitFor()

      const late = await enqueue(901)
      await page.goto(`${service.url}/?job=${late.id}`)
      await page.getByRole('button', { name: 'Cancel' }).click()
      await service.store.cancel(late.id)
      await page.getByRole('dialog').getByRole('button', { name: 'Cancel job' }).click()
      await page.getByText('JOB_NOT_CANCELLABLE').waitFor()
    })

    it('updates live, without moving the focus', async () => {
      await open('/', 'reader')
      const link = rows().nth(1).getByRole('link')
      await link.focus()
      const id = await link.getAttribute('id')
      const job = await enqueue(902)
      await page.locator(`#job-${job.id}`).waitFor()
      expect(await page.evaluate('document.activeElement.id')).toBe(id)
      const row = rows().filter({ has: page.locator(`#job-${job.id}`) })
      expect(await row.innerText()).toContain('queued')
      await service.store.cancel(job.id)
      await row.getByText('cancelled', { exact: true }).waitFor()
      expect(await page.evaluate('document.activeElement.id')).toBe(id)
    })

    it('does not announce automatic updates', async () => {
      await open('/', 'reader')
      await page.evaluate(`
        window.said = []
        for (const region of document.querySelectorAll('[role=status], [role=alert], [aria-live]')) {
          const watch = { childList: true, subtree: true, characterData: true }
          new MutationObserver(() => said.push(region.textContent)).observe(region, watch)
        }
      `)
      const job = await enqueue(903)
      await page.locator(`#job-${job.id}`).waitFor()
      await service.store.cancel(job.id)
      await page.waitForTimeout(2500)
      expect(await page.evaluate('said')).toEqual([])
    })

    // The second page reaches back for more than a day, and so holds dates at every hour.
    const windows = [
      ['/', 'en-GB'],
      ['/?page=2', 'fi-FI'],
      ['/?page=2', 'en-GB'],
      ['/?page=2', 'en-US'],
    ] as const
    it.each(isLongRun ? windows : windows.slice(0, 2))(
      'fits windows of every width, with and without an open job: %s as in %s',
      async (path, locale) => {
        await open(path, 'reader', locale)
        for (const isOpen of [false, true]) {
          if (isOpen) await rows().first().getByRole('link').click()
          for (const width of [1440, 1200, 1100, 1099, 880, 800, 700, 640, 639, 480, 360, 320]) {
            await page.setViewportSize({ width, height: 740 })
            const spilled = await page.evaluate(`
              [...document.querySelectorAll('table.jobs, table.jobs a, table.jobs time')]
                .filter((one) => one.checkVisibility())
                .filter((one) => {
                  const box = (one.closest('td') ?? document.querySelector('.jobs-column')).getBoundingClientRect()
                  return one.getBoundingClientRect().right > box.right + 1
                })
                .map((one) => one.outerHTML.slice(0, 200))
            `)
            expect(spilled, `${width} pixels`).toEqual([])
            expect(await isTooWide(page), `${width} pixels`).toBe(false)
          }
          await page.setViewportSize({ width: 1440, height: 740 })
        }
      },
    )

    it('shows the day of jobs created before today', async () => {
      await open('/?page=2', 'reader')
      const last = rows().last().locator('time')
      expect(await last.innerText()).toMatch(/^\d{1,2} [A-Z][a-z]+, \d\d:\d\d$/)
      expect(await last.getAttribute('title')).toMatch(/^\d\d\/\d\d\/\d{4}, \d\d:\d\d:\d\d$/)
    })

    it('keeps the table a table on a phone', async () => {
      await open('/', 'reader')
      await page.setViewportSize({ width: 360, height: 740 })
      await page.getByRole('table').waitFor()
      expect(await page.getByRole('columnheader').count()).toBe(3)
      expect(await page.getByRole('row').count()).toBe(26)
      expect(await page.getByRole('row').nth(1).getByRole('cell').count()).toBe(3)
    })

    it('starts, pauses and cancels backfills', async () => {
      await open('/?view=backfills', 'operator')
      await page.getByRole('button', { name: 'New backfill' }).click()
      await page.getByRole('textbox', { name: 'Studies from' }).fill('2025-01-01')
      await page.getByLabel(/^Descriptions/).fill('Hippo*\n\n Dementia ')
      await page.getByLabel('Maximum studies per minute').fill('4')
      await page.getByRole('button', { name: 'Start' }).click()
      await page.getByText('The backfill has started.').waitFor()
      const second = page.getByRole('listitem').filter({ hasText: '874 of' })
      await second.getByRole('button', { name: 'Pause' }).click()
      await page.getByText('The backfill is paused.').waitFor()
      await second.getByRole('button', { name: 'Resume' }).waitFor()
      await second.getByRole('button', { name: 'Cancel' }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Cancel backfill' }).click()
      await page.getByText('The backfill is cancelled.').waitFor()
      const query = { from: '20250101', descriptions: ['Hippo*', 'Dementia'] }
      expect(asked).toEqual([
        `create ${JSON.stringify({ query, ratePerMinute: 4 })}`,
        'pause b3',
        'cancel b3',
      ])
    })

    it('lists the models and the active one', async () => {
      await open('/?view=models', 'reader')
      const active = page.getByRole('row', { name: /1\.0\.0/ })
      expect(await active.innerText()).toContain('active')
      expect(await page.getByRole('row', { name: /0\.3\.0/ }).innerText()).toContain('not yet')
    })
  })

  it('reports a lost connection, and resumes automatically when the service is back', async () => {
    const service = await startMadeUpService({ jobs: 4 })
    const { page, close } = await openPage(browser, service, { role: 'operator' })
    await page.getByText('1 to 4 of 4').waitFor()
    await service.stop()
    await page.getByRole('status').getByText('Connection lost').waitFor()
    expect(await page.getByText('Archive ready').count()).toBe(0)
    const again = await startMadeUpService({ jobs: 8, port: service.port })
    await page.getByText('1 to 8 of 8').waitFor()
    await page.getByText('Live', { exact: true }).waitFor()
    expect(await page.getByText('Connection lost').count()).toBe(0)
    await close()
    await again.stop()
  })

  it('asks for a token again when the current one is no longer valid', async () => {
    const service = await startMadeUpService({ jobs: 4 })
    const { page, close } = await openPage(browser, service, { role: 'operator' })
    await page.getByText('1 to 4 of 4').waitFor()
    await service.stop()
    const tokens = { ...madeUpTokens, operatorToken: 'another-token-0123456789' }
    const again = await startMadeUpService({ port: service.port, options: { tokens } })
    await page.getByText('It may have expired or been replaced.').waitFor()
    await close()
    await again.stop()
  })
})
