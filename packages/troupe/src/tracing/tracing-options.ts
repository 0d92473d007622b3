/**
 * tracing/tracing-options: the options of tracing, complete and checked.
 */
import {
  Alias,
  type Exporter,
  type KnownOptions,
  Pid,
  ProcessName,
  readObject,
  requireDuration,
  requireKnown,
  requireOption,
  requireSampler,
  TRACING_DEFAULTS,
  type TracingOptions,
} from '#contract'

const KNOWN: KnownOptions<TracingOptions> = Object.freeze({
  sampler: true,
  applications: true,
  trustNodes: true,
  keptMax: true,
  keptBytesMax: true,
  exporters: true,
  openTelemetry: true,
})

/** All options, with those that were left out. */
export type CompleteTracing = typeof TRACING_DEFAULTS & Pick<TracingOptions, 'openTelemetry'>

/** Throws OPTION_INVALID naming the option. */
export function tracingOptions(given: TracingOptions | undefined): CompleteTracing {
  if (given === undefined) return TRACING_DEFAULTS
  requireKnown('tracing', readObject('tracing', given), KNOWN)
  const options = { ...TRACING_DEFAULTS, ...given }
  const { sampler, applications, trustNodes, keptMax, keptBytesMax, exporters } = options
  requireSampler('tracing.sampler', sampler)
  const samplers = Object.entries(readObject('tracing.applications', applications))
  for (const [name, one] of samplers) requireSampler(`tracing.applications.${name}`, one)
  const isFlag = typeof trustNodes === 'boolean'
  requireOption(isFlag, 'tracing.trustNodes', trustNodes, 'give true or false')
  for (const [option, value] of Object.entries({ keptMax, keptBytesMax })) {
    const isCount = Number.isSafeInteger(value) && value >= 0
    requireOption(isCount, `tracing.${option}`, value, 'give a whole number, 0 or more')
  }
  requireOption(Array.isArray(exporters), 'tracing.exporters', exporters, 'give a list')
  for (const exporter of exporters) requireExporter(exporter)
  const { openTelemetry: api } = options
  const isApi = api === undefined || typeof api?.trace?.getTracer === 'function'
  requireOption(isApi, 'tracing.openTelemetry', api, 'give the module @opentelemetry/api')
  return options
}

/** OPTION_INVALID for what takes no spans. */
export function requireExporter(exporter: Exporter): void {
  const given = readObject('exporter', exporter as object as Readonly<Record<string, unknown>>)
  const { kind, name, to, timeoutMs, export: take } = given
  const isNamed = typeof name === 'string' && name !== ''
  if (kind === 'process') {
    requireOption(isNamed && isAddress(to), 'exporter', name, 'give a name, and `to` as an address')
    requireDuration('exporter.timeoutMs', timeoutMs as number | undefined)
    return
  }
  const holds = isNamed && typeof take === 'function'
  requireOption(holds, 'exporter', name, 'give a name and a function export(spans)')
}

const isAddress = (to: unknown): boolean =>
  (typeof to === 'string' && to !== '') || Pid.is(to) || ProcessName.is(to) || Alias.is(to)
