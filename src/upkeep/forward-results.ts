import { setTimeout as sleep } from 'node:timers/promises'
import type { Archive } from '../archive/archive.ts'
import { HippoError, recordError, toHippoError } from '../errors.ts'
import {
  type AnalysisOutcome,
  type ForwardedResult,
  outcomeOf,
  type StoredResult,
} from '../outcome/outcome.ts'
import { planForwarding, type ResultTarget } from '../outcome/plan-forwarding.ts'
import type { Job, JobAnswer } from '../queue/job.ts'
import type { RunJob } from '../queue/run-job.ts'

/** Sends a job's result as one idempotent message; throws coded errors. */
export type SendMessage = (job: Job, signal: AbortSignal) => Promise<void>

export interface ForwardDependencies {
  readonly archive: Pick<Archive, 'startTransfer' | 'readTransfer' | 'cancelTransfer'>
  readonly targets: readonly ResultTarget[]
  /** Senders of messages about results, for targets without DICOM. */
  readonly messages?: Readonly<Partial<Record<'fhir' | 'hl7', SendMessage>>> | undefined
  /** Attempts before forwarding to a target fails for good. */
  readonly maximumAttempts: number
  /** Longest time Orthanc may take to send one instance. */
  readonly transferMilliseconds: number
  /** Epoch milliseconds. */
  readonly clock: () => number
  /** Stores the outcome on the job durably before the next step. */
  readonly keep: (job: Job, outcome: AnalysisOutcome) => Promise<void>
  /** Called once per target when it has received everything or failed. */
  readonly onSettled?: (job: Job, forwarded: ForwardedResult) => void
}

function isAmong(targets: readonly ResultTarget[], { target, kind }: ForwardedResult): boolean {
  return targets.some((one) => one.name === target && one.kind === kind)
}

const isMessage = ({ kind }: ForwardedResult) => kind === 'fhir' || kind === 'hl7'

const notWanted = ({ target, kind }: ForwardedResult) =>
  recordError(
    new HippoError(
      'FORWARD_TARGET_UNKNOWN',
      `The ${kind} ${target} is no longer a configured forwarding target.`,
      { details: { target, kind } },
    ),
  )

/**
 * The entries at the start of an attempt. The first attempt after a new result or a person's
 * request resumes failed targets and adds newly configured ones; after a reader's answer it sends
 * the answer to message targets.
 */
function resumeForwarding(
  before: readonly ForwardedResult[],
  answer: JobAnswer | undefined,
  targets: readonly ResultTarget[],
  isFirstAttempt: boolean,
  clock: () => number,
): ForwardedResult[] {
  if (!isFirstAttempt) return [...before]
  const isKnown = ({ target, kind }: ForwardedResult) =>
    before.some((one) => one.target === target && one.kind === kind)
  const isDue = (one: ForwardedResult) =>
    one.state === 'failed' || (isMessage(one) && one.answeredAt !== answer?.at)
  const resumed = before.map((one) =>
    isDue(one) && isAmong(targets, one) ? { ...one, state: 'pending' as const } : one,
  )
  return [...resumed, ...planForwarding(targets, clock).filter((one) => !isKnown(one))]
}

/** Follows one of Orthanc's jobs to its end; cancels it and throws FORWARD_FAILED when time is up. */
async function followTransfer(
  { archive, clock, transferMilliseconds }: ForwardDependencies,
  orthancJobId: string,
  { target, kind }: ForwardedResult,
  signal: AbortSignal,
): Promise<'sent' | 'forgotten'> {
  const fail = (why: string) =>
    new HippoError('FORWARD_FAILED', `The ${kind} ${target} did not accept the result: ${why}.`, {
      details: { target, kind },
    })
  const deadline = clock() + transferMilliseconds
  for (let wait = 30; ; wait = Math.min(1_000, wait * 1.5)) {
    const transfer = await archive.readTransfer(orthancJobId, { signal })
    if (transfer === undefined) return 'forgotten'
    if (transfer.kind === 'sent') return 'sent'
    if (transfer.kind === 'failed') throw fail(transfer.reason)
    if (clock() > deadline) {
      await archive.cancelTransfer(orthancJobId, { signal })
      throw fail('it did not finish in time')
    }
    await sleep(wait, undefined, { signal })
  }
}

/** Changes and stores an entry; returns the new entry. */
type Update = (change: Partial<ForwardedResult>) => Promise<ForwardedResult>

/**
 * Sends one instance, or follows the Orthanc job of an interrupted attempt: Orthanc continues
 * sending after this service has ended.
 */
async function sendInstance(
  dependencies: ForwardDependencies,
  entry: ForwardedResult,
  { sopInstanceUid, orthancInstanceId }: StoredResult,
  update: Update,
  signal: AbortSignal,
): Promise<ForwardedResult> {
  const { archive } = dependencies
  const { target: name, underway } = entry
  const kind = entry.kind === 'peer' ? 'peer' : 'modality'
  const isUnderway = underway?.sopInstanceUid === sopInstanceUid
  const earlier = isUnderway
    ? await followTransfer(dependencies, underway.orthancJobId, entry, signal)
    : 'forgotten'
  if (earlier === 'forgotten') {
    const orthancJobId = await archive.startTransfer({ kind, name }, orthancInstanceId, { signal })
    await update({ underway: { orthancJobId, sopInstanceUid } })
    const ending = await followTransfer(dependencies, orthancJobId, entry, signal)
    if (ending === 'forgotten') {
      throw new HippoError(
        'FORWARD_FAILED',
        'Orthanc removed its own job before its state could be read.',
      )
    }
  }
  const sentInstances = [...entry.sentInstances, sopInstanceUid]
  return update({ sentInstances, underway: undefined })
}

/** Sends missing instances to a target one by one; a rejected one does not block the others. */
async function sendToTarget(
  dependencies: ForwardDependencies,
  entry: ForwardedResult,
  stored: readonly StoredResult[],
  isLastAttempt: boolean,
  update: Update,
  signal: AbortSignal,
): Promise<ForwardedResult> {
  let current = entry
  let failure: HippoError | undefined
  for (const instance of stored) {
    if (current.sentInstances.includes(instance.sopInstanceUid)) continue
    try {
      current = await sendInstance(dependencies, current, instance, update, signal)
    } catch (error) {
      signal.throwIfAborted()
      const coded = toHippoError(error, 'forward')
      current = await update({ underway: undefined, error: recordError(coded) })
      if (failure === undefined || !coded.retryable) failure = coded
      if (!coded.retryable) break
    }
  }
  return settle(failure, isLastAttempt, update)
}

/** Records the end of an attempt at a target. */
function settle(failure: HippoError | undefined, isLastAttempt: boolean, update: Update) {
  if (failure === undefined) return update({ state: 'sent', error: undefined })
  const isFinal = isLastAttempt || !failure.retryable
  return update({ state: isFinal ? 'failed' : 'pending', error: recordError(failure) })
}

const superseded = () =>
  new HippoError(
    'FORWARD_SUPERSEDED',
    'A newer result has replaced this one; only the newer one is sent.',
  )

/** Sends the message about a result, unless it would overwrite a newer result. */
async function tellTarget(
  send: SendMessage,
  job: Job,
  isLastAttempt: boolean,
  update: Update,
  signal: AbortSignal,
): Promise<ForwardedResult> {
  if (job.supersededByJobId !== undefined) return settle(superseded(), true, update)
  try {
    await send(job, signal)
  } catch (error) {
    signal.throwIfAborted()
    return settle(toHippoError(error, 'forward'), isLastAttempt, update)
  }
  await update({ answeredAt: job.answer?.at })
  return settle(undefined, isLastAttempt, update)
}

/**
 * Forwards a finished job's results to the configured targets, instances from the archive and
 * messages about them, all targets concurrently, and stores the progress on the job. Runs as the
 * job's follow-up: safe to repeat after being killed at any point, and accepted instances are not
 * sent again. Throws FORWARD_FAILED (retryable) while a target lacks something.
 */
export function createForwarding(dependencies: ForwardDependencies): RunJob {
  const { targets, maximumAttempts, clock, keep, onSettled } = dependencies

  return async (job, { signal }) => {
    const found = outcomeOf(job) ?? { verdicts: [], studyFingerprint: '' }
    const stored = found.result?.stored ?? []
    const entries = resumeForwarding(
      found.forwarded ?? [],
      job.answer,
      targets,
      job.attempts === 1,
      clock,
    )
    const outcome = (): AnalysisOutcome => ({ ...found, forwarded: [...entries] })

    const updateAt =
      (index: number): Update =>
      async (change) => {
        const changed = { ...entries[index]!, ...change, at: new Date(clock()).toISOString() }
        entries[index] = changed
        await keep(job, outcome())
        return changed
      }
    const sendings = await Promise.allSettled(
      entries.map(async (entry, index) => {
        if (entry.state !== 'pending') return
        const update = updateAt(index)
        const isLast = job.attempts >= maximumAttempts
        const attempt = () => {
          if (!isAmong(targets, entry)) {
            return update({ state: 'failed', underway: undefined, error: notWanted(entry) })
          }
          const send = dependencies.messages?.[entry.kind as 'fhir' | 'hl7']
          return send === undefined
            ? sendToTarget(dependencies, entry, stored, isLast, update, signal)
            : tellTarget(send, job, isLast, update, signal)
        }
        const ended = await attempt()
        if (ended.state !== 'pending') onSettled?.(job, ended)
      }),
    )
    const broken = sendings.find((sending) => sending.status === 'rejected')
    if (broken) throw broken.reason
    const owed = entries.filter(({ state }) => state === 'pending')
    if (owed.length === 0)
      return { state: 'succeeded', outcome: outcome(), predecessorJobId: undefined }
    throw new HippoError(
      'FORWARD_FAILED',
      `The result has not reached ${owed.map(({ target }) => target).join(', ')} yet.`,
      { details: { targets: owed.length, lastCode: owed[0]?.error?.code } },
    )
  }
}
