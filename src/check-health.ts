// Checks whether the service on this machine is alive, for containers: exit code 0 or 1. The
// certificate is not verified, because it is issued for another host name.
import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'

const { PORT = '8080', TLS_CERT_FILE } = process.env
const options = { host: '127.0.0.1', port: Number(PORT), path: '/health/live', timeout: 4_000 }
const asked = TLS_CERT_FILE
  ? requestHttps({ ...options, rejectUnauthorized: false })
  : requestHttp(options)
asked.on('response', ({ statusCode }) => process.exit(statusCode === 200 ? 0 : 1))
asked.on('timeout', () => process.exit(1))
asked.on('error', () => process.exit(1))
asked.end()
