/**
 * runtime: one node alone. Knows nothing of networks or clusters.
 */
export type { World } from './kernel.js'
export {
  type ConsoleSinkOptions,
  consoleSink,
  type MemorySink,
  type MemorySinkOptions,
  memorySink,
  plainFields,
  plainRecord,
} from './log/index.js'
export { createNode } from './node.js'
export { VERSION } from './version.js'
