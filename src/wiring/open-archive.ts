import { readFileSync } from 'node:fs'
import { type Archive, createArchive } from '../archive/archive.ts'
import { type Config, splitNames } from '../config.ts'
import { HippoError } from '../errors.ts'
import type { ResultTarget } from '../outcome/plan-forwarding.ts'

function readAuthority(path: string | undefined): string | undefined {
  if (path === undefined) return undefined
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new HippoError('CONFIG_INVALID', `ORTHANC_CA_FILE names ${path}, which cannot be read.`, {
      cause: error,
    })
  }
}

/** The archive as the settings describe it. Throws CONFIG_INVALID for a CA file that cannot be read. */
export function openArchive(config: Config): Archive {
  return createArchive({
    url: config.ORTHANC_URL,
    user: config.ORTHANC_USER,
    password: config.ORTHANC_PASSWORD,
    dicomWebRoot: config.DICOMWEB_ROOT,
    connections: config.ARCHIVE_CONNECTIONS,
    timeoutMilliseconds: config.ARCHIVE_TIMEOUT_MS,
    certificateAuthority: readAuthority(config.ORTHANC_CA_FILE),
  })
}

/** The forwarding targets of the settings. */
export function listForwardTargets(config: Config): ResultTarget[] {
  const messages = [
    { kind: 'fhir', url: config.FHIR_ENDPOINT },
    { kind: 'hl7', url: config.HL7_ENDPOINT },
  ] as const
  return [
    ...splitNames(config.FORWARD_MODALITIES).map((name) => ({ kind: 'modality' as const, name })),
    ...splitNames(config.FORWARD_PEERS).map((name) => ({ kind: 'peer' as const, name })),
    ...messages.flatMap(({ kind, url }) =>
      url === undefined ? [] : { kind, name: new URL(url).host },
    ),
  ]
}
