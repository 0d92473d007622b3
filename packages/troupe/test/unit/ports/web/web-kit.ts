/** Helpers of the web tests: a listener that ends with its test, and clients that speak bytes. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { TestContext } from 'node:test'
import { type Node, type Pid, startNode } from 'troupe'
import { testNode, type VirtualClock } from 'troupe/testing'
import {
  openWeb,
  type Web,
  type WebAnswering,
  type WebListener,
  type WebListenOptions,
  type WebPortOptions,
  webPort,
} from '#ports'

export interface Opened {
  readonly listener: WebListener
  readonly url: string
}

export async function opened(
  t: TestContext,
  options: Partial<WebListenOptions> = {},
): Promise<Opened> {
  const listener = await openWeb({ port: 0, closeTimeoutMs: 50, ...options })
  t.after(() => listener.close())
  return { listener, url: `http://127.0.0.1:${listener.port}` }
}

/** A connection that swallows its errors and ends with its test. */
export async function connected(t: TestContext, port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  t.after(() => socket.destroy())
  await once(socket, 'connect')
  return socket
}

/** All that comes until the other side closes. */
export async function heardOf(socket: Socket): Promise<string> {
  let heard = ''
  socket.setEncoding('utf8')
  socket.on('data', (chunk: string) => {
    heard += chunk
  })
  if (!socket.closed) await once(socket, 'close')
  return heard
}

/** Sends raw bytes and gives what comes back until the server closes. */
export async function rawAnswer(
  t: TestContext,
  port: number,
  said: string | Uint8Array,
): Promise<string> {
  const socket = await connected(t, port)
  socket.write(said)
  return heardOf(socket)
}

/** Waits, turn by turn of the event loop, until something is so. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve))
}

/** The status line of a raw answer: its number. */
export const statusOf = (answer: string): number => Number(answer.slice(9, 12))

/** A node that ends with its test and says nothing. */
export async function started(t: TestContext): Promise<Node> {
  const node = await startNode('web@localhost', { handleSignals: false, logSinks: [] })
  t.after(() => node.stop())
  return node
}

export interface Served extends Opened {
  readonly node: Node
  readonly web: Pid<typeof Web>
}

/** A node with a web port on a listener of its own. */
export async function served(
  t: TestContext,
  answering: WebAnswering,
  options: Partial<WebPortOptions> = {},
): Promise<Served> {
  return servedBy(t, await started(t), answering, options)
}

/** The same on a node whose clock stands still, so that nobody is late before the test says so. */
export async function servedInNoTime(
  t: TestContext,
  answering: WebAnswering,
  options: Partial<WebPortOptions> = {},
): Promise<Served & { readonly clock: VirtualClock }> {
  const { node, clock, stop } = await testNode()
  t.after(stop)
  return { ...(await servedBy(t, node, answering, options)), clock }
}

async function servedBy(
  t: TestContext,
  node: Node,
  answering: WebAnswering,
  options: Partial<WebPortOptions>,
): Promise<Served> {
  const { listener, url } = await opened(t)
  const web = await node.spawn(webPort, { args: [{ listener, ...options, ...answering }] })
  return { node, web, listener, url }
}

/** What one request without a body looks like. */
export const get = (path: string, more = ''): string =>
  `GET ${path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n${more}\r\n`
