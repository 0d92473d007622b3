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
  type Pid,
  protocol,
  startNode,
  type TcpConnected,
  type TcpConnection,
  type TcpDisconnected,
  TcpReader,
} from 'troupe'

export async function started(t: TestContext): Promise<Node> {
  const node = await startNode('tcp@localhost', { handleSignals: false, logSinks: [] })
  t.after(() => node.stop())
  return node
}

/** Longer than any of these tests should wait for anything. */
const UNTIL_MS_MAX = 10_000

/** Turns the event loop until it is so, and fails when it never is. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const startMs = performance.now()
  while (!(await isSo())) {
    const isLate = performance.now() - startMs > UNTIL_MS_MAX
    if (isLate) throw new Error(`never became true: ${String(isSo)}`)
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** What readers were told, in order. */
export interface Told {
  readonly connected: TcpConnected[]
  readonly data: string[]
  readonly disconnected: TcpDisconnected[]
  /** All of it, one word each: `connected`, the text of a chunk, the word of an end. */
  readonly all: string[]
  /** Who was told, by the number of the reader. */
  readonly by: number[]
}

export const nothingTold = (): Told => ({
  connected: [],
  data: [],
  disconnected: [],
  all: [],
  by: [],
})

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
  const heard = (word: string): void => {
    told.all.push(word)
    told.by.push(number)
  }
  return actor(Reader, {
    ...(mailbox === undefined ? {} : { options: { mailbox } }),
    on: {
      connected(_state, connected) {
        told.connected.push(connected)
        heard(connected.again ? 'again' : 'connected')
      },
      async data(_state, { connection, bytes }, context) {
        const text = Buffer.from(bytes).toString('latin1')
        told.data.push(text)
        heard(text)
        const answer = await reply?.(text)
        if (answer !== undefined) context.send(connection, 'send', answer)
      },
      disconnected(_state, disconnected) {
        told.disconnected.push(disconnected)
        heard(disconnected.end)
      },
    },
  })
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

/** The connection that a reader was told of. */
export function connectionIn(told: Told, at = 0): Pid<typeof TcpConnection> {
  const connected = told.connected[at]
  if (connected === undefined) throw new RangeError(`nobody was told of connection ${at}`)
  return connected.connection
}
