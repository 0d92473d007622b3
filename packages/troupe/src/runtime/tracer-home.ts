/**
 * runtime/tracer-home: what the tracer of a node is given of it.
 */
import type { TracerHome } from '#contract'
import { makeCall } from './calling.js'
import type { Kernel } from './kernel.js'

export const tracerHome = (kernel: Kernel): TracerHome => ({
  name: kernel.name,
  clock: kernel.clock,
  random: kernel.random,
  awaken: () => {
    kernel.tracing = kernel.traces
    kernel.traceEnds = kernel.traces
  },
  rest: () => {
    kernel.tracing = undefined
  },
  remember: () => {
    kernel.traceEnds = kernel.traces
  },
  find: (to) => kernel.post.find(to),
  hand: (to, spans, timeoutMs) =>
    kernel.traces.silently(() => makeCall(kernel, undefined, to, 'spans', spans, { timeoutMs })),
  warn: (text, fields) => kernel.log.warning(text, fields),
})
