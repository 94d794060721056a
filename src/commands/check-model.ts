import type { Norms } from '../measurement/norms/norms.ts'
import { writeAcceptance } from '../models/acceptance.ts'
import { checkModel } from '../models/check-model.ts'
import { software } from '../software.ts'
import { shippedManifest } from '../wiring/shipped-model.ts'
import { createProgress } from './progress.ts'

export interface CheckModelOptions {
  readonly cases: string
  /** Norms in which to find the model's calibration. */
  readonly norms: Norms
  readonly side: 'left' | 'right'
  readonly threads: number
  readonly json?: boolean
  readonly quiet?: boolean
}

/**
 * Checks a model against the shipped one and writes the record next to its manifest. Returns the
 * exit code: 0 accepted, 1 refused. Throws if the model cannot be run or the folder contains no
 * cases.
 */
export async function check(manifestPath: string, options: CheckModelOptions): Promise<number> {
  const { cases: folder, norms, side, threads, json, quiet } = options
  const progress = createProgress(process.stderr, (quiet ?? false) || (json ?? false))
  const record = await checkModel({
    manifestPath,
    shippedPath: shippedManifest,
    folder,
    norms,
    side,
    threads,
    softwareVersion: software.version,
    clock: Date.now,
    monotonicClock: () => performance.now(),
    onProgress: (done) => done % 10 === 0 && progress.say(`${done} crops`),
  })
  const path = await writeAcceptance(manifestPath, record)
  if (json) console.log(JSON.stringify(record, null, 2))
  else {
    const { model, shipped, accepted, requirements } = record
    console.log(
      [
        `${model.name} ${model.version} against the shipped ${shipped.name} ${shipped.version}, ${record.cases} crops`,
        ...requirements.map(
          ({ name, met, sentence }) => `${met ? 'met    ' : 'NOT MET'} ${name}: ${sentence}`,
        ),
        accepted ? 'Accepted: it may be activated.' : 'Rejected: it may not be activated.',
        path,
      ].join('\n'),
    )
  }
  return record.accepted ? 0 : 1
}
