/**
 * runtime/no-tracer: the tracer of a node that was given none: nothing is ever traced.
 */
import { type MakeTracer, TroupeError } from '#contract'

const none = (): never => {
  throw new TroupeError('NOT_ALLOWED', { operation: 'tracing', problem: 'the node has no tracer' })
}

export const noTracer: MakeTracer = () => ({
  control: Object.freeze({
    setSampler: none,
    addExporter: none,
    removeExporter: async () => false,
    spans: () => [],
    info: () => ({ samplers: [], exporters: [], kept: 0, gone: 0, total: 0, invalid: 0 }),
  }),
  isNeeded: false,
  remembers: false,
  goOn: () => {},
  samples: () => false,
  begin: none,
  arrived: () => undefined,
  outside: () => undefined,
  headersOf: () => ({}),
  wallMs: () => 0,
  setSampler: none,
  setAttribute: none,
  ended: () => {},
  stop: async () => {},
})
