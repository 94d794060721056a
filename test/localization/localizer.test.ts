import { afterEach, describe, expect, it } from 'vitest'
import { createLocalizer, type Localizer } from '../../src/localization/localizer.ts'
import { locateHippocampi } from '../../src/localization/locate-hippocampi.ts'
import { gridAround, makeHead, placeHead } from './make-head.ts'

const grid = gridAround(
  [80, 96, 90],
  [
    [2.6, 0, 0],
    [0, 2.6, 0],
    [0, 0, 2.6],
  ],
)
const head = makeHead(grid, placeHead({ size: [0.93, 0.93, 0.93], at: [0, -15, 0] }))
let localizer: Localizer | undefined

afterEach(async () => {
  await localizer?.close()
})

describe('a localizer', () => {
  it('returns the result of the search, without changing the volume or blocking the event loop', async () => {
    localizer = await createLocalizer()
    const before = head.intensities.slice()
    let ticks = 0
    const timer = setInterval(() => ticks++, 5)
    const found = await localizer.locate(head)
    clearInterval(timer)
    expect(found).toEqual(locateHippocampi(head))
    expect(head.intensities).toEqual(before)
    expect(ticks).toBeGreaterThan(5)
  })

  it('reads a volume in shared memory without a copy, with the same result', async () => {
    localizer = await createLocalizer()
    const intensities = new Float32Array(new SharedArrayBuffer(head.intensities.byteLength))
    intensities.set(head.intensities)
    const found = await localizer.locate({ ...head, intensities })
    expect(found).toEqual(await localizer.locate(head))
    expect(intensities).toEqual(head.intensities)
  })

  it('aborts immediately, and serves the next request', async () => {
    localizer = await createLocalizer()
    const abort = new AbortController()
    const aborted = localizer.locate(head, { signal: abort.signal })
    const next = localizer.locate(head)
    setTimeout(() => abort.abort(), 30)
    await expect(aborted).rejects.toMatchObject({ code: 'JOB_CANCELLED', stage: 'localize' })
    expect((await next).found).toBe(true)
  })

  it('ends a search that takes too long with a retryable error', async () => {
    const warnings: string[] = []
    localizer = await createLocalizer({
      timeLimit: 1,
      log: { warn: (_, message) => warnings.push(message) },
    })
    await expect(localizer.locate(head)).rejects.toMatchObject({
      code: 'LOCALIZATION_FAILED',
      retryable: true,
    })
    expect(warnings).toEqual(['The localization thread hangs'])
  })

  it('passes errors on', async () => {
    localizer = await createLocalizer()
    const broken = { ...head, intensities: head.intensities.map(() => Number.NaN) }
    await expect(localizer.locate(broken)).rejects.toMatchObject({ code: 'PIXEL_DATA_INVALID' })
  })
})
