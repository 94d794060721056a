import { parentPort } from 'node:worker_threads'
import { serveRequests } from '../threads/serve-requests.ts'
import type { Volume } from '../volume/grid.ts'
import type { HeadLocalization } from './head-localization.ts'
import { locateHippocampi } from './locate-hippocampi.ts'

serveRequests<Volume, HeadLocalization>(
  parentPort!,
  async () => async (volume) => ({ answer: locateHippocampi(volume), transfer: [] }),
  {
    unusable: { code: 'LOCALIZATION_FAILED', sentence: 'The search for heads could not start' },
    failed: { code: 'LOCALIZATION_FAILED', sentence: 'The search for the hippocampi failed' },
  },
)
