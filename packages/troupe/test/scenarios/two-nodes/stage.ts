/**
 * Two nodes and the way between them, on the simulated network and on TCP: what a scenario needs
 * of either. The simulated one runs in virtual time; TCP goes through a cable that can be cut.
 */
import { randomBytes } from 'node:crypto'
import { createServer, connect as dial, type Server, type Socket } from 'node:net'
import { type Node, type NodeOptions, startNode } from 'troupe'
import { type SimulatedNetwork, simulatedNetwork, virtualClock } from 'troupe/testing'
import { seededRandom } from '#base/random'
import { NETWORK_DEFAULTS, type NetworkOptions } from '#contract'
import { SUSPICION_DEFAULTS } from '#network/liveness/options'
import { Prober } from '#network/liveness/prober'
import { Network } from '#network/network'
import { createNode } from '#runtime'

/** Two nodes, `a@stage` and `b@stage`; a dials. */
export interface TwoNodes {
  readonly a: Node
  readonly b: Node
  /** Waits for a promise, in the time of the stage. */
  settle<T>(promise: Promise<T>): Promise<T>
  until(holds: () => boolean): Promise<void>
  /** Lets time pass in which nothing is expected to happen. */
  pass(ms: number): Promise<void>
  /** Breaks what connects them; they may connect anew. */
  breakLine(): void
  /** Nothing passes any more; the ends hear of it. */
  cut(): void
  heal(): void
  close(): Promise<void>
}

/** Where a scenario runs. */
export interface Stage {
  readonly name: string
  start(options?: NetworkOptions): Promise<TwoNodes>
}

const COOKIE = 'a cookie for tests only'
const QUIET: NodeOptions = { logSinks: [], stopTimeoutMs: 200 }

/** A node on its host of the network. */
function simulatedNode(
  network: SimulatedNetwork,
  own: string,
  other: string,
  options: NetworkOptions,
): Promise<Node> {
  const host = network.host(own)
  const address = { transport: 'simulated', host: other, port: 1, path: '' }
  const settings = {
    ...NETWORK_DEFAULTS,
    ...{ cookie: COOKIE, unixPath: '', ...options },
    acceptors: [{ transport: 'simulated', host: own, port: 1 }],
    peers: new Map(own === 'a' ? [[`${other}@stage`, address]] : []),
    transports: new Map([['simulated', host.transport]]),
  }
  const bytes = (length: number): Uint8Array => randomBytes(length)
  const wire = new Network(settings, {
    random: seededRandom(own.charCodeAt(0)),
    randomBytes: bytes,
    resolve: () => [],
    openLiveness: async ({ key }) => ({
      address: undefined,
      prober: new Prober({
        ...{ key, clock: host.clock, randomBytes: bytes, limits: SUSPICION_DEFAULTS },
        datagrams: { start: () => {}, send: () => {}, close: () => {} },
      }),
      loopDelayMs: () => 0,
      stop: async () => {},
    }),
  })
  return createNode(`${own}@stage`, QUIET, { clock: host.clock, wire })
}

export const simulatedStage: Stage = {
  name: 'the simulated network',
  async start(options = {}) {
    const clock = virtualClock()
    const network = simulatedNetwork({ clock, random: seededRandom(5) })
    const [a, b] = [
      await clock.until(simulatedNode(network, 'a', 'b', options)),
      await clock.until(simulatedNode(network, 'b', 'a', options)),
    ]
    return {
      ...{ a, b },
      settle: (promise) => clock.until(promise),
      until: async (holds) => {
        while (!holds()) await clock.advance(1)
      },
      pass: (ms) => clock.advance(ms),
      breakLine: () => void network.breakLines('a', 'b'),
      cut: () => {
        network.partition(['a'], ['b'])
        network.breakLines('a', 'b')
      },
      heal: () => network.heal(),
      close: () => clock.until(Promise.all([a.stop(), b.stop()]).then(() => {})),
    }
  },
}

/** Carries TCP between two ports until it is cut. */
class Cable {
  readonly #sockets = new Set<Socket>()
  readonly #server: Server
  /** Where it leads. */
  to = 0
  isCut = false

  constructor() {
    this.#server = createServer((near) => this.#carry(near))
  }

  async open(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    const address = this.#server.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  }

  break(): void {
    for (const socket of this.#sockets) socket.destroy()
    this.#sockets.clear()
  }

  close(): void {
    this.break()
    this.#server.close()
  }

  #carry(near: Socket): void {
    if (this.isCut) {
      near.destroy()
      return
    }
    const far = dial(this.to, '127.0.0.1')
    for (const socket of [near, far]) {
      this.#sockets.add(socket)
      socket.on('error', () => {})
    }
    near.on('close', () => far.destroy())
    far.on('close', () => near.destroy())
    near.pipe(far)
    far.pipe(near)
  }
}

export const tcpStage: Stage = {
  name: 'TCP',
  async start(options = {}) {
    const network = { cookie: COOKIE, unixSocket: false, resumeWindowMs: 400, ...options }
    const cable = new Cable()
    const cablePort = await cable.open()
    // There is no other way to b: what it tells of itself is the cable, too.
    const acceptors = [{ port: 0, advertisedPort: cablePort }]
    const b = await startNode('b@stage', { ...QUIET, network: { ...network, acceptors } })
    cable.to = b.network.listening[0]?.port ?? 0
    const peers = { 'b@stage': `tcp://127.0.0.1:${cablePort}` }
    const mode = 'hidden' as const
    const a = await startNode('a@stage', { ...QUIET, network: { ...network, mode, peers } })
    const until = async (holds: () => boolean): Promise<void> => {
      while (!holds()) await new Promise((resolve) => setImmediate(resolve))
    }
    return {
      ...{ a, b, until },
      settle: (promise) => promise,
      // Everything that is on its way has arrived when a word has gone there and back.
      pass: async () => void (await a.network.connect('b@stage').catch(() => {})),
      breakLine: () => cable.break(),
      cut: () => {
        cable.isCut = true
        cable.break()
      },
      heal: () => {
        cable.isCut = false
      },
      close: async () => {
        await Promise.all([a.stop(), b.stop()])
        cable.close()
      },
    }
  },
}
