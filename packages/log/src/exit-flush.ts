/**
 * exit-flush: writes what waits when a program exits without stopping its node.
 *
 * One listener of the process for all files. A program that is killed loses what waits.
 */

/** What can write all it holds at once. */
interface Flushing {
  flushSync(): void
}

const open = new Set<Flushing>()

function flushAll(): void {
  for (const stream of open) {
    try {
      stream.flushSync()
    } catch {
      // The program is ending and the disk refuses; nobody is left who could be told.
    }
  }
}

/** From now on the stream is flushed when the program exits. */
export function flushAtExit(stream: Flushing): void {
  if (open.size === 0) process.on('exit', flushAll)
  open.add(stream)
}

/** The stream has been closed and needs it no more. */
export function forgetAtExit(stream: Flushing): void {
  open.delete(stream)
  if (open.size === 0) process.off('exit', flushAll)
}
