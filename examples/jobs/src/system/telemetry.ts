/**
 * system/telemetry: where the traces of a program go: to an OpenTelemetry collector, if any.
 *
 * The usual variable names it, as for every program with an OpenTelemetry SDK:
 * `OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318`. Jobs whose clients have begun a trace are
 * then part of it. Without the variable nothing of OpenTelemetry is loaded.
 */
import type { TracingOptions } from 'troupe'

const VARIABLE = 'OTEL_EXPORTER_OTLP_ENDPOINT'

/** A program's traces, and how the last of them leave before its end. */
export interface Telemetry {
  readonly tracing: TracingOptions
  stop(): Promise<void>
}

export async function telemetryOf(node: string): Promise<Telemetry | undefined> {
  if (process.env[VARIABLE] === undefined) return undefined
  const openTelemetry = await import('@opentelemetry/api')
  const { BasicTracerProvider, BatchSpanProcessor } = await import('@opentelemetry/sdk-trace-base')
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http')
  const { resourceFromAttributes } = await import('@opentelemetry/resources')
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'jobs', 'service.instance.id': node }),
    spanProcessors: [
      new BatchSpanProcessor(new OTLPTraceExporter(), { scheduledDelayMillis: 500 }),
    ],
  })
  openTelemetry.trace.setGlobalTracerProvider(provider)
  return { tracing: { openTelemetry }, stop: () => provider.shutdown() }
}
