import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { readConfig } from '../config.ts'
import { requireAcceptance } from '../models/acceptance.ts'
import { findInstalledModel, watchInstalledModels } from '../models/installed-models.ts'
import { choiceMark, chooseActive, parseChoice } from '../models/model-choice.ts'
import type { ModelsView } from '../models/model-service.ts'
import type { ComparisonTable } from '../models/summarize-comparisons.ts'
import { openJobStore } from '../queue/open-job-store.ts'
import { software } from '../software.ts'
import { resolveManifest } from '../wiring/shipped-model.ts'
import { modelPlaces } from '../wiring/start-models.ts'
import { callService, type ServiceAddress } from './service-client.ts'

export interface ModelsOptions extends ServiceAddress {
  readonly json?: boolean
}

async function request<Reply>(...call: Parameters<typeof callService>): Promise<Reply> {
  return (await (await callService(...call)).json()) as Reply
}

function describeModels({ active, shadow, installed, unusable, problem }: ModelsView): string {
  const stateOf = ({ sha256, checked }: ModelsView['installed'][number]) => {
    if (sha256 === active?.sha256) return 'measures'
    if (sha256 === shadow?.sha256) return 'shadow mode'
    return checked ? 'may be used' : 'not checked'
  }
  const lossOf = ({ lossSlopes }: ModelsView['installed'][number]) =>
    lossSlopes === undefined
      ? 'loss not measured'
      : `slope of loss ${lossSlopes.anchored.toFixed(2)} and ${lossSlopes.flow.toFixed(2)}`
  return [
    ...installed.map(
      (model) =>
        `${model.name} ${model.version} (${model.sha256.slice(0, 8)}): ${stateOf(model)}, ${lossOf(model)}, ${model.origin}, ${model.path}`,
    ),
    ...unusable.map(({ path, error }) => `${path}: not usable. ${error.message}`),
    ...(active === undefined ? ['No model is loaded at the moment.'] : []),
    ...(problem === undefined ? [] : [`Problem: ${problem.message}`]),
  ].join('\n')
}

function showModels(view: ModelsView, { json }: ModelsOptions): number {
  console.log(json ? JSON.stringify(view, null, 2) : describeModels(view))
  return 0
}

/** Shows the installed models; returns the exit code, as all of these do. */
export async function listModels(options: ModelsOptions): Promise<number> {
  return showModels(await request<ModelsView>(options, '/api/v1/models'), options)
}

/** Stores the choice for a service that is not running. */
async function useOffline(wanted: string): Promise<number> {
  const config = readConfig(process.env)
  const { models } = await watchInstalledModels(modelPlaces(config))()
  const model = findInstalledModel(models, wanted)
  await requireAcceptance(model, findInstalledModel(models, 'builtin'), software.version)
  const { name, version, sha256 } = model
  const isConfigured = model.manifestPath === resolveManifest(config.MODEL_MANIFEST)
  const active = isConfigured ? undefined : { name, version, sha256 }
  const change = { changedAt: new Date().toISOString(), changedBy: 'command line' }
  const store = await openJobStore({
    databaseUrl: config.DATABASE_URL,
    path: join(config.DATA_DIR, 'queue.sqlite'),
    clock: Date.now,
    createId: randomUUID,
    log: { info() {}, warn() {}, error() {} },
  })
  try {
    const choice = parseChoice(await store.readMark(choiceMark))
    await store.writeMark(choiceMark, JSON.stringify(chooseActive(choice, active, change)))
  } finally {
    await store.close()
  }
  console.log(`${name} ${version} will be active from the next start.`)
  return 0
}

/** Switches the model for new jobs. */
export async function useModel(
  version: string,
  options: ModelsOptions & { readonly offline: boolean },
): Promise<number> {
  if (options.offline) return useOffline(version)
  return showModels(
    await request<ModelsView>(options, '/api/v1/models/active', { version }),
    options,
  )
}

/** Rolls back to the model before the last switch. */
export async function rollBackModel(options: ModelsOptions): Promise<number> {
  return showModels(await request<ModelsView>(options, '/api/v1/models/rollback', {}), options)
}

/** Starts a second model in shadow mode; `off` stops it. */
export async function shadowModel(version: string, options: ModelsOptions): Promise<number> {
  const body = { version: version === 'off' ? null : version }
  return showModels(await request<ModelsView>(options, '/api/v1/models/shadow', body), options)
}

const round = (value: number) => Math.round(value)

function describeTable(table: ComparisonTable): string {
  const { active, shadow, studies, failed, rows, worst, milliseconds } = table
  const head = ['kind', 'side', 'part', 'n', 'mean', 'difference', 'limits', 'Dice', 'worst']
  const cells = rows.map((row) => [
    row.kind,
    row.side,
    row.part,
    String(row.cases),
    `${round(row.meanActiveMm3)}`,
    `${round(row.meanDifferenceMm3)} (${row.meanDifferencePercent.toFixed(1)} %)`,
    row.limitsOfAgreementMm3?.map(round).join(' to ') ?? '',
    row.meanDice.toFixed(3),
    row.worstDice.toFixed(3),
  ])
  const widths = head.map((title, column) =>
    Math.max(title.length, ...cells.map((line) => line[column]!.length)),
  )
  const line = (texts: readonly string[]) =>
    texts.map((text, column) => text.padEnd(widths[column]!)).join('  ')
  return [
    `${shadow.name} ${shadow.version} compared with the active ${active.name} ${active.version}: ${studies} studies, ${table.from.slice(0, 10)} to ${table.to.slice(0, 10)}. Volumes in mm3.`,
    ...failed.map(({ code, studies: count }) => `Not measured: ${count} (${code})`),
    '',
    line(head),
    ...cells.map(line),
    '',
    `Time: ${milliseconds.activeMedian} ms and ${milliseconds.shadowMedian} ms (median), ${milliseconds.shadow95} ms (95 %).`,
    'Least agreement:',
    ...worst.map(
      ({ jobId, side, activeMm3, shadowMm3, dice }) =>
        `  job ${jobId}, ${side}: Dice ${dice.toFixed(3)}, ${round(activeMm3)} and ${round(shadowMm3)} mm3`,
    ),
  ].join('\n')
}

/** Shows how the model in shadow mode compares with the one in use. */
export async function compareModels(options: ModelsOptions): Promise<number> {
  const table = await request<ComparisonTable>(options, '/api/v1/models/comparison')
  console.log(options.json ? JSON.stringify(table, null, 2) : describeTable(table))
  return 0
}
