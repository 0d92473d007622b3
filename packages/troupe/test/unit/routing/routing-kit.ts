/**
 * A service on simulated nodes, and what the tests of routing ask of it.
 */
import {
  type ApplicationSpec,
  actor,
  application,
  message,
  type Node,
  NoReply,
  protocol,
  type Replier,
  request,
  type ServiceOptions,
  service,
  TroupeError,
} from 'troupe'
import { memoryHub, memoryRegistrar, simulatedCluster } from 'troupe/testing'

export const Shop = protocol('shop', {
  who: request<unknown, string>(),
  note: message(),
  noted: request<void, number>(),
  /** Answers at the next `release`. */
  hold: request<void, string>(),
  release: message(),
})

/** Says on which node it runs. */
export const shop = actor(Shop, {
  init: () => ({ notes: 0, held: [] as Replier<string>[] }),
  on: {
    who: (_state, _nothing, context) => context.node,
    note: (state) => {
      state.notes += 1
    },
    noted: ({ notes }) => notes,
    hold: (state, _nothing, context) => {
      state.held.push(context.replyLater<string>())
      return NoReply
    },
    release: ({ held }, _nothing, context) => {
      for (const replier of held.splice(0)) replier.reply(context.node)
    },
  },
})

/** The shop as an application, with whatever a test says of it. */
export const shopApplication = (spec: Partial<ApplicationSpec> = {}): ApplicationSpec =>
  application({ name: 'shop', members: [{ name: 'shop', start: shop }], ...spec })

export const codeOf = (thrown: unknown): string =>
  TroupeError.is(thrown) ? thrown.code : String(thrown)

/** Nodes that find each other by a registrar in memory; `front` asks. */
export async function shopCluster(
  specs: Readonly<Record<string, Partial<ApplicationSpec>>>,
  seed = 1,
) {
  let hub: ReturnType<typeof memoryHub> | undefined
  const cluster = simulatedCluster({
    ...{ seed, hosts: [...new Set(['front', ...Object.keys(specs)])] },
    registrar: () => {
      hub ??= memoryHub({ clock: cluster.clock })
      return memoryRegistrar(hub)
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
  const hubOf = () => hub ?? memoryHub({ clock: cluster.clock })
  return { cluster, clock: cluster.clock, front: nodeOf('front'), nodeOf, hub: hubOf() }
}

export type ShopCluster = Awaited<ReturnType<typeof shopCluster>>

/** How often each node answers out of `count` calls of the front. */
export async function shopShares(
  { clock, front }: Pick<ShopCluster, 'clock' | 'front'>,
  count: number,
  options?: ServiceOptions,
): Promise<Readonly<Record<string, number>>> {
  const shares: Record<string, number> = {}
  const made = service('shop', Shop, options)
  const open = Array.from({ length: count }, (_, at) => front.call(made, 'who', at))
  for (const node of await clock.until(Promise.all(open))) shares[node] = (shares[node] ?? 0) + 1
  return shares
}
