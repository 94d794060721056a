import { statSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { repositoryPath } from '../repository-path.ts'

export const usage = `npm run demo                       start everything, send the sample studies, stay up until Ctrl-C
npm run demo -- --once             check that the reports are in Orthanc, then end
npm run demo -- --send FOLDER      send DICOM files to the running demo, and follow them

  --port NUMBER      port of the viewer (3000; another one if it is in use)
  --folder FOLDER    folder for data and logs (data/demo in the repository)
  --keep             continue with the data of an earlier run instead of starting empty
  --no-sample        do not send the sample studies`

export interface DemoOptions {
  readonly once: boolean
  readonly send: string | undefined
  readonly port: number
  readonly folder: string
  readonly keep: boolean
  readonly sample: boolean
  readonly help: boolean
}

/** Reads the command line. Throws a sentence about invalid options. */
export function readOptions(args: readonly string[]): DemoOptions {
  const { values } = parseArgs({
    args: [...args],
    allowNegative: true,
    options: {
      once: { type: 'boolean', default: false },
      send: { type: 'string' },
      port: { type: 'string', default: '3000' },
      folder: { type: 'string', default: repositoryPath('data/demo') },
      keep: { type: 'boolean', default: false },
      sample: { type: 'boolean', default: true },
      help: { type: 'boolean', default: false, short: 'h' },
    },
  })
  const port = Number(values.port)
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new Error(`--port must be a number from 0 to 65535, not ${values.port}.`)
  }
  const { send } = values
  if (send !== undefined && !statSync(send, { throwIfNoEntry: false })?.isDirectory()) {
    throw new Error(`--send needs a folder of DICOM files; ${send} does not exist.`)
  }
  return { ...values, send, port }
}
