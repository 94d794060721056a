import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

// Many tests start the service: a process that finds its code compiled starts in half the time.
process.env.NODE_COMPILE_CACHE ??= join(
  import.meta.dirname,
  'node_modules/.cache/hippovolume/compiled',
)

/** Where .ci/run wants the counts. */
const report = process.env.TEST_REPORT

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    ...(report ? { reporters: ['default', 'json'], outputFile: { json: report } } : {}),
    // Orthanc, workers and addons start real processes: on two cores a crowd of them only adds noise.
    maxWorkers: 2,
    // Nothing in a test outlives it, so that a worker can go on to the next file without starting anew.
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
})
