import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

interface Resource {
  resourceType: string
  id?: string
  identifier?: { system: string; value: string }[]
  [element: string]: unknown
}

interface Entry {
  fullUrl: string
  resource: Resource
  request: { method: string; url: string; ifNoneExist?: string }
}

/** What a receiver does with a transaction that it has carried out, or instead of that. */
type Decision = 'answer' | { status: number; issue: string }

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

/**
 * A FHIR server as far as transactions go: conditional update by identifier, conditional create, and
 * references inside the bundle, which become those of the server. All or nothing, as the standard has it.
 */
export async function startFhirReceiver() {
  const kept = new Map<string, Resource>()
  const authorizations: (string | undefined)[] = []
  let transactions = 0
  let decide: () => Promise<Decision> | Decision = () => 'answer'

  function match(type: string, query: string): Resource[] {
    const token = new URLSearchParams(query).get('identifier')
    if (!token?.includes('|')) throw new Error(`A condition without identifier: ${query}`)
    return [...kept.values()].filter(
      (one) =>
        one.resourceType === type &&
        one.identifier?.some(({ system, value }) => `${system}|${value}` === token),
    )
  }

  function carryOut(entries: readonly Entry[]) {
    const places = entries.map(({ resource, request }) => {
      const [path, search = ''] = request.url.split('?')
      if (path !== resource.resourceType) throw new Error(`${path} is no ${resource.resourceType}`)
      const isUpdate = request.method === 'PUT'
      const found = match(path, isUpdate ? search : (request.ifNoneExist ?? ''))
      if (found.length > 1) throw new Error('Several match the condition')
      const id = found[0]?.id ?? randomUUID()
      return { id, isNew: found.length === 0, isWritten: isUpdate || found.length === 0 }
    })
    const references = new Map(
      entries.map(({ fullUrl, resource }, index) => [
        fullUrl,
        `${resource.resourceType}/${places[index]!.id}`,
      ]),
    )
    entries.forEach(({ resource }, index) => {
      const { id, isWritten } = places[index]!
      const text = JSON.stringify({ ...resource, id }).replaceAll(
        /"reference":"(urn:uuid:[^"]+)"/g,
        (_, urn: string) => {
          if (!references.has(urn)) throw new Error(`A reference to nothing: ${urn}`)
          return `"reference":"${references.get(urn)}"`
        },
      )
      if (isWritten) kept.set(`${resource.resourceType}/${id}`, JSON.parse(text))
    })
    return places.map(({ isNew }) => ({ response: { status: isNew ? '201 Created' : '200 OK' } }))
  }

  const server = createServer(async (request, response) => {
    const body = await readBody(request)
    authorizations.push(request.headers.authorization)
    const answer = (status: number, content: object) =>
      response
        .writeHead(status, { 'content-type': 'application/fhir+json' })
        .end(JSON.stringify(content))
    const refuse = (status: number, diagnostics: string) =>
      answer(status, { resourceType: 'OperationOutcome', issue: [{ diagnostics }] })
    try {
      const bundle = JSON.parse(body) as { type: string; entry: Entry[] }
      if (request.method !== 'POST' || bundle.type !== 'transaction')
        throw new Error('No transaction')
      const decision = await decide()
      if (decision !== 'answer') return refuse(decision.status, decision.issue)
      transactions += 1
      const entry = carryOut(bundle.entry)
      return answer(200, { resourceType: 'Bundle', type: 'transaction-response', entry })
    } catch (error) {
      return refuse(400, String(error))
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/fhir`,
    /** Values of the Authorization headers that came. */
    authorizations,
    countTransactions: () => transactions,
    listResources: (type: string) =>
      [...kept.values()].filter(({ resourceType }) => resourceType === type),
    /** What becomes of each transaction from now on. */
    decide(next: typeof decide) {
      decide = next
    },
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
