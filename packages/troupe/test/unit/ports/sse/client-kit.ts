/** Helpers of the tests of the SSE client: servers of every kind, and a reader that keeps. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import { actor, type ExitReason, type MailboxOptions } from 'troupe'
import { SseClientReader, sseClient } from '#ports'
import type { SseClosed, SseOpened } from '#ports/sse/client-message'
import type { SseClientOptions } from '#ports/sse/client-options'
import { startedNode } from '#test/unit/ports/sse/sse-kit'

export interface Heard {
  readonly opened: SseOpened[]
  readonly events: string[]
  readonly closed: SseClosed[]
}

/** A reader that keeps what it is told; each event waits for `hold`. */
export function listener(hold?: () => Promise<void>) {
  const heard: Heard = { opened: [], events: [], closed: [] }
  const definition = actor(SseClientReader, {
    on: {
      opened: (_state, given) => void heard.opened.push(given),
      async event(_state, { event, data, lastEventId }) {
        await hold?.()
        heard.events.push(`${event}|${data}|${lastEventId}`)
      },
      closed: (_state, given) => void heard.closed.push(given),
    },
  })
  return { heard, definition }
}

export type Serve = (request: IncomingMessage, response: ServerResponse, turn: number) => void

/** A server that answers as the test says. */
export async function serving(t: TestContext, serve: Serve): Promise<string> {
  let turn = 0
  const server = createServer((request, response) => {
    turn += 1
    serve(request, response, turn)
  })
  server.listen(0, '127.0.0.1')
  t.after(() => {
    server.close()
    server.closeAllConnections()
  })
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

export const EVENTS = { 'content-type': 'text/event-stream; charset=utf-8' }

export interface ReadSettings {
  readonly hold?: () => Promise<void>
  readonly mailbox?: MailboxOptions
}

/** A client whose reader is named `reader`. */
export async function reading(
  t: TestContext,
  options: SseClientOptions,
  { hold, mailbox }: ReadSettings = {},
) {
  const node = await startedNode(t)
  const { heard, definition } = listener(hold)
  await node.spawn(definition, { name: 'reader', ...(mailbox && { mailbox }) })
  const client = await node.spawn(sseClient, { args: [{ reader: 'reader', ...options }] })
  return { node, heard, client }
}

export const wordOf = (reason: ExitReason): string =>
  typeof reason === 'object' && reason.kind === 'custom' ? reason.name : JSON.stringify(reason)
