/** What the service does in each stage. @type {Record<string, string>} */
export const stageNames = {
  catalogue: 'read the study',
  select: 'select the series',
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
  verify: 'verify the stored results',
  forward: 'forward the results',
}
