import { constants } from 'node:fs'
import { access, type FileHandle, open, stat, unlink } from 'node:fs/promises'
import { HippoError } from '../errors.ts'
import type { AuditEntry, AuditTrail } from './audit-entry.ts'
import { chainPath, findLooseEnds, listChains, readLines } from './chain-files.ts'
import { noHash, sealEntry } from './seal-entry.ts'

export interface AuditTrailOptions {
  /** An existing folder used only by the trail. */
  readonly folder: string
  /** Epoch milliseconds. */
  readonly clock: () => number
  readonly createId: () => string
  /** A chain that has grown to this many bytes is followed by a new one. */
  readonly largestChain?: number
  readonly openFile?: (
    path: string,
  ) => Promise<Pick<FileHandle, 'appendFile' | 'datasync' | 'close'>>
}

type Handle = Awaited<ReturnType<NonNullable<AuditTrailOptions['openFile']>>>

interface OpenChain {
  readonly name: string
  readonly handle: Handle
  /** Of its file. */
  inode: number | undefined
  bytes: number
  entries: number
  hash: string
}

interface Waiting {
  readonly entry: AuditEntry & { readonly links?: readonly string[] }
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

const largestChain = 64 * 1024 * 1024

/** Only ever appended to, and never an existing file. */
const openForAppending = (path: string) => open(path, 'ax', 0o600)

/** Makes the name of a new file durable, as datasync makes its content. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder)
  await handle.sync().finally(() => handle.close())
}

/** Identity of the file at a path; undefined if there is none. */
const readInode = (path: string) =>
  stat(path).then(
    ({ ino }) => ino,
    () => undefined,
  )

function explainFailure(cause: unknown): HippoError {
  const message = 'The audit trail cannot be written; actions that cannot be recorded are refused.'
  return new HippoError('AUDIT_UNWRITABLE', message, { cause })
}

/**
 * A trail of hash-chained JSON lines. Each start of a process writes its own chain (a file with a
 * single writer), whose first entry links to the ends of earlier chains: `verifyAudit` detects a
 * changed or missing line and a missing file. Concurrent entries are synced together. After a
 * failure the chain is left as it is and the next entry starts a new one.
 */
export function openAuditTrail(options: AuditTrailOptions): AuditTrail {
  const { folder, clock, createId, openFile = openForAppending } = options
  let chain: OpenChain | undefined
  let failure: HippoError | undefined
  let waiting: Waiting[] = []
  let writing: Promise<void> | undefined

  async function openChain(): Promise<OpenChain> {
    const time = new Date(clock()).toISOString()
    const name = `${time.replaceAll(/[-:.]/g, '')}-${createId()}`
    const links = await findLooseEnds(folder)
    const path = chainPath(folder, name)
    const handle = await openFile(path)
    const opened: OpenChain = { name, handle, inode: undefined, bytes: 0, entries: 0, hash: noHash }
    try {
      const first = { who: 'service', role: 'service', what: 'openAuditChain', outcome: 'done' }
      await append(opened, [{ ...(first as AuditEntry), links }])
      await syncFolder(folder)
      opened.inode = await readInode(path)
      return opened
    } catch (error) {
      await handle.close().catch(() => {})
      await unlink(path).catch(() => {})
      throw error
    }
  }

  async function append(to: OpenChain, entries: readonly Waiting['entry'][]): Promise<void> {
    let { entries: number, hash } = to
    let text = ''
    for (const entry of entries) {
      number += 1
      const time = new Date(clock()).toISOString()
      const members = { chain: to.name, number, time, previous: hash, ...entry }
      const sealed = sealEntry(members)
      text += `${sealed.line}\n`
      hash = sealed.hash
    }
    await to.handle.appendFile(text)
    await to.handle.datasync()
    Object.assign(to, { entries: number, hash, bytes: to.bytes + Buffer.byteLength(text) })
  }

  /**
   * Throws unless the chain's file is still at its path: entries in a removed file would be lost.
   * The chain stays the current one, so that its removal is always reported.
   */
  async function requireFile({ name, inode }: OpenChain): Promise<void> {
    const found = await readInode(chainPath(folder, name))
    if (found === inode) return
    failure = explainFailure(new Error(`the file of chain ${name} no longer exists`))
    throw failure
  }

  async function leaveChain(): Promise<void> {
    const left = chain
    chain = undefined
    await left?.handle.close().catch(() => {})
  }

  async function writeWaiting(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting
      waiting = []
      try {
        if (chain !== undefined && chain.bytes >= (options.largestChain ?? largestChain)) {
          await leaveChain()
        }
        if (chain !== undefined) await requireFile(chain)
        chain ??= await openChain()
        await append(
          chain,
          batch.map(({ entry }) => entry),
        )
        failure = undefined
        for (const { resolve } of batch) resolve()
      } catch (error) {
        const isRemoved = error === failure && failure !== undefined
        failure = isRemoved ? failure : explainFailure(error)
        if (!isRemoved) await leaveChain()
        for (const { reject } of batch) reject(failure)
      }
    }
    writing = undefined
  }

  function record(entry: AuditEntry): Promise<void> {
    return new Promise((resolve, reject) => {
      waiting.push({ entry, resolve, reject })
      writing ??= writeWaiting()
    })
  }

  return {
    record,
    async *read() {
      for (const name of await listChains(folder)) yield* readLines(chainPath(folder, name))
    },
    async check() {
      if (failure === undefined && chain !== undefined) await requireFile(chain)
      if (failure === undefined) {
        await access(folder, constants.W_OK).catch((error) => {
          throw explainFailure(error)
        })
      } else {
        // A service that is not ready gets no requests, so the check itself must find out when
        // writing works again.
        await record({ who: 'service', role: 'service', what: 'resumeAudit', outcome: 'done' })
      }
    },
    head: () => chain && { chain: chain.name, entries: chain.entries, hash: chain.hash },
    async close() {
      await writing
      await leaveChain()
    },
  }
}
