/**
 * rolling-child: one version of a shop as a program of its own, driven by its parent.
 *
 * Version 1 knows orders; version 2 has orders with a wish, gifts and a question more.
 */
import { actor, message, processName, protocol, request, startNode, TroupeError } from 'troupe'

/** What the parent wants done: a call or a send to the shop of another node, or what differs. */
export interface Order {
  readonly node: string
  readonly call?: string
  readonly send?: string
  readonly payload?: unknown
}

const [, , version = '', name = '', cookie = '', at = ''] = process.argv

const common = {
  order: request<{ readonly item: string; readonly wish?: string }, unknown>(),
  count: request<void, number>(),
}
const First = protocol('shop', common)
const Second = protocol('shop', {
  ...common,
  gift: message<string>(),
  stock: request<void, readonly string[]>(),
})

const first = actor(First, {
  init: () => ({ orders: 0 }),
  on: {
    order(state, { item }) {
      state.orders += 1
      return { item }
    },
    count: (state) => state.orders,
  },
})

const second = actor(Second, {
  init: () => ({ orders: 0 }),
  on: {
    order(state, { item, wish = 'none' }) {
      state.orders += 1
      return { item, wish, since: 2 }
    },
    count: (state) => state.orders,
    gift: (state) => {
      state.orders += 1
    },
    stock: () => ['tea'],
  },
})

const codeOf = (thrown: unknown): string => (TroupeError.is(thrown) ? thrown.code : String(thrown))

const node = await startNode(name, {
  handleSignals: false,
  logSinks: [],
  network: {
    ...{ cookie, unixSocket: false, acceptors: [{ port: 0 }], registrar: 'none' },
    peers: at === '' ? {} : Object.fromEntries([at.split(' ') as [string, string]]),
  },
})
const shop = await (version === '1'
  ? node.spawn(first, { name: 'shop' })
  : node.spawn(second, { name: 'shop' }))

/** Does what the parent wants; what came of it. */
async function answer({ node: other, call, send, payload }: Order): Promise<unknown> {
  const to = processName('shop', undefined, other)
  if (call !== undefined) return node.call(to, call, payload).catch(codeOf)
  if (send !== undefined) return node.send(to, send, payload) ?? 'sent'
  await node.network.connect(other)
  const { protocolsDiffer = [] } = node.network.peer(other) ?? {}
  return {
    differ: protocolsDiffer,
    unknown: node.account().dropped['message-unknown'],
    alive: node.isAlive(shop),
  }
}

process.on('message', (order: Order) => {
  void answer(order).then((told) => process.send?.({ told }))
})
process.on('disconnect', () => process.exit(0))
const [address] = node.network.addresses
process.send?.({ told: `tcp://${address?.host}:${address?.port}` })
