/**
 * ports/websocket/frame: what somebody wants to be sent, checked and as bytes.
 *
 * Pure. What cannot be sent is refused with MESSAGE_INVALID before it can harm a connection.
 *
 * @source RFC 6455, 5.5 (control frames), 7.4 (status codes)
 */
import { isUtf8 } from 'node:buffer'
import { TroupeError } from '#contract'
import type { WebSocketClose } from './message.js'

/** A frame ready to be sent. */
export interface Frame {
  readonly kind: 'text' | 'binary' | 'ping' | 'pong'
  readonly body: Uint8Array
}

/** What a closing frame says. */
export interface Farewell {
  readonly code: number
  readonly reason: string
}

/** A closing frame ready to be sent. */
export interface ClosingFrame extends Farewell {
  readonly kind: 'close'
}

/** What every frame costs beside its body, in bytes: the longest head there is. */
export const FRAME_BYTES = 14

const CONTROL_BYTES_MAX = 125
const REASON_BYTES_MAX = 123
/** Codes that no frame may carry: they stand for its absence. */
const UNSENT_CODES: readonly number[] = [1004, 1005, 1006]

/** The frame for what was given to `message`. Throws MESSAGE_INVALID. */
export function frameOf(message: string, given: unknown): Frame | ClosingFrame {
  if (typeof given === 'string') return { kind: 'text', body: Buffer.from(given) }
  if (given instanceof Uint8Array) return { kind: 'binary', body: given }
  const { kind, body } = readable(message, given)
  switch (kind) {
    case 'text':
      return { kind, body: textOf(message, body) }
    case 'binary':
      return { kind, body: bytesOf(message, body) }
    case 'ping':
    case 'pong':
      return { kind, body: controlOf(message, body ?? '') }
    case 'close':
      return closingOf(message, given as WebSocketClose)
    default:
      throw refusal(message, "give text, bytes, or a kind of 'text', 'binary', 'ping' and so on")
  }
}

/** The closing frame for what was given to `message`. Throws MESSAGE_INVALID. */
export function closingOf(message: string, given: unknown): ClosingFrame {
  const isGiven = typeof given === 'object' && given !== null
  const { code = 1000, reason = '' } = isGiven ? (given as WebSocketClose) : {}
  if (!isSendable(code)) throw refusal(message, `no closing frame may have the code ${code}`)
  const isReason = typeof reason === 'string' && Buffer.byteLength(reason) <= REASON_BYTES_MAX
  if (!isReason) throw refusal(message, `a reason has at most ${REASON_BYTES_MAX} bytes`)
  return { kind: 'close', code, reason }
}

function isSendable(code: number): boolean {
  if (!Number.isInteger(code) || UNSENT_CODES.includes(code)) return false
  return (code >= 1000 && code <= 1014) || (code >= 3000 && code <= 4999)
}

function readable(message: string, given: unknown): Readonly<Record<'kind' | 'body', unknown>> {
  if (typeof given === 'object' && given !== null) return given as Record<'kind' | 'body', unknown>
  throw refusal(message, 'give text, bytes, or a frame')
}

function textOf(message: string, body: unknown): Uint8Array {
  const bytes = bytesOf(message, body)
  if (typeof body !== 'string' && !isUtf8(bytes)) throw refusal(message, 'a text has to be UTF-8')
  return bytes
}

function controlOf(message: string, body: unknown): Uint8Array {
  const bytes = bytesOf(message, body)
  if (bytes.length <= CONTROL_BYTES_MAX) return bytes
  throw refusal(message, `a ping has at most ${CONTROL_BYTES_MAX} bytes`)
}

function bytesOf(message: string, body: unknown): Uint8Array {
  if (typeof body === 'string') return Buffer.from(body)
  if (body instanceof Uint8Array) return body
  throw refusal(message, 'the body has to be text or a Uint8Array')
}

const refusal = (message: string, problem: string): TroupeError =>
  new TroupeError('MESSAGE_INVALID', { message, problem })
