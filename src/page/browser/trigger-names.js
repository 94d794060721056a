/** What made a job, in words. @type {Record<string, string>} */
export const triggerNames = {
  hook: 'new study',
  sweep: 'found later',
  request: 'a person',
  history: 'comparison',
  backfill: 'backfill',
}
