import { HippoError } from '../errors.ts'
import type { FhirBundle } from './diagnostic-report.ts'

export interface FhirEndpoint {
  /** Base URL. */
  readonly url: string
  /** Value of the Authorization header; called for each message. */
  readonly authorize?: (() => Promise<string>) | undefined
}

const longest = 300
/**
 * Statuses that may succeed on another attempt: missing rights, busy, a conflict with another
 * writer.
 */
const passing: readonly number[] = [401, 403, 408, 409, 423, 425, 429]

interface Answer {
  readonly resourceType?: string
  readonly issue?: readonly {
    readonly diagnostics?: string
    readonly details?: { readonly text?: string }
  }[]
  readonly entry?: readonly { readonly response?: { readonly status?: string } }[]
}

function parse(text: string): Answer {
  try {
    const answer: unknown = JSON.parse(text)
    return typeof answer === 'object' && answer !== null ? answer : {}
  } catch {
    return {}
  }
}

function explain({ issue = [] }: Answer): string {
  const said = issue.map(({ diagnostics, details }) => diagnostics ?? details?.text ?? '')
  const sentence = said.filter((one) => one !== '').join('; ')
  return sentence === '' ? 'it gave no reason' : sentence.slice(0, longest)
}

/**
 * Posts a transaction bundle to a FHIR server. Throws FORWARD_REFUSED if the server rejects the
 * content, and FORWARD_FAILED, which is retried, if the server is unreachable, busy or denies
 * access.
 */
export async function postTransaction(
  { url, authorize }: FhirEndpoint,
  bundle: FhirBundle,
  options: { signal: AbortSignal; timeoutMilliseconds: number; fetch: typeof fetch },
): Promise<void> {
  const limit = AbortSignal.timeout(options.timeoutMilliseconds)
  const authorization = await authorize?.()
  let status: number
  let answer: Answer
  try {
    const response = await options.fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/fhir+json; charset=utf-8',
        accept: 'application/fhir+json',
        ...(authorization !== undefined && { authorization }),
      },
      body: JSON.stringify(bundle),
      redirect: 'error',
      signal: AbortSignal.any([options.signal, limit]),
    })
    status = response.status
    answer = parse(await response.text())
  } catch (error) {
    options.signal.throwIfAborted()
    const why = limit.aborted ? 'did not respond in time' : 'cannot be reached'
    throw new HippoError('FORWARD_FAILED', `The FHIR server ${why}.`, { cause: error })
  }
  const details = { status }
  if (status >= 200 && status < 300) {
    const statuses = (answer.entry ?? []).map(({ response }) => response?.status ?? '')
    const isWhole =
      statuses.length === bundle.entry.length && statuses.every((one) => /^2/.test(one))
    if (answer.resourceType === 'Bundle' && isWhole) return
    throw new HippoError(
      'FORWARD_REFUSED',
      'The FHIR server did not return a valid response to the transaction.',
      { details },
    )
  }
  const sentence = `The FHIR server returned ${status}: ${explain(answer)}.`
  const isPassing = status >= 500 || passing.includes(status)
  throw new HippoError(isPassing ? 'FORWARD_FAILED' : 'FORWARD_REFUSED', sentence, { details })
}
