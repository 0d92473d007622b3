/**
 * ports/web/by-fetch: requests go to a function of the Fetch standard: Hono, or your own.
 *
 * That it throws, is late or answers nonsense becomes 502 or 504; a coded error of a call to an
 * actor becomes the status that stands for it.
 *
 * @source WHATWG Fetch; WinterTC "fetch handler"
 */
import type { IncomingMessage } from 'node:http'
import { describeThrown, type ProcessContext, type WebResponse } from '#contract'
import { isTooLarge } from './body.js'
import { environmentOf, type WebEnv } from './environment.js'
import type { Exchange } from './exchange.js'
import { requestOf, urlOf } from './fetch-request.js'
import { sendResponse } from './fetch-response.js'
import { type WebRefusal, webFailureOf } from './status.js'
import { type Answer, tooLarge, type WebAnswerLimits } from './web-options.js'

/** What it may answer: a `Response`, or the same as a plain value, which costs less. */
type Answered = Response | WebResponse

/** A Fetch-style handler; its second argument reaches actors. */
export type FetchFunction = (request: Request, env: WebEnv) => Answered | Promise<Answered>

/** Methods for which the standard has no `Request`. */
const FORBIDDEN = new Set(['CONNECT', 'TRACE', 'TRACK'])

/** Also one that a library has made in place of Node's. */
const isResponse = (given: Answered | null | undefined): given is Response =>
  given instanceof Response ||
  (typeof given === 'object' && given !== null && 'arrayBuffer' in given)

export function byFetch(
  context: ProcessContext,
  isSecure: boolean,
  fetch: FetchFunction,
  { bodyBytesMax }: WebAnswerLimits,
): Answer {
  const start = (exchange: Exchange, url: string): void => {
    const request = requestOf({ exchange, url, bodyBytesMax })
    const given = fetch(request, environmentOf(context, exchange))
    if (given instanceof Promise) {
      given.then(
        (settled) => answered(exchange, settled),
        (thrown: unknown) => failed(context, exchange, thrown),
      )
    } else answered(exchange, given)
  }
  return (exchange) => {
    try {
      const url = urlOf(exchange.incoming, isSecure)
      const refusal = refusalOf(exchange.incoming, url, bodyBytesMax)
      if (url !== undefined && refusal === undefined) start(exchange, url)
      else {
        exchange.fail(refusal ?? NO_ADDRESS)
        exchange.settle()
      }
    } catch (thrown) {
      failed(context, exchange, thrown)
    }
  }
}

function answered(exchange: Exchange, given: Answered): void {
  if (isResponse(given)) void sendResponse(exchange, given).then(() => exchange.settle())
  else {
    exchange.answer(given)
    exchange.settle()
  }
}

function failed(context: ProcessContext, exchange: Exchange, thrown: unknown): void {
  // One that was aborted together with its client has nothing to report.
  if (!exchange.isAnswered) {
    context.log.warning('a web handler failed', { problem: describeThrown(thrown) })
    exchange.fail(webFailureOf(thrown))
  }
  exchange.settle()
}

const NO_METHOD: WebRefusal = Object.freeze({
  status: 501,
  reason: 'this method is not served here',
})
const NO_ADDRESS: WebRefusal = Object.freeze({
  status: 400,
  reason: 'the address of the request cannot be',
})

/** What the standard, or a limit, does not let a function see. */
function refusalOf(
  incoming: IncomingMessage,
  url: string | undefined,
  bodyBytesMax: number,
): WebRefusal | undefined {
  if (FORBIDDEN.has(incoming.method ?? '')) return NO_METHOD
  if (url === undefined) return NO_ADDRESS
  return isTooLarge(incoming, bodyBytesMax) ? tooLarge(bodyBytesMax) : undefined
}
