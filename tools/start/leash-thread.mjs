/**
 * start/leash-thread: waits for the end of the launcher's pipe, then asks the process to stop, and
 * ends it with its group when it does not.
 *
 * Limit: the whole takes less than the two seconds that a launcher's death may leave its child.
 */
import { Socket } from 'node:net'

/** The pipe is the fourth stream that the launcher hands over. */
const PIPE = 3
const GRACE_MS = 1_500

const pipe = new Socket({ fd: PIPE, readable: true, writable: false })
pipe.on('error', release)
pipe.on('close', release)
pipe.resume()

let released = false
function release() {
  if (released) return
  released = true
  process.kill(process.pid, 'SIGTERM')
  setTimeout(() => {
    try {
      process.kill(-process.pid, 'SIGKILL')
    } catch {
      process.kill(process.pid, 'SIGKILL')
    }
  }, GRACE_MS)
}
