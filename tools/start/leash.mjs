/**
 * start/leash: ends a system whose launcher has died, without the system's help.
 *
 * Preloaded into the child by `node --import`. A thread of its own holds the far end of a pipe from
 * the launcher, so that even a child whose event loop is blocked is ended. Children of the child
 * inherit neither the pipe nor the wish.
 */
import { isMainThread, Worker } from 'node:worker_threads'

if (isMainThread && process.env['TROUPE_LEASH'] === String(process.ppid)) {
  delete process.env['TROUPE_LEASH']
  const at = process.execArgv.indexOf('--import')
  if (at >= 0) process.execArgv.splice(at, 2)
  const holder = new Worker(new URL('./leash-thread.mjs', import.meta.url), {
    execArgv: [],
    name: 'leash',
    resourceLimits: { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 2 },
  })
  holder.unref()
}
