// The whole product on one machine: a PACS, the service, a viewer, and a study that a scanner
// sends. `npm run demo -- --help` prints the options.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import closeWithGrace from 'close-with-grace'
import { claimFolder } from './demo/claim-folder.ts'
import { type MeasuredStudy, measureFolder } from './demo/measure-folder.ts'
import { measureSample } from './demo/measure-sample.ts'
import { type DemoOptions, readOptions, usage } from './demo/options.ts'
import { announceDemo, findRunningDemo, withdrawDemo } from './demo/running-demo.ts'
import { storescuArguments } from './demo/send-study.ts'
import { type Demo, startDemo } from './demo/start-demo.ts'

const startedAt = Date.now()
const say = (line: string) =>
  console.log(`${`${((Date.now() - startedAt) / 1000).toFixed(1)} s`.padStart(8)}  ${line}`)

const hasAllReports = (studies: readonly MeasuredStudy[]) =>
  studies.every(({ report }) => report !== undefined)

function tellHowToGoOn({ viewerUrl, orthanc, service, folder }: Demo): void {
  console.log(`
  viewer        ${viewerUrl}
  operators     ${service.url}/  (token ${service.apiToken})
  REST          ${service.url}/docs  (same token: Authorization: Bearer ...)
  Orthanc       ${orthanc.url}  (account demo, password ${orthanc.accounts.demo})
  logs          ${folder}/logs
  send a study  npm run demo -- --send FOLDER
                or storescu ${storescuArguments(orthanc.aet, orthanc.dicomPort, 'FOLDER').join(' ')}

Ctrl-C ends it.`)
}

/** Reads the options and runs; returns 2 for invalid options. */
async function run(): Promise<number> {
  let options: DemoOptions
  try {
    options = readOptions(process.argv.slice(2))
  } catch (error) {
    console.error(`${(error as Error).message}\n(see npm run demo -- --help)`)
    return 2
  }
  return main(options)
}

async function main(options: DemoOptions): Promise<number> {
  if (options.help) {
    console.log(usage)
    return 0
  }
  const running = findRunningDemo(options.folder)
  if (options.send !== undefined) {
    if (running === undefined) throw new Error('No demo is running. Start one with: npm run demo')
    return hasAllReports(await measureFolder(running, options.send, say)) ? 0 : 1
  }
  if (running !== undefined) {
    throw new Error(`A demo is already running: ${running.viewerUrl} (or give another --folder).`)
  }
  claimFolder(options.folder)
  if (!options.keep) {
    for (const own of ['orthanc', 'service', 'logs']) {
      rmSync(join(options.folder, own), { recursive: true, force: true })
    }
  }
  let demo: Demo | undefined
  let isEnding = false
  const end = async () => {
    isEnding = true
    withdrawDemo(options.folder)
    await demo?.stop()
  }
  const grace = closeWithGrace({ delay: 20_000 }, end)
  try {
    demo = await startDemo({ folder: options.folder, viewerPort: options.port, say })
    const note = announceDemo(demo)
    if (options.sample && !hasAllReports(await measureSample(note, say))) {
      throw new Error('A sample study has no report.')
    }
    if (options.once) {
      say('the reports are in Orthanc; ending')
      await end()
      return 0
    }
    tellHowToGoOn(demo)
    await Promise.race([demo.orthanc.ended, demo.service.ended])
    if (isEnding) await new Promise(() => {}) // a signal came: closeWithGrace ends the process
    const gone = [demo.orthanc, demo.service].find((child) => !child.isRunning())!
    throw new Error(`${gone.name} ended unexpectedly. Its last output:\n${gone.tail()}`)
  } catch (error) {
    for (const child of demo === undefined ? [] : [demo.orthanc, demo.service]) {
      console.error(`\n${child.name}, end of ${child.logFile}:\n${child.tail()}`)
    }
    await end()
    throw error
  } finally {
    grace.uninstall()
  }
}

process.exitCode = await run().catch((error: Error) => {
  console.error(`\nThe demo failed: ${error.message}`)
  return 1
})
