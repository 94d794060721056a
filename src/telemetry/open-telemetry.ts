import {
  type Context,
  context,
  ROOT_CONTEXT,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchSpanProcessor, RandomIdGenerator, TracerProvider } from '@opentelemetry/sdk-trace'
import type { SpanFacts, SpanOptions, Tracing } from './tracing.ts'

export interface TelemetryOptions {
  /** Base URL of the collector; /v1/traces is added. */
  readonly endpoint: string
  readonly service: { readonly name: string; readonly version: string }
  /** What this process is: service or analysis. */
  readonly process: string
}

/** A UUID without its dashes is a trace id. */
const traceIdOf = (jobId: string | undefined) => {
  const digits = jobId?.replaceAll('-', '').toLowerCase() ?? ''
  return /^[0-9a-f]{32}$/.test(digits) && !/^0+$/.test(digits) ? digits : undefined
}

/** https://www.w3.org/TR/trace-context/#traceparent-header; undefined if invalid. */
function parseTraceparent(text: string | undefined): SpanContext | undefined {
  const [, traceId, spanId, flags] =
    /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(text ?? '') ?? []
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true }
}

function parentOf({ parent, jobId }: SpanOptions): Context {
  const remote = parseTraceparent(parent)
  if (remote !== undefined) return trace.setSpanContext(ROOT_CONTEXT, remote)
  // A job always starts a new trace.
  return jobId === undefined ? context.active() : ROOT_CONTEXT
}

function withoutUndefined(facts: SpanFacts): Record<string, string | number | boolean> {
  const known = Object.entries(facts).filter(([, value]) => value !== undefined)
  return Object.fromEntries(known) as Record<string, string | number | boolean>
}

const kinds = { server: SpanKind.SERVER, client: SpanKind.CLIENT } as const

/**
 * Tracing by OpenTelemetry's SDK, sent by OTLP over HTTP in batches. An unavailable collector only
 * loses traces.
 */
export function openTelemetry({ endpoint, service, process }: TelemetryOptions): Tracing {
  const random = new RandomIdGenerator()
  let wantedTraceId: string | undefined
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      'service.name': service.name.toLowerCase(),
      'service.version': service.version,
      'hippovolume.process': process,
    }),
    idGenerator: {
      generateTraceId: () => wantedTraceId ?? random.generateTraceId(),
      generateSpanId: () => random.generateSpanId(),
    },
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: new OTLPTraceExporter({ url: `${endpoint.replace(/\/+$/, '')}/v1/traces` }),
        scheduledDelayMillis: 1_000,
      }),
    ],
  })
  const manager = new AsyncLocalStorageContextManager().enable()
  context.setGlobalContextManager(manager)
  const tracer = provider.getTracer(service.name, service.version)

  return {
    start(name, facts, options = {}) {
      const parent = parentOf(options)
      // The SDK asks for the id while the span is started, and only for one without a parent.
      wantedTraceId = traceIdOf(options.jobId)
      const span = tracer.startSpan(
        name,
        {
          attributes: withoutUndefined(facts),
          kind: options.kind === undefined ? SpanKind.INTERNAL : kinds[options.kind],
        },
        parent,
      )
      wantedTraceId = undefined
      const inside = trace.setSpan(parent, span)
      return {
        within: (work) => context.with(inside, work),
        end(more, error) {
          span.setAttributes(withoutUndefined({ ...more, 'error.type': error }))
          if (error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR })
          span.end()
        },
      }
    },
    traceparent() {
      const span = trace.getSpanContext(context.active())
      if (span === undefined) return undefined
      const flags = (span.traceFlags & TraceFlags.SAMPLED) === 0 ? '00' : '01'
      return `00-${span.traceId}-${span.spanId}-${flags}`
    },
    async close() {
      await provider.shutdown()
      context.disable()
    },
  }
}
