import { readFileSync } from 'node:fs'
import type { Server } from 'node:https'
import { createSecureContext } from 'node:tls'
import { HippoError } from '../errors.ts'

export interface TlsFiles {
  readonly cert: string
  readonly key: string
}

/** Certificate (with its chain) and private key, PEM; throws CONFIG_INVALID unless they belong together. */
export function readTlsFiles(certFile: string, keyFile: string): TlsFiles {
  try {
    const files = { cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') }
    createSecureContext(files)
    return files
  } catch (cause) {
    const message = `TLS_CERT_FILE and TLS_KEY_FILE (${certFile}, ${keyFile}) hold no certificate with its key.`
    throw new HippoError('CONFIG_INVALID', message, { cause })
  }
}

/** The content of both files, to detect changes; '' for an unreadable one. */
const readTexts = (files: readonly string[]) =>
  files.map((file) => {
    try {
      return readFileSync(file, 'utf8')
    } catch {
      return ''
    }
  })

/**
 * Loads a renewed certificate while the server, started with `inUse`, is running; an unusable one
 * is reported once, and the old one stays in use. Compares contents, so that every change is
 * detected. Returns a function that stops watching.
 */
export function followTlsFiles(
  [certFile, keyFile]: readonly [string, string],
  inUse: TlsFiles,
  server: Pick<Server, 'setSecureContext'>,
  tell: (error: unknown) => void,
  interval = 60_000,
): () => void {
  let seen = [inUse.cert, inUse.key]
  const look = () => {
    const found = readTexts([certFile, keyFile])
    if (found.every((text, index) => text === seen[index])) return
    seen = found
    try {
      server.setSecureContext({ ...readTlsFiles(certFile, keyFile), minVersion: 'TLSv1.2' })
      tell(undefined)
    } catch (error) {
      tell(error)
    }
  }
  const timer = setInterval(look, interval).unref()
  return () => clearInterval(timer)
}
