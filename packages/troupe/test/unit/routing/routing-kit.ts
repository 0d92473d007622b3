/**
 * A service on simulated nodes, and what the tests of routing ask of it.
 */
import {
  type ApplicationSpec,
  actor,
  application,
  message,
  type Node,
  protocol,
  request,
} from 'troupe'
import { memoryHub, memoryRegistrar, simulatedCluster } from 'troupe/testing'

export const Shop = protocol('shop', {
  who: request<void, string>(),
  note: message(),
  noted: request<void, number>(),
  /** Answers when it is told to, or never. */
  hold: request<void, string>(),
  release: message(),
})

/** Says on which node it runs. */
export const shop = actor(Shop, {
  init: () => ({ notes: 0, held: [] as { reply(value: string): boolean }[] }),
  on: {
    who: (_state, _nothing, context) => context.node,
    note: (state) => {
      state.notes += 1
    },
    noted: ({ notes }) => notes,
    hold: (state, _nothing, context) => {
      const replier = context.replyLater()
      state.held.push(replier as { reply(value: string): boolean })
      return replier as never
    },
    release: (state, _nothing, context) => {
      for (const replier of state.held.splice(0)) replier.reply(context.node)
    },
  },
})

/** The shop as an application, with whatever a test says of it. */
export const shopApplication = (spec: Partial<ApplicationSpec> = {}): ApplicationSpec =>
  application({ name: 'shop', members: [{ name: 'shop', start: shop }], ...spec })

/** Nodes that find each other by a registrar in memory; `front` asks. */
export async function shopCluster(
  specs: Readonly<Record<string, Partial<ApplicationSpec>>>,
  seed = 1,
) {
  const shops = Object.keys(specs)
  const hub = () => memoryHub({ clock: cluster.clock })
  let shared: ReturnType<typeof memoryHub> | undefined
  const cluster = simulatedCluster({
    ...{ seed, hosts: ['front', ...shops] },
    registrar: () => {
      shared ??= hub()
      return memoryRegistrar(shared)
    },
    started: async ({ node, host }) => {
      const spec = specs[host.name]
      if (spec === undefined) return
      node.loadApplication(shopApplication(spec))
      await node.startApplication('shop')
    },
  })
  await cluster.start()
  await cluster.clock.advance(100)
  const nodeOf = (host: string): Node => {
    const member = cluster.member(host)
    if (member === undefined) throw new Error(`${host} does not run`)
    return member.node
  }
  return { cluster, clock: cluster.clock, front: nodeOf('front'), nodeOf }
}
