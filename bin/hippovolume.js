#!/usr/bin/env node
// Plain JavaScript for any Node from 18 on. An installed package holds the command line as JavaScript. In a clone, this
// brings what is missing and hands over to TypeScript, which the Node 24 among the npm packages runs directly.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import * as nodeModule from 'node:module'
import { constants } from 'node:os'
import { fileURLToPath, pathToFileURL } from 'node:url'

const inRepository = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url))
const isClone = existsSync(inRepository('src/cli.ts'))
const command = inRepository(isClone ? 'src/cli.ts' : 'dist/cli.js')
const bundledNode = inRepository('node_modules/.bin/node')
/** Compiled once, the command line starts in half the time; where this cannot be written, it does without. */
const compiled =
  process.env.NODE_COMPILE_CACHE ?? inRepository('node_modules/.cache/hippovolume/compiled')

/** Node runs TypeScript without a flag or a warning from 22.18 on; undici needs 22.19. */
function isNewEnough() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  return major > 22 || (major === 22 && minor >= 19)
}

if (!isClone && !isNewEnough()) {
  console.error(`hippovolume needs Node.js 22.19 or newer; this is ${process.version}.`)
  process.exit(1)
}
if (isClone && !existsSync(inRepository('node_modules/.package-lock.json'))) {
  const bootstrap = inRepository('tools/bootstrap.sh')
  const { status } = spawnSync('sh', [bootstrap, 'cli'], { stdio: ['inherit', 2, 'inherit'] })
  if (status !== 0) process.exit(status ?? 1)
}

if (isNewEnough()) {
  process.argv[1] = command
  nodeModule.enableCompileCache?.(compiled)
  await import(pathToFileURL(command).href)
} else {
  const child = spawn(bundledNode, [command, ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...process.env, NODE_COMPILE_CACHE: compiled },
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    // A terminal signals the whole process group: only others' signals need to be handed on.
    process.on(signal, () => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
    })
  }
  child.on('error', (error) => {
    console.error(`hippovolume could not start ${bundledNode}: ${error.message}`)
    process.exit(1)
  })
  child.on('exit', (code, signal) => {
    process.exit(signal === null ? code : 128 + constants.signals[signal])
  })
}
