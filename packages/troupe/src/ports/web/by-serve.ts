/**
 * ports/web/by-serve: requests go to a plain function of Node's own kind: Express, Fastify, yours.
 *
 * It writes its answer itself. That it throws, is late or reads too much becomes an answer only
 * while it has not begun its own; afterwards the connection is broken off.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { describeThrown, type ProcessContext } from '#contract'
import { isTooLarge, watchBody } from './body.js'
import { environmentOf } from './environment.js'
import type { Exchange } from './exchange.js'
import { webFailureOf } from './status.js'
import { type Answer, tooLarge, type WebAnswerLimits } from './web-options.js'

/** A plain handler; a promise that it returns is watched for its failure only. */
export type ServeFunction = (request: IncomingMessage, response: ServerResponse) => unknown

export function byServe(
  context: ProcessContext,
  serve: ServeFunction,
  { bodyBytesMax }: WebAnswerLimits,
): Answer {
  const failed = (exchange: Exchange, thrown: unknown): void => {
    context.log.warning('a web handler failed', { problem: describeThrown(thrown) })
    if (exchange.isAnswered) exchange.breakOff()
    else exchange.cutOff(webFailureOf(thrown))
  }
  return (exchange) => {
    const { incoming, response } = exchange
    // What a handler does after its answer nobody can see; the answer alone is waited for.
    exchange.settle()
    const stop = (): void => {
      if (exchange.isAnswered) exchange.breakOff()
      else exchange.cutOff(tooLarge(bodyBytesMax))
    }
    if (isTooLarge(incoming, bodyBytesMax)) return stop()
    watchBody(incoming, bodyBytesMax, stop)
    environmentOf(context, exchange)
    try {
      const done = serve(incoming, response)
      if (done instanceof Promise) done.catch((thrown: unknown) => failed(exchange, thrown))
    } catch (thrown) {
      failed(exchange, thrown)
    }
  }
}
