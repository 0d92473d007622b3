/**
 * ports/web/mute: makes a response deaf to the handler that still holds it.
 *
 * A plain handler that is late would otherwise throw where nobody catches it: headers cannot be
 * set twice. What it writes is taken, so that a stream into it comes to its end, and dropped.
 */
import type { ServerResponse } from 'node:http'

type Callback = () => void

/** The last argument of `write` and `end` may be a function that waits to be told. */
function tell(given: readonly unknown[]): void {
  const last = given.at(-1)
  if (typeof last === 'function') queueMicrotask(last as Callback)
}

const nothing = (): undefined => undefined

export function mute(response: ServerResponse): void {
  const self = (): ServerResponse => response
  const muted = {
    setHeader: self,
    setHeaders: self,
    appendHeader: self,
    removeHeader: nothing,
    flushHeaders: nothing,
    writeHead: self,
    writeContinue: nothing,
    writeProcessing: nothing,
    writeEarlyHints: nothing,
    addTrailers: nothing,
    write: (...given: readonly unknown[]): boolean => {
      tell(given)
      return true
    },
    end: (...given: readonly unknown[]): ServerResponse => {
      tell(given)
      return response
    },
  }
  Object.assign(response, muted)
}
