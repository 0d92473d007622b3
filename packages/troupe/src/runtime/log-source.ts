/**
 * runtime/log-source: what a record of the log says of the process it comes from.
 */
import type { LogSource } from '#contract'
import type { Process } from './process.js'

export function sourceOf(process: Process): LogSource {
  return {
    kind: 'process',
    pid: process,
    name: process.extension?.name,
    behaviour: process.program.behaviour.name,
    application: process.lineage.application,
  }
}
