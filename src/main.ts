import closeWithGrace from 'close-with-grace'
import { pino } from 'pino'
import { readConfig } from './config.ts'
import { toHippoError } from './errors.ts'
import { software } from './software.ts'
import { jobOfLine } from './telemetry/job-context.ts'
import { startService } from './wiring/start-service.ts'

const log = pino({
  base: { service: software.name, version: software.version },
  timestamp: pino.stdTimeFunctions.isoTime,
  mixin: jobOfLine,
})

try {
  const config = readConfig(process.env)
  log.level = config.LOG_LEVEL
  const service = await startService(config, log)
  log.info({ address: service.address }, 'The service is up.')
  closeWithGrace({ delay: 15_000 }, async ({ signal, err }) => {
    if (err) log.fatal({ err }, 'The service is stopping because of an uncaught error.')
    else log.info({ signal }, 'The service is stopping.')
    await service.stop()
  })
} catch (error) {
  const { code, message } = toHippoError(error, 'startup')
  log.fatal({ err: error, code }, message)
  process.exit(1)
}
