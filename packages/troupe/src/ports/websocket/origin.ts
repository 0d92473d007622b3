/**
 * ports/websocket/origin: which pages may open a WebSocket.
 *
 * A browser lets any page of the world connect, with the cookies of whoever looks at it; the
 * header `Origin` is all that tells where the page is from. Other programs send none and are not
 * held back by it: this is no authentication.
 *
 * @source RFC 6455, 10.2; ergo-features 13 (CheckOrigin)
 */
import { requireOption } from '#contract'
import type { Listening } from '#ports/listen'

/** Who asks for a connection, for those who decide. */
export interface WebSocketHandshake {
  /** Path and query, as sent. */
  readonly url: string
  /** By lower-case name; several of one name are joined with a comma. Has no prototype. */
  readonly headers: Readonly<Record<string, string>>
  /** Where the page is from; undefined when no browser asks. */
  readonly origin: string | undefined
  readonly remote: Listening
}

/**
 * Which origins may connect: those of the same host, these, any, or what a function says.
 *
 * A function is asked of every handshake, also without an origin; so it may look at a cookie or a
 * token too. What it throws is a no.
 */
export type CheckOrigin =
  | 'same'
  | 'any'
  | readonly string[]
  | ((handshake: WebSocketHandshake) => boolean | Promise<boolean>)

/** Says whether a handshake may go on. Rejects with what the function throws. */
export async function mayConnect(
  check: CheckOrigin,
  handshake: WebSocketHandshake,
): Promise<boolean> {
  if (typeof check === 'function') return (await check(handshake)) === true
  const { origin, headers } = handshake
  if (check === 'any' || origin === undefined) return true
  if (check === 'same') return isSameHost(origin, headers['host'])
  const asked = normalOrigin(origin)
  return asked !== undefined && check.some((allowed) => normalOrigin(allowed) === asked)
}

/**
 * The scheme is not compared: behind a proxy that ends TLS it is not known here.
 */
export function isSameHost(origin: string, host: string | undefined): boolean {
  const parsed = parse(origin)
  if (parsed === undefined || host === undefined) return false
  // Of the same scheme, so that a port that is the default for it counts as none on both sides.
  const own = parse(`${parsed.protocol}//${host}`)
  return own !== undefined && parsed.host !== '' && own.host === parsed.host
}

/** Throws OPTION_INVALID for what says nothing. */
export function checkCheckOrigin(given: unknown): void {
  const isWord = given === undefined || given === 'same' || given === 'any'
  if (isWord || typeof given === 'function') return
  const problem = "give 'same', 'any', a list of origins or a function"
  requireOption(Array.isArray(given), 'checkOrigin', given, problem)
  for (const origin of given as readonly unknown[]) {
    const isOrigin = typeof origin === 'string' && normalOrigin(origin) !== undefined
    const example = 'give origins such as https://example.com'
    requireOption(isOrigin, 'checkOrigin', origin, example)
  }
}

const parse = (text: string): URL | undefined => (URL.canParse(text) ? new URL(text) : undefined)

/** Scheme, host and port alone; undefined for what is no origin, such as `null`. */
function normalOrigin(text: string): string | undefined {
  const parsed = parse(text)
  return parsed === undefined || parsed.host === ''
    ? undefined
    : `${parsed.protocol}//${parsed.host}`
}
