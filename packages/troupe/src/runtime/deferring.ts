/**
 * runtime/deferring: requests that a process keeps for a later answer.
 */
import { extend } from './mailbox.js'
import type { Call } from './message.js'
import type { Process } from './process.js'

/** Keeps a request that has no answer yet, so that its caller learns of the keeper's end. */
export function defer(process: Process, call: Call): void {
  const extension = extend(process)
  extension.deferred ??= new Set()
  extension.deferred.add(call)
  const before = call.release
  call.release = () => {
    before?.()
    extension.deferred?.delete(call)
  }
}
