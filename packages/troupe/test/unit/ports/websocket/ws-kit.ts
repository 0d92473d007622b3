/**
 * What the tests of WebSocket ports share: readers that keep what they are told, clients that
 * speak by the library, and clients that speak raw bytes.
 */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { TestContext } from 'node:test'
import {
  actor,
  type MailboxOptions,
  type Node,
  openWeb,
  type Pid,
  protocol,
  type WebListener,
  type WebListenOptions,
  type WebSocketConnected,
  type WebSocketDisconnected,
  type WebSocketPortOptions,
  WebSocketReader,
  type WebSockets,
  webSocketPort,
} from 'troupe'
import { testNode, type VirtualClock } from 'troupe/testing'
import { type ClientOptions, WebSocket } from 'ws'
import { type Notes, noNotes, noting, startedAs, until } from '#test/unit/ports/ports-kit'

export { connectionIn, until } from '#test/unit/ports/ports-kit'

export const started = (t: TestContext): Promise<Node> => startedAs(t, 'websocket')

/** What readers were told, in order. */
export interface Told extends Notes<WebSocketConnected, WebSocketDisconnected> {
  readonly bodies: (string | Uint8Array)[]
}

export const nothingTold = (): Told => ({ ...noNotes(), bodies: [] })

export interface ReaderOptions {
  /** Told with what it is told; default 0. */
  readonly number?: number
  readonly mailbox?: MailboxOptions
  /** What it does with a message; its answer goes back. */
  readonly reply?: (
    body: string | Uint8Array,
  ) => string | Uint8Array | undefined | Promise<string | undefined>
}

const Reader = protocol('kept-reader', { ...WebSocketReader.messages })

/** A reader that writes down what it is told. */
export function readerFor(told: Told, { number = 0, reply, mailbox }: ReaderOptions = {}) {
  const { heard, handlers } = noting(told, number)
  return actor(Reader, {
    ...(mailbox === undefined ? {} : { options: { mailbox } }),
    on: {
      ...handlers,
      async message(_state, { connection, kind, body }, context) {
        told.bodies.push(kind === 'text' ? body : Uint8Array.from(body))
        heard(kind)
        const answer = await reply?.(body)
        if (answer !== undefined) context.send(connection, 'send', answer)
      },
    },
  })
}

export interface Served {
  readonly node: Node
  readonly listener: WebListener
  readonly told: Told
  readonly definition: ReturnType<typeof readerFor>
  readonly reader: Pid
  readonly sockets: Pid<typeof WebSockets>
  readonly port: number
  readonly url: string
}

export interface ServeOptions extends Omit<Partial<WebSocketPortOptions>, 'listener'> {
  readonly listen?: Partial<WebListenOptions>
  readonly as?: ReaderOptions
}

/** A WebSocket port on a listener of its own, with a reader named `reader`. */
export async function served(t: TestContext, options: ServeOptions = {}): Promise<Served> {
  return servedBy(t, await started(t), options)
}

/** The same on a node whose clock stands still. */
export async function servedInNoTime(
  t: TestContext,
  options: ServeOptions = {},
): Promise<Served & { readonly clock: VirtualClock }> {
  const { node, clock, stop } = await testNode()
  t.after(stop)
  return { ...(await servedBy(t, node, options)), clock }
}

async function servedBy(
  t: TestContext,
  node: Node,
  { listen, as, ...options }: ServeOptions,
): Promise<Served> {
  const listener = await openWeb({ port: 0, closeTimeoutMs: 50, ...listen })
  t.after(() => listener.close())
  const told = nothingTold()
  const definition = readerFor(told, as)
  const reader = await node.spawn(definition, { name: 'reader' })
  const { readers, ...others } = options
  const readBy = readers === undefined ? { reader: 'reader' } : { readers }
  const args = [{ listener, ...readBy, ...others }] as const
  const sockets = await node.spawn(webSocketPort, { name: 'sockets', args })
  const { port } = listener
  return { node, listener, told, definition, reader, sockets, port, url: `ws://127.0.0.1:${port}/` }
}

/** A client of the library that keeps what it gets. */
export interface Client {
  readonly ws: WebSocket
  readonly got: (string | Uint8Array)[]
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>
}

export function clientOf(
  t: TestContext,
  url: string,
  { protocols = [], ...options }: ClientOptions & { protocols?: string[] } = {},
): Client {
  const ws = new WebSocket(url, protocols, { perMessageDeflate: false, ...options })
  const got: (string | Uint8Array)[] = []
  ws.on('error', () => {})
  ws.on('message', (body: Buffer, isBinary) => {
    got.push(isBinary ? Uint8Array.from(body) : body.toString())
  })
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    ws.on('close', (code, reason) => resolve({ code, reason: String(reason) }))
  })
  t.after(() => ws.terminate())
  return { ws, got, closed }
}

/** A client whose connection is open. */
export async function openClient(
  t: TestContext,
  url: string,
  options?: ClientOptions & { protocols?: string[] },
): Promise<Client> {
  const client = clientOf(t, url, options)
  await once(client.ws, 'open')
  return client
}

/** The first bytes of a client. */
export const handshake = (path = '/', more = ''): string =>
  `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nupgrade: websocket\r\nconnection: Upgrade\r\n` +
  `sec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n${more}\r\n`

/** A client that speaks raw bytes. */
export interface Raw {
  readonly socket: Socket
  /** All that came so far. */
  readonly got: () => Buffer
  /** The codes of the closing frames that came. */
  readonly codes: () => readonly number[]
  readonly closed: Promise<unknown>
}

/** A connection that speaks TCP only. */
export async function rawOf(t: TestContext, port: number): Promise<Raw> {
  const socket = connect(port, '127.0.0.1')
  let bytes = Buffer.alloc(0)
  socket.on('error', () => {})
  socket.on('data', (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk])
  })
  t.after(() => socket.destroy())
  const closed = new Promise((resolve) => socket.on('close', resolve))
  await once(socket, 'connect')
  const codes = (): readonly number[] =>
    framesIn(bytes.subarray(bytes.indexOf('\r\n\r\n') + 4))
      .filter(({ opcode }) => opcode === 8)
      .map(({ body }) => (body.length < 2 ? 1005 : body.readUInt16BE(0)))
  return { socket, got: () => bytes, codes, closed }
}

/** A raw client that has shaken hands. */
export async function rawOpen(t: TestContext, port: number, path = '/'): Promise<Raw> {
  const raw = await rawOf(t, port)
  raw.socket.write(handshake(path))
  await until(() => raw.got().includes('\r\n\r\n'))
  return raw
}

export interface FrameBits {
  readonly opcode: number
  readonly body?: string | Uint8Array
  readonly fin?: boolean
  /** Of the first byte: 0x40, 0x20, 0x10. */
  readonly reserved?: number
  readonly masked?: boolean
  /** What is said of the length, whatever it is. */
  readonly length?: number | bigint
}

/** The bytes of one frame of a client, right or wrong. */
export function frame(bits: FrameBits): Buffer {
  const { opcode, fin = true, reserved = 0, masked = true } = bits
  const body = Buffer.from((bits.body ?? '') as string)
  const length = BigInt(bits.length ?? body.length)
  const head = [opcode | reserved | (fin ? 0x80 : 0), masked ? 0x80 : 0]
  const more = Buffer.alloc(length > 65_535n ? 8 : length > 125n ? 2 : 0)
  if (more.length === 8) more.writeBigUInt64BE(length)
  else if (more.length === 2) more.writeUInt16BE(Number(length))
  head[1] =
    (head[1] as number) | (more.length === 8 ? 127 : more.length === 2 ? 126 : Number(length))
  const mask = Buffer.from([1, 2, 3, 4])
  if (masked) for (let i = 0; i < body.length; i += 1) body[i] = at(body, i) ^ at(mask, i % 4)
  return Buffer.concat([Buffer.from(head), more, masked ? mask : Buffer.alloc(0), body])
}

/** The whole frames in what a server has sent. */
export function framesIn(bytes: Buffer): readonly { opcode: number; body: Buffer }[] {
  const frames: { opcode: number; body: Buffer }[] = []
  let rest = bytes
  while (rest.length >= 2) {
    const short = at(rest, 1) & 0x7f
    const offset = short === 127 ? 10 : short === 126 ? 4 : 2
    if (rest.length < offset) break
    const length =
      short === 127 ? Number(rest.readBigUInt64BE(2)) : short === 126 ? rest.readUInt16BE(2) : short
    if (rest.length < offset + length) break
    frames.push({ opcode: at(rest, 0) & 0x0f, body: rest.subarray(offset, offset + length) })
    rest = rest.subarray(offset + length)
  }
  return frames
}

const at = (bytes: Uint8Array, index: number): number => bytes[index] as number
