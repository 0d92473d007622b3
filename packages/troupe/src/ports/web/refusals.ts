/**
 * ports/web/refusals: the short answers of a listener itself, when no port gives one.
 */
import { type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { isUnread } from './body.js'
import { part } from './parting.js'

/** A status and one sentence for the client. */
export interface Refusal {
  readonly status: number
  readonly reason: string
  /** With 426: what to speak instead. */
  readonly upgrade?: string
}

/** What was wrong with what a client sent; also the name of its counter. */
export type ClientErrorKind = 'headersTooLarge' | 'tooSlow' | 'malformed'

const CLIENT_ERRORS: Readonly<Record<string, ClientErrorKind>> = Object.freeze({
  HPE_HEADER_OVERFLOW: 'headersTooLarge',
  ERR_HTTP_REQUEST_TIMEOUT: 'tooSlow',
})

const STATUS: Readonly<Record<ClientErrorKind, number>> = Object.freeze({
  headersTooLarge: 431,
  tooSlow: 408,
  malformed: 400,
})

/** What an error of a connection says of its client; undefined when it has gone away. */
export function clientErrorOf(
  error: Error & { readonly code?: string },
): ClientErrorKind | undefined {
  if (error.code === 'ECONNRESET' || error.code === 'EPIPE') return undefined
  return CLIENT_ERRORS[error.code ?? ''] ?? 'malformed'
}

/**
 * A client that spoke no HTTP gets one line and no more of our attention. False for one that has
 * its line already, or has gone away.
 */
export function refuseClient(
  kind: ClientErrorKind,
  socket: Duplex,
  sent: ServerResponse | undefined,
): boolean {
  if (!socket.writable) {
    socket.destroy()
    return false
  }
  // A line in the middle of an answer would be taken for a part of it, and after the answer to
  // what is wrong for the answer to another request.
  if (sent?.headersSent === true && !sent.writableFinished) socket.destroy()
  else if (sent?.headersSent === true && isUnread(sent.req)) part(socket)
  else {
    socket.write(headOf(STATUS[kind]))
    part(socket)
  }
  return true
}

/** What follows such a request may be no request either. */
const CLOSING = new Set([400, 501, 505])

/** Answers in one line of JSON. The rest of a request is not read, so the connection ends. */
export function answerShortly(response: ServerResponse, refusal: Refusal): void {
  const { status, reason, upgrade } = refusal
  const body = Buffer.from(JSON.stringify({ error: reason }))
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': body.length,
    ...(status === 503 ? { 'retry-after': '1' } : {}),
    ...(isUnread(response.req) || CLOSING.has(status) ? { connection: 'close' } : {}),
    ...(upgrade === undefined ? {} : { upgrade, connection: 'upgrade, close' }),
  })
  response.end(body)
}

/** Answers on a connection that was to speak something else, and closes it. */
export function answerUpgrade(socket: Duplex, { status }: Refusal): void {
  socket.write(headOf(status))
  part(socket)
}

function headOf(status: number): string {
  const retry = status === 503 ? 'retry-after: 1\r\n' : ''
  const text = STATUS_CODES[status]
  return `HTTP/1.1 ${status} ${text}\r\n${retry}content-length: 0\r\nconnection: close\r\n\r\n`
}
