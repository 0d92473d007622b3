/**
 * ports/sse/encode: one event as the bytes of a stream.
 *
 * Pure. A text of several lines becomes several `data` lines; every line end arrives as LF,
 * since the format cannot tell them apart.
 *
 * @source WHATWG HTML, 9.2.5 "Parsing an event stream"
 */
import { TroupeError } from '#contract'
import type { SsePush } from './message.js'

/** A comment: keeps the connection alive and tells nothing. */
export const HEARTBEAT: Uint8Array = Buffer.from(':\n\n')

const LINE_END = /\r\n|\r|\n/

/**
 * The bytes of an event.
 *
 * Throws MESSAGE_INVALID for what a client would read differently: a line end in `event` or `id`,
 * NUL in `id`, an empty `event`, no field at all.
 */
export function encodeSse(given: SsePush, message = 'send'): Uint8Array {
  const refuse = (problem: string): never => {
    throw new TroupeError('MESSAGE_INVALID', { message, problem })
  }
  if (typeof given !== 'object' || given === null) return refuse('give an object')
  const { event, data, id, retryMs } = given
  let text = ''
  if (event !== undefined) text += `event: ${isLine(event) ? event : refuse(EVENT)}\n`
  if (id !== undefined) text += `id: ${isId(id) ? id : refuse(ID)}\n`
  if (retryMs !== undefined) text += `retry: ${isWhole(retryMs) ? retryMs : refuse(RETRY)}\n`
  if (data !== undefined) {
    if (typeof data !== 'string') refuse('data is text')
    for (const line of data.split(LINE_END)) text += `data: ${line}\n`
  }
  if (text === '') refuse('give data, event, id or retryMs')
  return Buffer.from(`${text}\n`)
}

const EVENT = 'event is one line of text, not empty'
const ID = 'id is one line of text without NUL'
const RETRY = 'retryMs is a whole number, 0 or more'

const isLine = (value: unknown): boolean =>
  typeof value === 'string' && value !== '' && !LINE_END.test(value)

const isId = (value: unknown): boolean => value === '' || (isLine(value) && !hasNul(value))

const hasNul = (value: unknown): boolean => String(value).includes('\0')

const isWhole = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0
