/**
 * types: what must and must not compile with web ports and web workers.
 *
 * Compiling this file is the test.
 */
import { expectTypeOf } from 'expect-type'
import { Hono } from 'hono'
import {
  type Node,
  openWeb,
  type Pid,
  pool,
  protocol,
  request,
  type Web,
  type WebEnv,
  type WebHandler,
  type WebRequest,
  type WebResponse,
  WebWorker,
  webPort,
  webWorker,
} from 'troupe'

const Stock = protocol('stock', { left: request<string, number>() })
declare const stock: Pid<typeof Stock>
declare const desk: Pid<typeof WebHandler>
declare const node: Node

class Desk extends WebWorker {
  override get(asked: WebRequest): WebResponse {
    return { status: 200, body: asked.path }
  }
}

class Wrong extends WebWorker {
  // @ts-expect-error an answer has a status
  override get(): { body: string } {
    return { body: 'x' }
  }
}

export async function ports(): Promise<void> {
  const listener = await openWeb({ port: 0 })
  const web = await node.spawn(webPort, { args: [{ listener, handler: 'desk' }] })
  expectTypeOf(web).toEqualTypeOf<Pid<typeof Web>>()
  await node.spawn(webPort, { args: [{ listener: { port: 0 }, handler: desk }] })
  await node.spawn(webPort, { args: [{ listener, fetch: new Hono().fetch }] })
  await node.spawn(webPort, { args: [{ listener, serve: (_given, response) => response.end() }] })
  await node.spawn(webPort, {
    args: [
      {
        listener,
        fetch: async (given, env) => {
          expectTypeOf(given).toEqualTypeOf<Request>()
          expectTypeOf(await env.call(stock, 'left', 'tea')).toEqualTypeOf<number>()
          // @ts-expect-error the item is a text
          await env.call(stock, 'left', 7)
          return new Response()
        },
      },
    ],
  })
  // @ts-expect-error somebody has to answer
  await node.spawn(webPort, { args: [{ listener }] })
  // @ts-expect-error only one can answer
  await node.spawn(webPort, { args: [{ listener, handler: 'desk', fetch: () => new Response() }] })
  // @ts-expect-error this process answers no web requests
  await node.spawn(webPort, { args: [{ listener, handler: stock }] })
}

export async function workers(): Promise<void> {
  const worker = webWorker({
    init: (first: number) => ({ served: first }),
    on: {
      get(state, asked) {
        expectTypeOf(state).toEqualTypeOf<{ served: number }>()
        expectTypeOf(asked).toEqualTypeOf<WebRequest>()
        return { status: 200 }
      },
    },
  })
  await node.spawn(worker, { args: [1] })
  await node.spawn(pool({ worker, workerArgs: [1] }))
  await node.spawn(Desk)
  await node.spawn(pool({ worker: Desk }))
  await node.spawn(Wrong)
  // @ts-expect-error its state needs a number
  await node.spawn(worker)
  // @ts-expect-error there is no such method
  webWorker({ on: { fetch: () => ({ status: 200 }) } })
}

export type Bindings = Hono<{ Bindings: WebEnv }>
