/** @import { JobTrigger } from '../api-types.ts' */

/** What created a job, in words. @type {Record<JobTrigger, string>} */
export const triggerNames = {
  hook: 'new study',
  sweep: 'missed study',
  request: 'request',
  history: 'comparison',
  backfill: 'backfill',
}
