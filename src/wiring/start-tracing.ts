import type { Config } from '../config.ts'
import { software } from '../software.ts'
import { noTracing, type Tracing } from '../telemetry/tracing.ts'

/** Tracing if a collector is configured. Only then is the SDK loaded: it takes 15 MB. */
export async function startTracing(
  { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }: Config,
  process: 'service' | 'analysis',
): Promise<Tracing> {
  if (endpoint === undefined) return noTracing
  const { openTelemetry } = await import('../telemetry/open-telemetry.ts')
  return openTelemetry({ endpoint, service: software, process })
}
