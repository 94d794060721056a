/** Attributes of a span: identifiers, codes and numbers, never patient data. */
export type SpanFacts = Readonly<Record<string, string | number | boolean | undefined>>

/** A span in progress. */
export interface OpenSpan {
  /** Runs work with this span as parent. */
  within<Answer>(work: () => Answer): Answer
  /** `error` is the code of a failure. */
  end(facts: SpanFacts, error?: string): void
}

export interface SpanOptions {
  readonly kind?: 'server' | 'client' | undefined
  /** W3C traceparent of the parent span, if it is in another process. */
  readonly parent?: string | undefined
  /** A job: its trace carries the job's id, so that every attempt and process finds the same one. */
  readonly jobId?: string | undefined
}

/** Traces work through the service. Without a collector: `noTracing`, at no cost. */
export interface Tracing {
  start(name: string, facts: SpanFacts, options?: SpanOptions): OpenSpan
  /** W3C traceparent of the current span, for another process. */
  traceparent(): string | undefined
  /** Sends remaining spans. */
  close(): Promise<void>
}

export const noTracing: Tracing = {
  start: () => ({ within: (work) => work(), end: () => undefined }),
  traceparent: () => undefined,
  close: async () => undefined,
}

const codeOf = (error: unknown): string => {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown }
  return typeof code === 'string' ? code : typeof name === 'string' ? name : 'UNEXPECTED'
}

/** Runs work within its own span; an error ends the span with its code and is rethrown. */
export async function inSpan<Answer>(
  tracing: Tracing,
  name: string,
  facts: SpanFacts,
  work: () => Answer | Promise<Answer>,
  options: SpanOptions = {},
): Promise<Answer> {
  if (tracing === noTracing) return work()
  const span = tracing.start(name, facts, options)
  try {
    const answer = await span.within(work)
    span.end({})
    return answer
  } catch (error) {
    span.end({}, codeOf(error))
    throw error
  }
}
