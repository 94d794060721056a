import type { BackfillService, BackfillStatus } from '../../src/backfill/backfill-service.ts'
import type { ModelService, ModelsView } from '../../src/models/model-service.ts'

const none = {
  queued: 0,
  running: 0,
  succeeded: 0,
  unchanged: 0,
  rejected: 0,
  failed: 0,
  cancelled: 0,
}

const still = {
  passedOver: 0,
  total: undefined,
  secondsLeft: undefined,
  error: undefined,
  finishedAt: undefined,
}

function makeBackfills(): BackfillStatus[] {
  return [
    {
      ...still,
      id: 'b3',
      createdAt: Date.parse('2026-11-25T18:02:11.000Z'),
      createdBy: 'operator',
      query: { from: '20240101', to: '20241231', descriptions: ['Hippocampus', 'Dementia'] },
      state: 'running',
      total: 2314,
      looked: 2314,
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
      ...still,
      id: 'b2',
      createdAt: Date.parse('2026-11-24T07:30:00.000Z'),
      createdBy: 'm.okafor',
      query: { patientIds: Array.from({ length: 48 }, (_, index) => `P${index}`) },
      state: 'paused',
      looked: 112,
      found: 112,
      enqueued: 60,
      ended: 58,
      counts: { ...none, queued: 2, succeeded: 51, rejected: 7 },
      ratePerMinute: 2,
    },
    {
      ...still,
      id: 'b1',
      createdAt: Date.parse('2026-11-20T09:12:45.000Z'),
      createdBy: 'operator',
      query: { from: '20260101' },
      state: 'failed',
      looked: 18,
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

const model = (name: string, version: string, checked = true) => ({
  name,
  version,
  checked,
  sha256: 'ab'.repeat(32),
  path: `/models/${name}-${version}.json`,
  origin: 'site' as const,
})

/** Backfills and models that answer as the real ones do, and remember what is asked of them. */
export function makeUpParts(): {
  readonly asked: string[]
  readonly options: { readonly backfills: BackfillService; readonly models: ModelService }
} {
  const asked: string[] = []
  const backfills = makeBackfills()
  const find = (id: string) => backfills.find((one) => one.id === id)!
  const set = (verb: string, state: BackfillStatus['state']) => async (id: string) => {
    asked.push(`${verb} ${id}`)
    return Object.assign(find(id), { state })
  }
  const [first, second] = [model('hippo-unet', '1.0.0'), model('hippo-unet', '1.1.0')]
  const view = async (): Promise<ModelsView> => ({
    active: first,
    shadow: second,
    installed: [first, second, model('site-retrained', '0.3.0', false)],
    unusable: [],
  })
  return {
    asked,
    options: {
      backfills: {
        list: async () => backfills,
        find: async (id) => find(id),
        async create({ query, ratePerMinute }) {
          asked.push(`create ${JSON.stringify({ query, ratePerMinute })}`)
          const made = { ...makeBackfills()[0]!, id: 'b4', query, ended: 0, counts: none }
          backfills.unshift(made)
          return made
        },
        pause: set('pause', 'paused'),
        resume: set('resume', 'running'),
        cancel: set('cancel', 'cancelled'),
      },
      models: { view, use: view, rollBack: view, shadow: view, compare: async () => undefined },
    },
  }
}
