import { Type } from 'typebox'
import { HippoError } from '../errors.ts'
import { parseAnswer } from './answers.ts'
import type { ArchiveHttp, CallOptions } from './archive-http.ts'
import { requestJson } from './read-answer.ts'

/** A target that Orthanc can send instances to, by its name in Orthanc's configuration. */
export interface ForwardTarget {
  /** A DICOM application entity (C-STORE), or another Orthanc (its REST API). */
  readonly kind: 'modality' | 'peer'
  readonly name: string
}

/** Progress of Orthanc's sending; `reason` is Orthanc's own English sentence. */
export type TransferState =
  | { readonly kind: 'underway' }
  | { readonly kind: 'sent' }
  | { readonly kind: 'failed'; readonly reason: string }

const namesAnswer = Type.Array(Type.String())
const startedJobAnswer = Type.Object({ ID: Type.String() })
const transferJobAnswer = Type.Object({
  State: Type.String(),
  ErrorCode: Type.Optional(Type.Integer()),
  ErrorDescription: Type.Optional(Type.String()),
  ErrorDetails: Type.Optional(Type.String()),
  Content: Type.Optional(Type.Object({ FailedInstancesCount: Type.Optional(Type.Integer()) })),
})

const folders = { modality: '/modalities', peer: '/peers' } as const

/** Orthanc returns 404 both for an unknown target and for an unknown instance. */
async function explainNotFound(
  http: ArchiveHttp,
  { kind, name }: ForwardTarget,
  call: Required<Pick<CallOptions, 'stage'>> & CallOptions,
): Promise<HippoError> {
  const answer = await requestJson(http, { path: folders[kind], ...call, stage: 'forward' })
  const names = parseAnswer(namesAnswer, answer, 'forward')
  const options = { details: { target: name, kind } }
  return names.includes(name)
    ? new HippoError(
        'FORWARD_RESULT_MISSING',
        'The result is no longer in the archive and cannot be forwarded.',
        options,
      )
    : new HippoError(
        'FORWARD_TARGET_UNKNOWN',
        `The archive knows no ${kind} named ${name}. Add it to Orthanc's configuration or correct the setting.`,
        options,
      )
}

/**
 * Makes Orthanc send an instance to a target (POST /modalities/{name}/store or /peers/{name}/store)
 * and returns Orthanc's job, which continues even if this service stops. Throws
 * FORWARD_TARGET_UNKNOWN, FORWARD_RESULT_MISSING.
 */
export async function startTransfer(
  http: ArchiveHttp,
  target: ForwardTarget,
  orthancInstanceId: string,
  { signal, stage = 'forward' }: CallOptions = {},
): Promise<string> {
  const answer = await requestJson(http, {
    method: 'POST',
    path: `${folders[target.kind]}/${encodeURIComponent(target.name)}/store`,
    contentType: 'application/json',
    body: JSON.stringify({ Resources: [orthancInstanceId], Synchronous: false }),
    stage,
    signal,
  }).catch(async (error) => {
    // Orthanc 1.13 returns 500, not 404, if it does not have the instance.
    if (!(error instanceof HippoError) || error.details?.status !== 500) throw error
    const path = `/instances/${encodeURIComponent(orthancInstanceId)}`
    if ((await requestJson(http, { path, stage, signal })) !== undefined) throw error
    return undefined
  })
  if (answer === undefined) throw await explainNotFound(http, target, { signal, stage })
  return parseAnswer(startedJobAnswer, answer, stage).ID
}

/** State of one of Orthanc's jobs; undefined if Orthanc has removed it (it keeps few). */
export async function readTransfer(
  http: ArchiveHttp,
  orthancJobId: string,
  { signal, stage = 'forward' }: CallOptions = {},
): Promise<TransferState | undefined> {
  const path = `/jobs/${encodeURIComponent(orthancJobId)}`
  const answer = await requestJson(http, { path, stage, signal })
  if (answer === undefined) return undefined
  const job = parseAnswer(transferJobAnswer, answer, stage)
  if (job.State === 'Success') {
    const failures = job.Content?.FailedInstancesCount ?? 0
    return failures === 0 ? { kind: 'sent' } : { kind: 'failed', reason: 'Not everything was sent' }
  }
  if (job.State !== 'Failure') return { kind: 'underway' }
  const reason = job.ErrorDetails || job.ErrorDescription || `Orthanc's error ${job.ErrorCode}`
  return { kind: 'failed', reason: reason.slice(0, 300) }
}

/** Cancels one of Orthanc's jobs; it is no error if the job has ended or was removed. */
export async function cancelTransfer(
  http: ArchiveHttp,
  orthancJobId: string,
  { signal, stage = 'forward' }: CallOptions = {},
): Promise<void> {
  const path = `/jobs/${encodeURIComponent(orthancJobId)}/cancel`
  try {
    await requestJson(http, { method: 'POST', path, body: '{}', stage, signal })
  } catch (error) {
    // What Orthanc returns for a job that has already ended.
    if (!(error instanceof HippoError) || error.details?.status !== 400) throw error
  }
}
