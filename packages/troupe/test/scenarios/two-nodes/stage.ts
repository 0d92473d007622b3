/**
 * Two nodes and the way between them, on the simulated network and on TCP: what a scenario needs
 * of either. The simulated one runs in virtual time; TCP goes through a cable that can be cut. No
 * thread answers for these nodes: what it does has tests of its own.
 */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import type { Node, NodeOptions } from 'troupe'
import { simulatedNetwork, type VirtualClock, virtualClock } from 'troupe/testing'
import { type Clock, systemClock } from '#base/clock'
import { seededRandom } from '#base/random'
import {
  type AcceptorOptions,
  type Cluster,
  type MakeSystem,
  NETWORK_DEFAULTS,
  type NetworkOptions,
  type Transport,
  type TransportAddress,
} from '#contract'
import { SUSPICION_DEFAULTS } from '#network/liveness/options'
import { Prober } from '#network/liveness/prober'
import { Network } from '#network/network'
import { tcpTransport } from '#network/transport/tcp'
import { createNode } from '#runtime'
import { makeTracer } from '#tracing'
import { Cable } from './cable.js'

/** Two nodes, `a@stage` and `b@stage`; a dials. */
export interface TwoNodes {
  readonly a: Node
  readonly b: Node
  /** One more node, `c@stage`, that is connected with b. */
  third(): Promise<Node>
  /** Waits for a promise, in the time of the stage. */
  settle<T>(promise: Promise<T>): Promise<T>
  until(holds: () => boolean): Promise<void>
  /** Lets time pass in which nothing is expected to happen. */
  pass(ms: number): Promise<void>
  /** Breaks what connects them; they may connect anew. */
  breakLine(): void
  /** Nothing passes any more, and nobody hears of it. */
  stall(): void
  /** Nothing passes any more; the ends hear of it. */
  cut(): void
  heal(): void
  close(): Promise<void>
}

/** Where a scenario runs. */
export interface Stage {
  readonly name: string
  /** `make`: what else each node is started with. */
  start(options?: NetworkOptions, make?: Making): Promise<TwoNodes>
}

/** What else a node of a stage is started with, by its short name. */
export type Making = (own: string) => {
  readonly cluster?: Cluster
  readonly system?: MakeSystem
  readonly options?: NodeOptions
}

/** Longest wait for anything, in the time of the simulated network. */
const UNTIL_MS = 60_000
const COOKIE = 'a cookie for tests only'
const QUIET: NodeOptions = { logSinks: [], stopTimeoutMs: 20_000 }
/** A machine that stands still for a moment has lost no node: lines are mended in real time. */
const MENDED_MS = 20_000

/** What one node of a stage has of its world. */
interface Place {
  readonly clock: Clock
  readonly transport: Transport
  readonly acceptor: AcceptorOptions
  /** Where it can dial b; undefined for b itself. */
  readonly b: TransportAddress | undefined
  readonly options: NetworkOptions
  readonly make: Making
}

function nodeAt(
  own: string,
  { clock, transport, acceptor, b, options, make }: Place,
): Promise<Node> {
  const settings = {
    ...NETWORK_DEFAULTS,
    ...{ cookie: COOKIE, unixPath: '', ...options },
    // Who can dial is not dialled.
    ...(b === undefined ? {} : { mode: 'hidden' as const }),
    acceptors: [acceptor],
    peers: new Map(b === undefined ? [] : [['b@stage', b]]),
    transports: new Map([[transport.name, transport]]),
  }
  const bytes = (length: number): Uint8Array => randomBytes(length)
  const wire = new Network(settings, {
    random: seededRandom(own.charCodeAt(0)),
    randomBytes: bytes,
    resolve: () => [],
    openLiveness: async ({ key }) => ({
      address: undefined,
      prober: new Prober({
        ...{ key, clock, randomBytes: bytes, limits: SUSPICION_DEFAULTS },
        datagrams: { start: () => {}, send: () => {}, close: () => {} },
      }),
      loopDelayMs: () => 0,
      stop: async () => {},
    }),
  })
  const { options: given, ...made } = make(own)
  return createNode(`${own}@stage`, { ...QUIET, ...given }, { clock, wire, makeTracer, ...made })
}

/** Waits for a promise, but not for ever, which virtual time would. */
function settled<T>(clock: VirtualClock, promise: Promise<T>): Promise<T> {
  let cancel = (): boolean => false
  const late = new Promise<never>((_resolve, reject) => {
    cancel = clock.after(UNTIL_MS, () => reject(new Error('what is waited for does not settle')))
  })
  return clock.until(Promise.race([promise, late]).finally(() => cancel()))
}

export const simulatedStage: Stage = {
  name: 'the simulated network',
  async start(options = {}, make = () => ({})) {
    const clock = virtualClock()
    const network = simulatedNetwork({ clock, random: seededRandom(5) })
    const start = (own: string): Promise<Node> => {
      const host = network.host(own)
      const b = { transport: 'simulated', host: 'b', port: 1, path: '' }
      const acceptor = { transport: 'simulated', host: own, port: 1 }
      const place = { clock: host.clock, transport: host.transport, acceptor, options, make }
      return clock.until(nodeAt(own, { ...place, b: own === 'b' ? undefined : b }))
    }
    const [a, b] = [await start('a'), await start('b')]
    const nodes = [a, b]
    const until = async (holds: () => boolean): Promise<void> => {
      for (let ms = 0; !holds(); ms += 1) {
        // Virtual time is never over: without a limit a fault would hang its test.
        assert.ok(ms < UNTIL_MS, 'what is waited for does not come')
        await clock.advance(1)
      }
    }
    return {
      ...{ a, b },
      third: async () => {
        const c = await start('c')
        nodes.push(c)
        await clock.until(c.network.connect('b@stage'))
        return c
      },
      ...{ until, settle: (promise) => settled(clock, promise) },
      pass: (ms) => clock.advance(ms),
      breakLine: () => void network.breakLines('a', 'b'),
      stall: () => network.partition(['a'], ['b']),
      cut: () => {
        network.partition(['a'], ['b'])
        network.breakLines('a', 'b')
      },
      heal: () => network.heal(),
      close: () => clock.until(Promise.all(nodes.map((node) => node.stop())).then(() => {})),
    }
  },
}

const turnOfTheLoop = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

const tcpAt = (port: number): TransportAddress => ({
  ...{ transport: 'tcp', host: '127.0.0.1', port, path: '' },
})

/** What a test does to a cable. */
const handsOn = (cable: Cable) => ({
  pass: async () => {
    // What is on its way arrives within a few rounds of the loop, as both are in it.
    for (let round = 0; round < 20; round += 1) await turnOfTheLoop()
  },
  breakLine: () => cable.break(),
  stall: () => cable.stall(),
  cut: () => {
    cable.isCut = true
    cable.break()
  },
  heal: () => cable.go(),
})

export const tcpStage: Stage = {
  name: 'TCP',
  async start(options = {}, make = () => ({})) {
    const cable = new Cable()
    // There is no other way to b: what it tells of itself is the cable, too.
    const cablePort = await cable.open()
    const start = (own: string, b?: TransportAddress): Promise<Node> =>
      nodeAt(own, {
        ...{ clock: systemClock, transport: tcpTransport(), b, make },
        acceptor: { transport: 'tcp', port: 0, advertisedPort: cablePort },
        options: { resumeWindowMs: MENDED_MS, ...options },
      })
    const b = await start('b')
    cable.to = b.network.listening[0]?.port ?? 0
    const a = await start('a', tcpAt(cablePort))
    const nodes = [a, b]
    return {
      ...{ a, b },
      settle: (promise) => promise,
      until: async (holds) => {
        while (!holds()) await turnOfTheLoop()
      },
      third: async () => {
        const c = await start('c', tcpAt(cable.to))
        nodes.push(c)
        await c.network.connect('b@stage')
        return c
      },
      ...handsOn(cable),
      close: async () => {
        await Promise.all(nodes.map((node) => node.stop()))
        cable.close()
      },
    }
  },
}
