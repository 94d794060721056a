import { describe, expect, it } from 'vitest'
import { boundaryOf, readMultipart } from '../../src/archive/read-multipart.ts'

async function* inChunks(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function readAll(bytes: Buffer, size: number, boundary = 'edge'): Promise<string[]> {
  const parts: string[] = []
  for await (const part of readMultipart(inChunks(bytes, size), boundary, 'fetch')) {
    parts.push(Buffer.from(part).toString('latin1'))
  }
  return parts
}

/** Contents made of what a careless parser trips over. */
const contents = [
  'plain',
  '',
  '\r\n',
  '--edge',
  '\r\n--edg',
  'ends with a line end\r\n',
  '\r\n\r\n--\r\n-',
  `\0\x01\xff${'x'.repeat(300)}\r\n--ed`,
]

function multipart(parts: readonly string[], { preamble = '', epilogue = '' } = {}): Buffer {
  const headers = 'Content-Type: application/dicom\r\nContent-Location: somewhere'
  const body = parts.map((part) => `--edge\r\n${headers}\r\n\r\n${part}\r\n`).join('')
  return Buffer.from(`${preamble}${body}--edge--${epilogue}`, 'latin1')
}

describe('reading a multipart body', () => {
  const body = multipart(contents)

  it('returns every part byte for byte, wherever the chunks end', async () => {
    for (let size = 1; size <= body.length; size++) {
      expect(await readAll(body, size)).toEqual(contents)
    }
  })

  it('ignores preamble, epilogue and padding after the delimiter', async () => {
    const padded = multipart(['a', 'b'], { preamble: 'hello\r\n', epilogue: '\r\n--edge\r\n\r\nc' })
    const text = padded.toString('latin1').replace('--edge\r\n', '--edge \t\r\n')
    for (const size of [1, 7, 1000]) {
      expect(await readAll(Buffer.from(text, 'latin1'), size)).toEqual(['a', 'b'])
    }
  })

  it('reads parts without headers, and a body without parts', async () => {
    expect(await readAll(Buffer.from('--edge\r\n\r\na\r\n--edge--'), 3)).toEqual(['a'])
    expect(await readAll(Buffer.from('--edge--\r\n'), 3)).toEqual([])
  })

  it('calls a body that ends early incomplete, at whatever byte it ends', async () => {
    const whole = multipart(['first', 'second'])
    for (let length = '--edge'.length; length < whole.length; length++) {
      await expect(readAll(whole.subarray(0, length), 11)).rejects.toMatchObject({
        code: 'SERIES_INCOMPLETE',
        stage: 'fetch',
        retryable: true,
      })
    }
  })

  it('refuses a body without the delimiter, and headers without end', async () => {
    const invalid = { code: 'ARCHIVE_ANSWER_INVALID' }
    await expect(readAll(Buffer.from('<html>not found</html>'), 5)).rejects.toMatchObject(invalid)
    const endless = Buffer.from(`--edge\r\n${'header: x\r\n'.repeat(5000)}`)
    await expect(readAll(endless, 1000)).rejects.toMatchObject(invalid)
  })

  it('gives parts that own their memory', async () => {
    for await (const part of readMultipart(inChunks(body, 50), 'edge', 'fetch')) {
      expect(part.byteOffset).toBe(0)
      expect(part.buffer.byteLength).toBe(part.length)
    }
  })
})

describe('the boundary of a content type', () => {
  it.each([
    ['multipart/related; type="application/dicom"; boundary=abc', 'abc'],
    ['multipart/related; boundary="a b;c"; type="application/dicom"', 'a b;c'],
    ['Multipart/Related;Boundary=x-1;start=y', 'x-1'],
    ['application/json; boundary=abc', undefined],
    ['multipart/related', undefined],
  ])('%s', (contentType, boundary) => {
    expect(boundaryOf(contentType)).toBe(boundary)
  })
})
