import { describe, expect, it } from 'vitest'
import { refusalOf } from '../../src/archive/archive-error.ts'
import type { ArchiveHttp } from '../../src/archive/archive-http.ts'
import { isTooNested, requestJson } from '../../src/archive/read-answer.ts'
import { readChanges } from '../../src/archive/read-changes.ts'
import { renderInstance } from '../../src/archive/store-instance.ts'

/** An archive that answers each request with this body. */
const answering = (body: () => AsyncIterable<Uint8Array>): ArchiveHttp => ({
  exchange: (_request, consume) => consume(body(), { contentType: '', etag: '' }),
  close: async () => {},
})
const answeringText = (text: string) =>
  answering(async function* () {
    yield Buffer.from(text)
  })

describe('a refusal while a result is stored', () => {
  it.each([408, 423, 425, 429])('with status %i is retried', (status) => {
    expect(refusalOf(status, '', 'store')).toMatchObject({ retryable: true })
  })

  it('says how to resolve it', () => {
    expect(refusalOf(413, '', 'store').message).toMatch(/body limit/)
    expect(refusalOf(403, '', 'store').message).toMatch(/may not write/)
    expect(refusalOf(400, '', 'store')).toMatchObject({ code: 'STORE_REFUSED', retryable: false })
  })
})

describe('what an archive answers', () => {
  it('is not parsed if it is nested too deeply', () => {
    expect(isTooNested(Buffer.from('['.repeat(1_000_000)))).toBe(true)
    expect(isTooNested(Buffer.from('[],'.repeat(3_000_000)))).toBe(true)
    expect(isTooNested(Buffer.from('[{"a":"[[[[ \\" [[["}]'))).toBe(false)
  })

  it('is refused beyond the limit of the request', async () => {
    const http = answeringText(`"${'x'.repeat(1000)}"`)
    const request = { path: '/', stage: 'catalogue' } as const
    await expect(requestJson(http, { ...request, maximumBytes: 100 })).rejects.toMatchObject({
      code: 'ARCHIVE_ANSWER_INVALID',
    })
    expect(await requestJson(http, request)).toHaveLength(1000)
  })

  it('is refused if a page never ends', async () => {
    const http = answering(async function* () {
      for (;;) yield Buffer.alloc(2 ** 20)
    })
    await expect(renderInstance(http, 'a')).rejects.toMatchObject({
      code: 'ARCHIVE_ANSWER_INVALID',
    })
  })

  it('is refused if the changes do not advance', async () => {
    const change = { Seq: 5, ChangeType: 'NewInstance', ResourceType: 'Instance', ID: 'a' }
    const page = { Changes: [{ ...change, Date: '20260101T000000' }], Done: false, Last: 5 }
    const http = answeringText(JSON.stringify(page))
    await expect(readChanges(http, 5, 10)).rejects.toMatchObject({ code: 'ARCHIVE_ANSWER_INVALID' })
    expect(await readChanges(http, 4, 10)).toMatchObject({ last: 5 })
  })
})
