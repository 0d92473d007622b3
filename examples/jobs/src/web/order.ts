/**
 * web/order: the small JSON body of a request that changes something.
 *
 * Limits: `ORDER_BYTES_MAX`, `ORDER_MS`. All names must be known and all values whole numbers
 * within limits.
 */
import { type Refusal, refusal } from './asked.js'
import type { Desk } from './desk.js'
import { nextPiece } from './next-piece.js'

const ORDER_BYTES_MAX = 4_096
/** How long a client may take over it, in milliseconds: it holds a connection meanwhile. */
export const ORDER_MS = 5_000

const wrong = (problem: string): Refusal => refusal(400, 'PARAMETER_INVALID', problem)
const NO_JSON = refusal(400, 'BODY_INVALID', 'the body must be an object in JSON')
const TOO_LARGE = refusal(413, 'BODY_TOO_LARGE', `such a body has at most ${ORDER_BYTES_MAX} bytes`)
const TOO_SLOW = refusal(408, 'BODY_TOO_SLOW', 'the body came too slowly')
const BROKEN_OFF = refusal(400, 'BODY_BROKEN_OFF', 'the body ended before its end')
const NOT_SAID = refusal(415, 'BODY_INVALID', 'say content-type: application/json')

interface Limit {
  readonly least: number
  readonly most: number
  /** When it is left out; without one it must be given. */
  readonly usual?: number
}

/** What came in a body. */
export class Order {
  readonly kind = 'order'
  readonly #given: Readonly<Record<string, unknown>>

  constructor(given: Readonly<Record<string, unknown>>) {
    this.#given = given
  }

  /** The values by name; a refusal names the one that cannot be. */
  numbers<K extends string>(
    limits: Readonly<Record<K, Limit>>,
  ): Readonly<Record<K, number>> | Refusal {
    for (const name of Object.keys(this.#given))
      if (!Object.hasOwn(limits, name)) return wrong(`${JSON.stringify(name)} is not known here`)
    const numbers: Record<string, number> = {}
    for (const [name, { least, most, usual }] of Object.entries<Limit>(limits)) {
      const value = Object.hasOwn(this.#given, name) ? this.#given[name] : usual
      const fits = Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most
      if (!fits) return wrong(`${name} must be a whole number from ${least} to ${most}`)
      numbers[name] = Number(value)
    }
    return numbers as Record<K, number>
  }
}

/** Reads the body of a request; without one it is empty. */
export async function readOrder(
  request: Request,
  time: Pick<Desk, 'after' | 'nowMs'>,
): Promise<Order | Refusal> {
  if (request.body === null) return new Order({})
  const text = await bodyOf(request.body, time)
  if (!Buffer.isBuffer(text)) return text
  if (text.length === 0) return new Order({})
  // What a form of a foreign page can say is not this.
  const type = request.headers.get('content-type') ?? ''
  return /^application\/json(?:;|$)/i.test(type) ? parsed(text.toString()) : NOT_SAID
}

/** The whole body, if it is small and comes in time. */
async function bodyOf(
  body: ReadableStream<Uint8Array>,
  { after, nowMs }: Pick<Desk, 'after' | 'nowMs'>,
): Promise<Buffer | Refusal> {
  const untilMs = nowMs() + ORDER_MS
  const reader = body.getReader()
  const pieces: Uint8Array[] = []
  let bytes = 0
  try {
    for (;;) {
      const next = await nextPiece(reader, (late) => after(Math.max(0, untilMs - nowMs()), late))
      if (next === 'late') return TOO_SLOW
      if (next === 'broken') return BROKEN_OFF
      if (next === 'end') return Buffer.concat(pieces)
      bytes += next.length
      if (bytes > ORDER_BYTES_MAX) return TOO_LARGE
      pieces.push(next)
    }
  } finally {
    void reader.cancel().catch(() => {})
  }
}

function parsed(text: string): Order | Refusal {
  try {
    const given: unknown = JSON.parse(text)
    const isObject = typeof given === 'object' && given !== null && !Array.isArray(given)
    return isObject ? new Order(given as Record<string, unknown>) : NO_JSON
  } catch {
    return NO_JSON
  }
}
