/** Helpers of the SSE tests: a node with a port, a reader that keeps what it is told, clients. */
import { once } from 'node:events'
import { type ClientRequest, get, type IncomingMessage } from 'node:http'
import type { TestContext } from 'node:test'
import { actor, type Node, type Pid } from 'troupe'
import { openWeb, type Sse, SseReader, ssePort, type WebListener } from '#ports'
import type { SseConnected, SseDisconnected } from '#ports/sse/message'
import type { SsePortOptions } from '#ports/sse/port-options'
import { startedAs, until } from '#test/unit/ports/ports-kit'

export const startedNode = (t: TestContext): Promise<Node> => startedAs(t, 'sse')

/** What the reader was told. */
export interface Told {
  readonly connected: SseConnected[]
  readonly disconnected: SseDisconnected[]
}

/** A reader that keeps what it is told. */
export function keeper() {
  const told: Told = { connected: [], disconnected: [] }
  const definition = actor(SseReader, {
    on: {
      connected: (_state, given) => void told.connected.push(given),
      disconnected: (_state, given) => void told.disconnected.push(given),
    },
  })
  return { told, definition }
}

export interface Served {
  readonly node: Node
  readonly listener: WebListener
  readonly port: Pid<typeof Sse>
  readonly told: Told
  readonly url: string
}

/** An SSE port on a listener of its own, with a reader named `reader`. */
export async function served(
  t: TestContext,
  options: Partial<SsePortOptions> = {},
): Promise<Served> {
  const node = await startedNode(t)
  const listener = await openWeb({ port: 0, closeTimeoutMs: 50 })
  t.after(() => listener.close())
  const { told, definition } = keeper()
  await node.spawn(definition, { name: 'reader' })
  const args = [{ listener, path: '/events', reader: 'reader', ...options }] as const
  const port = await node.spawn(ssePort, { name: 'sse', args })
  return { node, listener, port, told, url: `http://127.0.0.1:${listener.port}/events` }
}

/** One client: what it has heard, and its end. */
export class Client {
  readonly request: ClientRequest
  heard = ''
  isEnded = false
  response: IncomingMessage | undefined

  constructor(t: TestContext, url: string, headers: Readonly<Record<string, string>> = {}) {
    this.request = get(url, { headers, agent: false })
    this.request.on('error', () => {
      this.isEnded = true
    })
    t.after(() => this.request.destroy())
  }

  /** Waits for the head of the answer, and reads from then on. */
  async opened(): Promise<IncomingMessage> {
    const [response] = (await once(this.request, 'response')) as [IncomingMessage]
    this.response = response
    response.setEncoding('utf8')
    response.on('data', (text: string) => {
      this.heard += text
    })
    response.on('error', () => {})
    response.on('close', () => {
      this.isEnded = true
    })
    return response
  }

  hears(text: string): Promise<void> {
    return until(() => this.heard === text)
  }

  ends(): Promise<void> {
    return until(() => this.isEnded)
  }
}
