import { Writable } from 'node:stream'
import { pino } from 'pino'
import { expect, it } from 'vitest'
import { api, createTestApp, study } from './test-app.ts'

it("every log line of a request about a job has the job's id, and no other does", async () => {
  const lines: { msg: string; jobId?: string; reqId?: string }[] = []
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(JSON.parse(String(chunk)))
      done()
    },
  })
  const test = await createTestApp({ log: pino({ level: 'info' }, sink) })
  const { job } = await test.store.enqueue({ ...study, trigger: 'hook', force: false })
  lines.length = 0
  await test.app.inject({ url: `/api/v1/jobs/${job.id}/results`, headers: api })
  const about = lines.filter(({ msg }) => msg !== 'incoming request')
  expect(about.map(({ jobId }) => jobId)).toEqual(about.map(() => job.id))
  expect(about.map(({ msg }) => msg)).toContain('request completed')
  lines.length = 0
  await test.app.inject({ url: '/api/v1/jobs', headers: api })
  expect(lines.filter(({ jobId }) => jobId !== undefined)).toEqual([])
  await test.close()
})
