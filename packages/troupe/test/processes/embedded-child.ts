/**
 * embedded-child: one node of a host, in a program of its own, that asks all the time whether it
 * still knows the others.
 */
import {
  actor,
  embeddedRegistrar,
  eventName,
  type Node,
  protocol,
  REGISTRAR_EVENT,
  type RegistrarEvent,
  startNode,
} from 'troupe'
import { steadyMs } from '#base/clock'

/** How often it asks, in milliseconds. */
const ASK_MS = 5
const NOTES_MAX = 20

/** What the parent says. */
export type Told =
  /** These nodes live, and nothing else is a right answer; answered with `expecting`. */
  | { readonly kind: 'expect'; readonly nodes: readonly string[] }
  /** Say when you know all of these and are connected to a server that is not this one. */
  | { readonly kind: 'until'; readonly nodes: readonly string[]; readonly notServer: string }
  /** Answered with `account`. */
  | { readonly kind: 'account' }
  | { readonly kind: 'block'; readonly ms: number }
  | { readonly kind: 'stop' }

/** What the child says; times are those of the machine's steady clock. */
export type Says =
  | { readonly kind: 'ready'; readonly startedMs: number; readonly readyMs: number }
  | { readonly kind: 'expecting' }
  | { readonly kind: 'knows'; readonly server: string; readonly atMs: number }
  | {
      readonly kind: 'account'
      readonly asked: number
      readonly wrong: number
      readonly notes: readonly string[]
      readonly server: string
      readonly serving: boolean
    }

const say = (message: Says): void => void process.send?.(message)

/** What this node is asked all the time, and what it answers wrongly. */
class Asking {
  readonly #node: Node
  readonly #notes: string[] = []
  #expected: readonly string[] = []
  #until: Extract<Told, { readonly kind: 'until' }> | undefined
  #asked = 0
  #wrong = 0

  constructor(node: Node) {
    this.#node = node
  }

  /** What the registrar tells of. */
  hear(event: RegistrarEvent): void {
    if (event.kind === 'node-left' && this.#expected.includes(event.node)) {
      this.#note(`was told that ${event.node} has left (${event.cause})`)
    }
  }

  ask(): void {
    const { cluster } = this.#node
    const known = cluster.nodes().map((route) => route.node)
    if (new Set(known).size !== known.length) this.#note('a node is listed twice')
    for (const other of this.#expected) {
      this.#asked += 1
      if (!known.includes(other)) this.#note(`does not list ${other}`)
      cluster.resolve(other).catch(() => this.#note(`has no way to ${other}`))
    }
    this.#tellWhen()
  }

  take(told: Told): void {
    const { name } = this.#node
    switch (told.kind) {
      case 'expect':
        this.#expected = told.nodes.filter((one) => one !== name)
        say({ kind: 'expecting' })
        break
      case 'until':
        this.#until = { ...told, nodes: told.nodes.filter((one) => one !== name) }
        break
      case 'account':
        say(this.#account())
        break
      case 'block':
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, told.ms)
        break
      case 'stop':
        void this.#node.stop().then(() => process.exit(0))
    }
  }

  #tellWhen(): void {
    const info = this.#node.cluster.registrar
    const until = this.#until
    if (until === undefined || info?.state !== 'connected' || info.server === until.notServer)
      return
    const well = this.#node.cluster.nodes().filter(({ state }) => state === 'up')
    if (!until.nodes.every((other) => well.some(({ node }) => node === other))) return
    this.#until = undefined
    say({ kind: 'knows', server: info.server, atMs: steadyMs() })
  }

  #account(): Says {
    const { server = '', serving = false } = this.#node.cluster.registrar ?? {}
    const counts = { asked: this.#asked, wrong: this.#wrong, notes: this.#notes }
    return { kind: 'account', ...counts, server, serving }
  }

  #note(problem: string): void {
    this.#wrong += 1
    if (this.#notes.length < NOTES_MAX) this.#notes.push(`${this.#node.name}: ${problem}`)
  }
}

async function run(name: string, cookie: string, folder: string): Promise<void> {
  const startedMs = steadyMs()
  const registrar = embeddedRegistrar({ folder })
  const network = { cookie, acceptors: [{ port: 0 }], unixSocket: false, registrar }
  const node = await startNode(name, { network, logSinks: [], handleSignals: false })
  const asking = new Asking(node)
  const ears = actor(protocol('listener', {}), {
    started: async (_state, context) => {
      await context.subscribe(eventName(REGISTRAR_EVENT))
    },
    on: {},
    handleEvent: (_state, { message }) => asking.hear(message as RegistrarEvent),
  })
  await node.spawn(ears)
  setInterval(() => asking.ask(), ASK_MS)
  process.on('message', (told: Told) => asking.take(told))
  process.on('disconnect', () => process.exit(0))
  say({ kind: 'ready', startedMs, readyMs: steadyMs() })
}

/** Only when it is run, not when its types are imported. */
const [, , name = '', cookie = '', folder = ''] = process.argv
if (process.send !== undefined && folder !== '') await run(name, cookie, folder)
