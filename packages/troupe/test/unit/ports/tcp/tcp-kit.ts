/**
 * What the tests of TCP ports share: a reader that keeps what it is told, and plain clients.
 */
import { connect, type Socket } from 'node:net'
import type { TestContext } from 'node:test'
import { type ConnectionOptions, connect as connectSecure } from 'node:tls'
import {
  actor,
  type MailboxOptions,
  type Node,
  openTcp,
  protocol,
  type TcpConnected,
  type TcpDisconnected,
  type TcpListenOptions,
  type TcpPortOptions,
  TcpReader,
  tcpPort,
} from 'troupe'
import { type Notes, noNotes, noting, startedAs, UNTIL_MS_MAX } from '#test/unit/ports/ports-kit'

export { connectionIn, passing, until } from '#test/unit/ports/ports-kit'

export const started = (t: TestContext): Promise<Node> => startedAs(t, 'tcp')

/** What readers were told, in order. */
export interface Told extends Notes<TcpConnected, TcpDisconnected> {
  readonly data: string[]
}

export const nothingTold = (): Told => ({ ...noNotes(), data: [] })

export interface ReaderOptions {
  readonly name?: string
  /** Told with what it is told; default 0. */
  readonly number?: number
  readonly mailbox?: MailboxOptions
  /** What it does with a chunk; its answer goes back. */
  readonly reply?: (text: string) => string | undefined | Promise<string | undefined>
}

const Reader = protocol('kept-reader', { ...TcpReader.messages })

/** A reader that writes down what it is told. */
export function readerFor(told: Told, { number = 0, reply, mailbox }: ReaderOptions = {}) {
  const { heard, handlers } = noting(told, number)
  return actor(Reader, {
    ...(mailbox === undefined ? {} : { options: { mailbox } }),
    on: {
      ...handlers,
      async data(_state, { connection, bytes }, context) {
        const text = Buffer.from(bytes).toString('latin1')
        told.data.push(text)
        heard(text)
        const answer = await reply?.(text)
        if (answer !== undefined) context.send(connection, 'send', answer)
      },
    },
  })
}

export interface ServeOptions extends Omit<Partial<TcpPortOptions>, 'listener'> {
  readonly listen?: Partial<TcpListenOptions>
  readonly as?: ReaderOptions
}

/** A TCP port on a listener of its own, with a reader named `reader`. */
export async function served(t: TestContext, options: ServeOptions = {}) {
  return servedBy(t, await started(t), options)
}

/** The same on this node. */
export async function servedBy(
  t: TestContext,
  node: Node,
  { listen, as, ...options }: ServeOptions = {},
) {
  const listener = await openTcp({ port: 0, ...listen })
  t.after(() => listener.close())
  const told = nothingTold()
  const definition = readerFor(told, as)
  const reader = await node.spawn(definition, { name: 'reader' })
  const args = [{ listener, reader: 'reader', ...options }] as const
  const tcp = await node.spawn(tcpPort, { name: 'tcp', args })
  const counters = () => node.call(tcp, 'counters')
  return { node, listener, told, definition, reader, tcp, args, counters, port: listener.port }
}

/** A plain client that keeps what it gets. */
export interface Client {
  readonly socket: Socket
  readonly got: () => string
  readonly closed: Promise<unknown>
}

export function clientOf(t: TestContext, port: number, tls?: ConnectionOptions): Client {
  const to = { port, host: '127.0.0.1' }
  return keptClient(t, tls === undefined ? connect(to) : connectSecure({ ...to, ...tls }))
}

export function keptClient(t: TestContext, socket: Socket): Client {
  let text = ''
  socket.on('error', () => {})
  socket.on('data', (bytes: Buffer) => {
    text += bytes.toString('latin1')
  })
  t.after(() => socket.destroy())
  const closed = new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('was never closed')), UNTIL_MS_MAX).unref()
    socket.once('close', () => {
      clearTimeout(late)
      resolve(undefined)
    })
  })
  // Not every test waits for it.
  closed.catch(() => {})
  return { socket, got: () => text, closed }
}
