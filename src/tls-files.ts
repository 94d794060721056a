import { readFileSync, unwatchFile, watchFile } from 'node:fs'
import type { Server } from 'node:https'
import { createSecureContext } from 'node:tls'
import { HippoError } from './errors.ts'

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

/**
 * Takes a renewed certificate up while the server runs; one that cannot be used is told of, and the
 * one at hand goes on. Answers what ends the watching.
 */
export function followTlsFiles(
  [certFile, keyFile]: readonly [string, string],
  server: Pick<Server, 'setSecureContext'>,
  tell: (error: unknown) => void,
  interval = 60_000,
): () => void {
  const renew = () => {
    try {
      server.setSecureContext({ ...readTlsFiles(certFile, keyFile), minVersion: 'TLSv1.2' })
      tell(undefined)
    } catch (error) {
      tell(error)
    }
  }
  const files = [certFile, keyFile]
  for (const file of files) watchFile(file, { interval, persistent: false }, renew)
  return () => {
    for (const file of files) unwatchFile(file, renew)
  }
}
