/** What the service does at a stage, in words. @type {Record<string, string>} */
export const stageNames = {
  catalogue: 'look at the study',
  select: 'choose the series',
  fetch: 'fetch the images',
  decode: 'decode the images',
  assemble: 'assemble the volume',
  localize: 'find the hippocampi',
  infer: 'segment',
  measure: 'measure',
  history: 'compare with earlier studies',
  report: 'draw the report',
  encode: 'write DICOM',
  store: 'store in the archive',
  verify: 'check what is stored',
  forward: 'send on',
}
