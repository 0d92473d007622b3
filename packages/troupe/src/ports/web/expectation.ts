/**
 * ports/web/expectation: a client that asks whether it may send its body, before it sends it.
 *
 * It is told to go on when somebody begins to read, so that one whose request is refused need not
 * send a body in vain.
 *
 * @source RFC 9110, 10.1.1 (Expect)
 */
import type { IncomingMessage, ServerResponse } from 'node:http'

/** Tells the client to go on once its body is asked for, unless it has its answer by then. */
export function continueWhenRead(request: IncomingMessage, response: ServerResponse): void {
  const { _read } = request
  request._read = (bytes: number): void => {
    request._read = _read
    if (!response.headersSent) response.writeContinue()
    _read.call(request, bytes)
  }
}

/** Asks for a body that somebody takes from the parser, past the stream that would ask. */
export function askFor(request: IncomingMessage): void {
  if (request.headers.expect !== undefined) request.read(0)
}
