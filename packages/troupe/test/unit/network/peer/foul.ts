/**
 * test/unit/network/peer/foul: a node, an honest one that talks with it, and foul ones that know
 * the cookie and then send whatever they like.
 */
import { randomBytes } from 'node:crypto'
import { actor, type LogSink, type Node, protocol, request } from 'troupe'
import { type VirtualClock, virtualClock } from 'troupe/testing'
import { seededRandom } from '#base/random'
import {
  type Line,
  NETWORK_DEFAULTS,
  type NetworkOptions,
  type TransportAddress,
  type WireHome,
} from '#contract'
import { Encoder } from '#network/codec/encoder'
import { FRAME, writeFrameHead } from '#network/frame/line-frame'
import { handshakeKey } from '#network/handshake/proof'
import { runHandshake } from '#network/handshake/run-handshake'
import type { HandshakeTerms } from '#network/handshake/terms'
import { SUSPICION_DEFAULTS } from '#network/liveness/options'
import { Prober } from '#network/liveness/prober'
import { Network } from '#network/network'
import { createNode } from '#runtime'
import { settingsOf, TERMS } from '#test/unit/network/handshake/handshake-kit'
import { Pipes } from './pipe.js'

const COOKIE = 'a cookie for tests only'

/** A network whose node notes why others were lost. */
class Heard extends Network {
  readonly lost = new Map<string, string>()

  override start(home: WireHome): Promise<void> {
    const { peerDown } = home
    Object.assign(home, {
      peerDown: (node: string, creation: number, reason: string) => {
        this.lost.set(node, reason)
        peerDown.call(home, node, creation, reason)
      },
    })
    return super.start(home)
  }
}

const Echo = protocol('echo', {
  echo: request<unknown, unknown>(),
  asker: request<void, string>(),
})
const echo = actor(Echo, {
  on: {
    echo: (_state, payload) => payload,
    asker: (_state, _payload, context) => context.from?.node ?? 'nobody',
  },
})

/** One foul node on its line. */
export interface Foul {
  readonly name: string
  readonly line: Line
  /** Bytes that came back, behind the handshake. */
  readonly heard: Buffer[]
  readonly isClosed: () => boolean
}

export class FoulStage {
  readonly clock: VirtualClock
  readonly node: Node
  readonly network: Heard
  readonly #pipes: Pipes
  readonly #honest: Node
  #fouls = 0

  private constructor(clock: VirtualClock, pipes: Pipes, all: readonly [Node, Heard, Node]) {
    this.clock = clock
    this.#pipes = pipes
    this.node = all[0]
    this.network = all[1]
    this.#honest = all[2]
  }

  static async open(
    options: NetworkOptions = {},
    logSinks: readonly LogSink[] = [],
  ): Promise<FoulStage> {
    const clock = virtualClock()
    const pipes = new Pipes(clock)
    const start = async (name: string, port: number): Promise<readonly [Node, Heard]> => {
      const address = { transport: 'tcp', host: 'h', port: 1, path: '' }
      const settings = {
        ...{ ...NETWORK_DEFAULTS, cookie: COOKIE, ...options },
        peers: new Map(port === 1 ? [] : [['a@test', address]]),
        ...{ acceptors: [{ port }], transports: new Map([['tcp', pipes]]), unixPath: '' },
      }
      const network = new Heard(settings, worldOf(clock, port))
      const quiet = { logSinks: port === 1 ? logSinks : [], stopTimeoutMs: 200 }
      const node = createNode(name, quiet, { clock, wire: network })
      return [await clock.until(node), network]
    }
    const [node, network] = await start('a@test', 1)
    const [honest] = await start('b@test', 2)
    await clock.until(node.spawn(echo, { name: 'echo' }))
    return new FoulStage(clock, pipes, [node, network, honest])
  }

  /** Where the nodes have looked for others. */
  get dialled(): readonly TransportAddress[] {
    return this.#pipes.dialled
  }

  /** A node that has proven that it knows the cookie, and tells `addresses` of itself. */
  async foul(
    addresses: readonly TransportAddress[] = [],
    liveness: HandshakeTerms['liveness'] = undefined,
  ): Promise<Foul> {
    this.#fouls += 1
    const name = `foul${this.#fouls}@test`
    const address = { transport: 'tcp', host: 'h', port: 1, path: '' }
    const line = await this.#pipes.dial(address)
    const terms = { ...TERMS, addresses, liveness }
    const settings = settingsOf(name, { key: handshakeKey(COOKIE), terms })
    const role = { kind: 'dialler', wanted: undefined, resume: undefined } as const
    const result = await this.clock.until(runHandshake(line, settings, role, this.clock))
    if (result.kind !== 'agreed') throw result.refusal.error
    let closed = false
    const heard: Buffer[] = []
    result.start({
      data: (bytes) => void heard.push(Buffer.from(bytes)),
      drained: () => {},
      closed: () => {
        closed = true
      },
    })
    await this.clock.advance(1)
    return { name, line, heard, isClosed: () => closed }
  }

  /** Sends bytes; what becomes of the connection: the reason of its end, or undefined. */
  async send(foul: Foul, ...chunks: readonly Uint8Array[]): Promise<string | undefined> {
    for (const chunk of chunks) foul.line.write(chunk)
    await this.clock.advance(30)
    return this.network.lost.get(foul.name)
  }

  /** True when the honest node is served as ever, on the line it always had. */
  async serves(): Promise<boolean> {
    const to = { kind: 'name', name: 'echo', node: 'a@test' } as const
    const sent = { list: [1, 'two'], at: new Date(5) }
    const call = this.#honest.call(to, 'echo', sent)
    const answer = await this.clock.until(call)
    const lines = this.#honest.network.peer('a@test')?.lines
    return JSON.stringify(answer) === JSON.stringify(sent) && lines === 1
  }

  async close(): Promise<void> {
    await this.clock.until(Promise.all([this.node.stop(), this.#honest.stop()]))
  }
}

const worldOf = (clock: VirtualClock, seed: number) => ({
  random: seededRandom(seed),
  randomBytes: (length: number): Uint8Array => randomBytes(length),
  resolve: () => [],
  openLiveness: async ({ key }: { readonly key: Uint8Array }) => ({
    address: undefined,
    prober: new Prober({
      ...{ key, clock, limits: SUSPICION_DEFAULTS },
      randomBytes: (length: number): Uint8Array => randomBytes(length),
      datagrams: { start: () => {}, send: () => {}, close: () => {} },
    }),
    loopDelayMs: () => 0,
    stop: async () => {},
  }),
})

/** A frame of any kind. */
export function frame(kind: number, body: Uint8Array): Buffer {
  const head = Buffer.alloc(4)
  writeFrameHead(head, 0, kind, body.length)
  return Buffer.concat([head, body])
}

/** Bytes of the session's stream in one frame. */
export const data = (...bytes: readonly Uint8Array[]): Buffer =>
  frame(FRAME.data, Buffer.concat(bytes))

/** Writes the messages of one session. */
export class FoulWriter {
  readonly #encoder = new Encoder()

  /** One message: length, kind, and what `write` writes. */
  message(kind: number, write: (encoder: Encoder) => unknown): Buffer {
    const encoder = this.#encoder
    const from = encoder.position
    write(encoder)
    return bare(kind, encoder.buffer.subarray(from, encoder.position))
  }
}

/** A message of these bytes. */
export function bare(kind: number, body: Uint8Array): Buffer {
  const head = Buffer.alloc(5)
  head.writeUInt32BE(body.length + 1)
  head[4] = kind
  return Buffer.concat([head, body])
}
