/**
 * runtime/tracer-home: what the tracer of a node is given of it.
 */
import type { TracerHome } from '#contract'
import type { Kernel } from './kernel.js'

export const tracerHome = (kernel: Kernel): TracerHome => ({
  name: kernel.name,
  clock: kernel.clock,
  random: kernel.random,
  awaken: () => {
    kernel.tracing = kernel.traces
  },
  find: (pid) => kernel.table.find(pid),
  warn: (text, fields) => kernel.log.warning(text, fields),
})
