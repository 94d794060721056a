import { signOut, token } from './session.js'

/** @import { ErrorView } from '../api-types.ts' */

/** Why a request failed, at the service or on the way to it. */
export class RequestError extends Error {
  /**
   * @param {number} status 0 if there was no response
   * @param {string} code
   * @param {string} sentence
   * @param {Record<string, unknown>} members the members of the problem
   */
  constructor(status, code, sentence, members = {}) {
    super(sentence)
    this.status = status
    this.code = code
    this.members = members
  }
}

/**
 * The sentence and code of an error.
 * @param {unknown} error
 * @returns {Pick<ErrorView, 'code' | 'message'>}
 */
export function explain(error) {
  if (error instanceof RequestError) return { code: error.code, message: error.message }
  return { code: 'UNEXPECTED', message: `Something unexpected went wrong in this page: ${error}` }
}

/**
 * @param {Response} answer
 * @returns {Promise<RequestError>}
 */
async function readProblem(answer) {
  const problem = await answer.json().catch(() => ({}))
  const { code = `HTTP_${answer.status}`, detail } = problem
  const sentence = detail ?? `The service responded with status ${answer.status}.`
  return new RequestError(answer.status, code, sentence, problem)
}

/**
 * Calls the API as the reader; throws a RequestError unless it succeeds. A token that is no longer
 * valid signs the reader out.
 * @param {string} path
 * @param {RequestInit} [init]
 */
export async function request(path, init = {}) {
  const sent = token.value
  const headers = new Headers(init.headers)
  headers.set('authorization', `Bearer ${sent}`)
  let answer
  try {
    answer = await fetch(path, { ...init, headers, cache: 'no-store' })
  } catch (error) {
    if (init.signal?.aborted) throw error
    throw new RequestError(0, 'NOT_REACHED', 'The service cannot be reached.')
  }
  if (answer.ok) return answer
  const problem = await readProblem(answer)
  if (answer.status === 401 && token.value === sent) {
    signOut('The service does not accept this token. It may have expired or been replaced.')
  }
  throw problem
}

/**
 * @template T
 * @param {string} path
 * @param {RequestInit} [init]
 * @returns {Promise<T>}
 */
export async function readJson(path, init) {
  return (await request(path, init)).json()
}

/**
 * @template T
 * @param {string} path
 * @param {object} [body]
 * @returns {Promise<T>}
 */
export async function post(path, body) {
  if (body === undefined) return readJson(path, { method: 'POST' })
  const headers = { 'content-type': 'application/json' }
  return readJson(path, { method: 'POST', headers, body: JSON.stringify(body) })
}
