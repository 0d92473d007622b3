/**
 * embedded-child: one node of a host, in a program of its own, that asks all the time whether it
 * still knows the others.
 */
import {
  actor,
  embeddedRegistrar,
  eventName,
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

const [, , name = '', cookie = '', folder = ''] = process.argv
if (process.send !== undefined && folder !== '') await run()

async function run(): Promise<void> {
  const say = (message: Says): void => void process.send?.(message)
  const startedMs = steadyMs()
  const registrar = embeddedRegistrar({ folder })
  const network = { cookie, acceptors: [{ port: 0 }], unixSocket: false, registrar }
  const node = await startNode(name, { network, logSinks: [], handleSignals: false })
  let expected: readonly string[] = []
  let until: Extract<Told, { readonly kind: 'until' }> | undefined
  let [asked, wrong] = [0, 0]
  const notes: string[] = []
  const note = (problem: string): void => {
    wrong += 1
    if (notes.length < NOTES_MAX) notes.push(`${name}: ${problem}`)
  }
  const listener = protocol('listener', {})
  const ears = actor(listener, {
    started: async (_state, context) => {
      await context.subscribe(eventName(REGISTRAR_EVENT))
    },
    on: {},
    handleEvent: (_state, { message }) => {
      const event = message as RegistrarEvent
      if (event.kind === 'node-left' && expected.includes(event.node)) {
        note(`was told that ${event.node} has left (${event.cause})`)
      }
    },
  })
  await node.spawn(ears)
  const ask = (): void => {
    const known = node.cluster.nodes().map((route) => route.node)
    if (new Set(known).size !== known.length) note('a node is listed twice')
    for (const other of expected) {
      asked += 1
      if (!known.includes(other)) note(`does not list ${other}`)
      node.cluster.resolve(other).catch(() => note(`has no way to ${other}`))
    }
    const info = node.cluster.registrar
    const isConnected = info?.state === 'connected' && info.server !== until?.notServer
    if (until !== undefined && isConnected && until.nodes.every((one) => isWell(one))) {
      until = undefined
      say({ kind: 'knows', server: info.server, atMs: steadyMs() })
    }
  }
  const isWell = (other: string): boolean =>
    node.cluster.nodes().some((route) => route.node === other && route.state === 'up')
  setInterval(ask, ASK_MS)
  process.on('message', (told: Told) => {
    switch (told.kind) {
      case 'expect':
        expected = told.nodes.filter((one) => one !== name)
        say({ kind: 'expecting' })
        break
      case 'until':
        until = { ...told, nodes: told.nodes.filter((one) => one !== name) }
        break
      case 'account': {
        const { server = '', serving = false } = node.cluster.registrar ?? {}
        say({ kind: 'account', asked, wrong, notes, server, serving })
        break
      }
      case 'block':
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, told.ms)
        break
      case 'stop':
        void node.stop().then(() => process.exit(0))
    }
  })
  process.on('disconnect', () => process.exit(0))
  say({ kind: 'ready', startedMs, readyMs: steadyMs() })
}
