/**
 * runtime/current-message: which message a process is handling.
 *
 * While a handler is on the stack the turn knows it; once the handler has waited, its pause does.
 * A reentrant process has it only until its first `await`.
 */
import type { Suspended } from './extension.js'
import type { Process } from './process.js'
import type { Turn } from './turn.js'

/** The current message, whose progress may be changed; undefined outside of handlers. */
export function current(
  kernel: { readonly turn: Turn },
  process: Process,
): Turn | Suspended | undefined {
  if (kernel.turn.process === process) return kernel.turn
  return process.extension?.pause?.current
}
