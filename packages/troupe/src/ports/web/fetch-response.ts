/**
 * ports/web/fetch-response: sends a `Response` of the Fetch standard to a client.
 *
 * A stream is read no faster than the client takes it, and is cancelled when the client goes away.
 * A body that is there as a whole is sent as a whole, where Node lets us see that it is.
 *
 * @source WHATWG Fetch, "Response class"; WHATWG Streams
 */
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { systemClock } from '#base/clock'
import { isUnread } from './body.js'
import type { Exchange } from './exchange.js'
import { lightParts } from './light-response.js'
import { NONSENSE } from './status.js'

/** What Node's `Response` keeps under its symbol `state`, as far as we look at it. */
interface Inside {
  readonly body?: { readonly source?: unknown } | null
}

/** Undefined where Node keeps its state to itself; then every body is read as a stream. */
const state = Reflect.ownKeys(new Response()).find(
  (key) => typeof key === 'symbol' && key.description === 'state',
)

/** The body of a response that was made from a text or from bytes, and that nobody has touched. */
function wholeBody(response: Response): string | Uint8Array | undefined {
  if (response.bodyUsed || response.body?.locked === true) return undefined
  if (state === undefined) return undefined
  const inside = Reflect.get(response, state) as Inside | undefined
  const source = inside?.body?.source
  return typeof source === 'string' || source instanceof Uint8Array ? source : undefined
}

/** Sends all of it; settles when nothing is left to do. Never rejects. */
export async function sendResponse(exchange: Exchange, response: Response): Promise<void> {
  if (exchange.isAnswered) return cancel(response)
  try {
    const light = lightParts(response)
    if (light !== undefined) {
      const { status, headers, body } = light
      exchange.answer({ status, headers: isHeaders(headers) ? listed(headers) : headers, body })
      return
    }
    const { status, headers } = response
    const isBodiless = status === 204 || status === 304 || exchange.incoming.method === 'HEAD'
    if (response.body === null || isBodiless) {
      void cancel(response)
      exchange.answer({ status, headers: listed(headers) })
      return
    }
    const body = wholeBody(response)
    if (body === undefined) await stream(exchange, response)
    else exchange.answer({ status, headers: listed(headers), body })
  } catch {
    // A status or header that HTTP does not know, or a body that failed: none of the client's.
    if (exchange.isAnswered) exchange.breakOff()
    else exchange.fail(NONSENSE)
    void cancel(response)
  }
}

const isHeaders = (given: object): given is Headers => given instanceof Headers

/** Headers as an exchange takes them; cookies stay apart, which a comma would damage. */
function listed(headers: Headers): Record<string, string | readonly string[]> {
  const list: Record<string, string | readonly string[]> = {}
  headers.forEach((value, name) => {
    list[name] = name === 'set-cookie' ? headers.getSetCookie() : value
  })
  return list
}

async function stream(exchange: Exchange, given: Response): Promise<void> {
  const { response } = exchange
  const reader = (given.body as ReadableStream<unknown>).getReader()
  const leave = (): void => void reader.cancel('the client has gone away').catch(() => {})
  response.once('close', leave)
  try {
    const first = reader.read()
    // A stream that fails at once can still become a whole answer; one that is slow to begin,
    // such as events, must not keep its headers from the client.
    const isReady = await Promise.race([first.then(() => true), turn().then(() => false)])
    begin(exchange, given)
    if (!isReady) response.flushHeaders()
    await pump(first, reader, response)
    if (!response.destroyed) response.end()
  } catch (thrown) {
    void reader.cancel(thrown).catch(() => {})
    throw thrown
  } finally {
    if (response.writableEnded) response.off('close', leave)
  }
}

/** Settles after the event loop has turned. */
const turn = (): Promise<void> => new Promise((resolve) => systemClock.later(resolve))

function begin(exchange: Exchange, { status, headers }: Response): void {
  const { incoming, response } = exchange
  const list = listed(headers)
  // Node then holds the handler to the length it has given.
  if (list['content-length'] !== undefined) response.strictContentLength = true
  delete list['transfer-encoding']
  if (isUnread(incoming)) list['connection'] = 'close'
  if (!exchange.isAnswered) response.writeHead(status, list as Record<string, string | string[]>)
}

type Piece = { readonly done: boolean; readonly value?: unknown }

async function pump(
  first: Promise<Piece>,
  reader: ReadableStreamDefaultReader<unknown>,
  response: ServerResponse,
): Promise<void> {
  let { done, value } = await first
  while (!done && !response.destroyed) {
    // Throws for what is no bytes.
    if (!response.write(value as Uint8Array)) await drained(response)
    const next: Piece = await reader.read()
    done = next.done
    value = next.value
  }
}

/** Waits until the client has taken what was written, or has gone away. */
async function drained(response: ServerResponse): Promise<void> {
  const abort = new AbortController()
  const { signal } = abort
  const ends = [once(response, 'drain', { signal }), once(response, 'close', { signal })]
  try {
    await Promise.race(ends)
  } finally {
    abort.abort()
    for (const end of ends) end.catch(() => {})
  }
}

async function cancel(response: Response): Promise<void> {
  try {
    if (!response.bodyUsed && response.body?.locked === false) await response.body.cancel()
  } catch {
    // What the source of a stream does when it is told to stop is its own affair.
  }
}
