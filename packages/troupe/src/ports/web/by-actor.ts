/**
 * ports/web/by-actor: each request becomes a call to an actor, which answers with a value.
 */
import type { IncomingMessage } from 'node:http'
import type { Address, ProcessContext, WebHandler, WebRequest, WebResponse } from '#contract'
import { hasBody, isTooLarge, readBody } from './body.js'
import type { Exchange } from './exchange.js'
import { pathOf, queryOf } from './mounts.js'
import { webFailureOf } from './status.js'
import { type Answer, tooLarge, type WebAnswerLimits } from './web-options.js'

const NO_BYTES = new Uint8Array(0)

export function byActor(
  context: ProcessContext,
  handler: Address<typeof WebHandler>,
  { timeoutMs, bodyBytesMax }: WebAnswerLimits,
): Answer {
  const isBounded = Number.isFinite(timeoutMs)
  const bounded = { timeoutMs }
  const ask = (exchange: Exchange, body: Uint8Array): void => {
    const answered = (answer: WebResponse): void => {
      exchange.answer(answer)
      exchange.settle()
    }
    const failed = (thrown: unknown): void => {
      exchange.fail(webFailureOf(thrown))
      exchange.settle()
    }
    // The work goes on without the client, so it is waited for; but not for ever.
    const options = isBounded ? bounded : { timeoutMs, signal: exchange.signal }
    const request = requestOf(exchange.incoming, body)
    const asked = exchange.within(() => context.call(handler, 'handle', request, options))
    asked.then(answered, failed)
  }
  const refuse = (exchange: Exchange): void => {
    exchange.fail(tooLarge(bodyBytesMax))
    exchange.settle()
  }
  return (exchange) => {
    if (!hasBody(exchange.incoming)) ask(exchange, NO_BYTES)
    else if (isTooLarge(exchange.incoming, bodyBytesMax)) refuse(exchange)
    else
      readBody(exchange, bodyBytesMax, (read) => {
        if (read.kind === 'whole') ask(exchange, read.bytes)
        else if (read.kind === 'too-large') refuse(exchange)
        // A client that went away in the middle needs no answer.
        else exchange.settle()
      })
  }
}

function requestOf(incoming: IncomingMessage, body: Uint8Array): WebRequest {
  const { method = 'GET', url = '/', socket } = incoming
  return {
    method,
    path: pathOf(url),
    query: queryOf(url),
    headers: headersOf(incoming),
    body,
    remoteAddress: socket.remoteAddress ?? '',
  }
}

function headersOf(incoming: IncomingMessage): Readonly<Record<string, string>> {
  const given = incoming.headers
  const headers: Record<string, string> = Object.create(null)
  for (const name in given) {
    const value = given[name]
    if (typeof value === 'string') headers[name] = value
    else if (value !== undefined) headers[name] = value.join(', ')
  }
  return headers
}
