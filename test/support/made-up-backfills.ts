import type { HttpApp } from '../../src/http/http-app.ts'

const none = {
  queued: 0,
  running: 0,
  succeeded: 0,
  unchanged: 0,
  rejected: 0,
  failed: 0,
  cancelled: 0,
}

function makeBackfills() {
  return [
    {
      id: 'b3',
      createdAt: '2026-11-25T18:02:11.000Z',
      createdBy: 'operator',
      query: { from: '20240101', to: '20241231', descriptions: ['Hippocampus', 'Dementia'] },
      state: 'running',
      total: 2314,
      found: 2314,
      enqueued: 902,
      ended: 874,
      counts: {
        ...none,
        queued: 27,
        running: 1,
        succeeded: 641,
        unchanged: 12,
        rejected: 214,
        failed: 7,
      },
      ratePerMinute: 6,
      secondsLeft: 14_400,
    },
    {
      id: 'b2',
      createdAt: '2026-11-24T07:30:00.000Z',
      createdBy: 'm.okafor',
      query: { patientIds: Array.from({ length: 48 }, (_, index) => `P${index}`) },
      state: 'paused',
      found: 112,
      enqueued: 60,
      ended: 58,
      counts: { ...none, queued: 2, succeeded: 51, rejected: 7 },
      ratePerMinute: 2,
    },
    {
      id: 'b1',
      createdAt: '2026-11-20T09:12:45.000Z',
      createdBy: 'operator',
      query: { from: '20260101' },
      state: 'failed',
      found: 18,
      enqueued: 18,
      ended: 18,
      counts: { ...none, succeeded: 15, rejected: 3 },
      ratePerMinute: 10,
      error: {
        code: 'ARCHIVE_UNAUTHORIZED',
        stage: 'catalogue',
        retryable: true,
        message: 'Orthanc refuses the account of the service.',
      },
    },
  ]
}

/** Adds backfills and models that answer as the real ones do, and remember what is asked of them. */
export function addMadeUpParts(app: HttpApp): { asked: string[] } {
  const asked: string[] = []
  const backfills = makeBackfills()
  const find = (id: string) => backfills.find((one) => one.id === id)!
  app.get('/api/v1/backfills', { config: { access: 'reader' } }, async () => ({ backfills }))
  app.post('/api/v1/backfills', { config: { access: 'operator' } }, async ({ body }) => {
    asked.push(`create ${JSON.stringify(body)}`)
    const made = {
      ...makeBackfills()[0]!,
      id: 'b4',
      query: (body as { query: never }).query,
      ended: 0,
      counts: none,
    }
    backfills.unshift(made)
    return made
  })
  for (const [verb, state] of [
    ['pause', 'paused'],
    ['resume', 'running'],
    ['cancel', 'cancelled'],
  ] as const) {
    const config = { access: 'operator' } as const
    app.post(`/api/v1/backfills/:id/${verb}`, { config }, async ({ params }) => {
      const { id } = params as { id: string }
      asked.push(`${verb} ${id}`)
      return Object.assign(find(id), { state })
    })
  }
  app.get('/api/v1/models', { config: { access: 'reader' } }, async () => ({
    active: { name: 'hippo-unet', version: '1.0.0' },
    shadow: { name: 'hippo-unet', version: '1.1.0' },
    installed: [
      { name: 'hippo-unet', version: '1.0.0', checked: true },
      { name: 'hippo-unet', version: '1.1.0', checked: true },
      { name: 'site-retrained', version: '0.3.0', checked: false },
    ],
  }))
  return { asked }
}
