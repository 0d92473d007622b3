/**
 * two-hosts-child: a node with the embedded registrar, told by messages what to do.
 */
import { mkdir } from 'node:fs/promises'
import {
  actor,
  embeddedRegistrar,
  eventName,
  processName,
  protocol,
  request,
  startNode,
} from 'troupe'
import { REGISTRAR_EVENT, type RegistrarEvent } from '#contract'

/** How the program is started. */
export interface ChildData {
  readonly name: string
  /** Where it listens. */
  readonly host: string
  readonly hosts: readonly string[]
  readonly folder: string
  readonly udpPort: number
  readonly cookie: string
  readonly pollMs?: number
  readonly lostAfterMs?: number
}

/** What the program is asked. */
export interface ToChild {
  readonly id: number
  readonly question:
    | { readonly kind: 'nodes' | 'refused' | 'serving' }
    | { readonly kind: 'resolve'; readonly node: string }
    | { readonly kind: 'echo'; readonly node: string; readonly text: string }
}

/** What the program tells. */
export type FromChild =
  | { readonly kind: 'ready' }
  | { readonly kind: 'event'; readonly event: RegistrarEvent }
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }

const Echo = protocol('echo', { echo: request<string, string>() })
const Ear = protocol('ear', {})
const tell = (message: FromChild): boolean | undefined => process.send?.(message)

const data: ChildData = JSON.parse(process.argv[2] ?? '{}')
const { name, host, cookie, ...options } = data
const { folder, hosts, udpPort, pollMs, lostAfterMs } = options
await mkdir(folder, { recursive: true, mode: 0o700 })
const registrar = embeddedRegistrar({
  ...{ folder, hosts, udpPort, udpHost: host },
  ...(pollMs === undefined ? {} : { pollMs }),
  ...(lostAfterMs === undefined ? {} : { lostAfterMs }),
})
const node = await startNode(name, {
  network: { cookie, acceptors: [{ host, port: 0 }], liveness: { host }, registrar },
})
const echo = actor(Echo, { on: { echo: (_state, text) => `${node.name} ${text}` } })
const ear = actor(Ear, {
  started: (_state, context) => void context.subscribe(eventName(REGISTRAR_EVENT)),
  on: {},
  handleEvent: (_state, { message }) =>
    void tell({ kind: 'event', event: message as RegistrarEvent }),
})
await node.spawn(echo, { name: 'echo' })
await node.spawn(ear)

async function answerTo(question: ToChild['question']): Promise<unknown> {
  switch (question.kind) {
    case 'nodes':
      return Object.fromEntries(node.cluster.nodes().map((one) => [one.node, one.state]))
    case 'refused':
      return registrar.info().refused
    case 'serving':
      return registrar.info().serving
    case 'resolve':
      return (await registrar.resolve(question.node))?.addresses[0]?.host ?? 'unknown'
    case 'echo':
      return node.call(processName('echo', Echo, question.node), 'echo', question.text)
  }
}

process.on('message', ({ id, question }: ToChild) => {
  void answerTo(question).then(
    (value) => tell({ kind: 'answer', id, value }),
    (thrown) => tell({ kind: 'answer', id, value: String(thrown) }),
  )
})
process.on('disconnect', () => process.exit(0))
tell({ kind: 'ready' })
