import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { unframeMessage } from '../../src/hl7/mllp-frame.ts'
import { readAcknowledgement } from '../../src/hl7/read-acknowledgement.ts'
import { sendOverMllp } from '../../src/hl7/send-over-mllp.ts'
import { startMllpListener } from '../support/mllp-listener.ts'

const message = ['MSH', '^~\\&', 'A', '', 'B', '', '2026', '', 'ORU^R01', 'HV1', 'P', '2.5.1'].join(
  '|',
)
const signal = new AbortController().signal

describe('sending over MLLP', () => {
  let listener: Awaited<ReturnType<typeof startMllpListener>>
  const send = (timeoutMilliseconds = 2_000) =>
    sendOverMllp(
      { host: '127.0.0.1', port: listener.port, isTls: false },
      `${message}\rPID|1||Zoë\r`,
      { signal, timeoutMilliseconds },
    )

  beforeEach(async () => {
    listener = await startMllpListener()
  })
  afterEach(() => listener.stop())

  it('delivers the message unchanged, and reads the acknowledgement', async () => {
    for (const code of ['AA', 'CA']) {
      listener.reply(() => ({ code }))
      expect(() => readAcknowledgement('', 'HV1')).toThrow(/did not acknowledge our message/)
      readAcknowledgement(await send(), 'HV1')
    }
    expect([...listener.filed.values()]).toEqual([`${message}\rPID|1||Zoë\r`])
    expect(listener.countArrivals()).toBe(2)
  })

  it.each([
    ['AE', 'FORWARD_REFUSED', false],
    ['CE', 'FORWARD_REFUSED', false],
    ['AR', 'FORWARD_FAILED', true],
    ['CR', 'FORWARD_FAILED', true],
  ])('reports why it was not accepted: %s is %s', async (code, expected, retryable) => {
    listener.reply(() => ({ code, text: 'No such', error: 'patient \\T\\ order' }))
    const answer = await send()
    expect(() => readAcknowledgement(answer, 'HV1')).toThrow(
      expect.objectContaining({
        code: expected,
        retryable,
        message: expect.stringContaining(
          `(${code}): No such; 204 Unknown key HL70357; patient & order`,
        ),
      }),
    )
    expect(listener.filed.size).toBe(0)
  })

  it('ignores the acknowledgement of another message', async () => {
    const answer = await send()
    expect(() => readAcknowledgement(answer, 'HV2')).toThrow(/did not acknowledge our message/)
  })

  it('fails with a retryable error if there is no response', async () => {
    listener.reply(() => undefined)
    await expect(send()).rejects.toMatchObject({ code: 'FORWARD_FAILED', retryable: true })
    listener.reply(() => new Promise(() => {}))
    await expect(send(50)).rejects.toThrow(/did not respond in time/)
    await listener.stop()
    await expect(send()).rejects.toThrow(/cannot be reached \(ECONNREFUSED\)/)
    listener = await startMllpListener()
  })

  it('waits for the complete frame', () => {
    const frame = Buffer.from('\u000bMSH|^~\\&\rMSA|AA|HV1\r\u001c\r')
    expect(unframeMessage(frame.subarray(0, -1))).toBeUndefined()
    expect(unframeMessage(frame)).toBe('MSH|^~\\&\rMSA|AA|HV1\r')
  })
})
