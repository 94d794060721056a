/** What made a job, in words. @type {Record<string, string>} */
export const triggerNames = {
  hook: 'new study',
  sweep: 'missed study',
  request: 'request',
  history: 'comparison',
  backfill: 'backfill',
}
