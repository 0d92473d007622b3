/**
 * observer: a small shop of three nodes in one program, for tests in a browser: a tree worth
 * drawing, steady work, and planted troubles.
 *
 * - `till` waits for `stock` of the other node, whose handler never settles;
 * - messages gather in `parcels`, which works on one for an hour;
 * - `printer` crashes when it is told to print, and is brought back;
 * - one process, its state, its messages and its log lines are hostile: markup everywhere.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type ApplicationSpec,
  actor,
  application,
  embeddedRegistrar,
  message,
  type Node,
  type NodeOptions,
  pool,
  processName,
  protocol,
  request,
  startNode,
  supervisor,
} from 'troupe'

/** What would run, were it ever taken for markup. */
export const HOSTILE = '<img src=x onerror="globalThis.broken=1">'
const HOUR_MS = 3_600_000

const Shop = protocol('shop', {
  order: message<{ readonly article: string; readonly count: number }>(),
  pack: message<{ readonly parcel: number; readonly to: string }>(),
  print: message<void>(),
  reserve: request<string, number>(),
  sell: message<void>(),
})

const ignore = {
  order: () => {},
  pack: () => {},
  print: () => {},
  reserve: () => 1,
  sell: () => {},
}

/** Of the other node. */
const STOCK = processName('stock', Shop, 'store@localhost')

const clerk = actor(Shop, {
  name: 'clerk',
  init: () => ({ served: 0, last: undefined as string | undefined }),
  on: {
    ...ignore,
    order: (state, { article }) => {
      state.served += 1
      state.last = article
    },
  },
  inspect: ({ served, last }) => ({ served, last, shelf: { row: 4, place: [1, 2, 3] } }),
})

const door = actor(Shop, {
  name: 'door',
  started: (_state, context) => {
    let customers = 0
    context.every(50, function customer() {
      customers += 1
      context.send('clerk', 'order', { article: `article ${customers % 7}`, count: 1 })
      if (customers % 4 === 0) context.publish(PRICES, { article: customers % 7, price: customers })
      if (customers % 10 === 0) context.send('nobody', 'order', { article: 'lost', count: 1 })
      if (customers % 5 === 0) {
        context.send(STOCK, 'order', { article: 'refill', count: 12 })
      }
      if (customers % 20 === 0) {
        context.log.info('a customer came in', { customers, door: 'north' })
      }
    })
  },
  on: ignore,
})

const PRICES = Object.freeze({ kind: 'event' as const, name: 'prices', node: undefined })

const till = actor(Shop, {
  name: 'till',
  on: {
    ...ignore,
    sell: (_state, _nothing, context) =>
      context.call(STOCK, 'reserve', 'teapot', { timeoutMs: HOUR_MS }),
  },
})

const parcels = actor(Shop, {
  name: 'parcels',
  on: { ...ignore, pack: (_state, _parcel, context) => context.sleep(HOUR_MS) },
  inspect: () => ({ bench: 'full', tape: { metres: 12.5, colour: 'brown' } }),
})

const printer = actor(Shop, {
  name: 'printer',
  on: {
    ...ignore,
    print: () => {
      throw new TypeError(`out of paper ${HOSTILE}`)
    },
  },
})

const hostile = actor(Shop, {
  name: HOSTILE,
  init: () => ({}),
  started: (_state, context) => {
    context.log.warning(`hostile line ${HOSTILE}`, { field: HOSTILE, [HOSTILE]: 1 })
  },
  on: { ...ignore, pack: (_state, _parcel, context) => context.sleep(HOUR_MS) },
  inspect: () => ({ [HOSTILE]: HOSTILE, __proto__: { polluted: true } }),
})

const packer = actor(Shop, { name: 'packer', on: ignore })

const shopTree = supervisor({
  children: [
    {
      name: 'counter',
      start: supervisor({
        children: [
          { name: 'clerk', start: clerk },
          { name: 'till', start: till },
          { name: 'door', start: door },
        ],
      }),
    },
    {
      name: 'back',
      start: supervisor({
        children: [
          { name: 'parcels', start: parcels },
          { name: 'printer', start: printer },
          { name: 'packers', start: pool({ worker: packer, size: 30 }) },
        ],
      }),
    },
    { name: HOSTILE, start: hostile },
  ],
})

const stock = actor(Shop, {
  name: 'stock',
  init: () => ({ shelves: 12 }),
  on: { ...ignore, reserve: () => new Promise<number>(() => {}) },
  inspect: ({ shelves }) => ({ shelves }),
})

const storeTree = supervisor({ children: [{ name: 'stock', start: stock }] })

const shopApplication = application({
  name: 'shop',
  description: 'Sells teapots',
  version: '2.4.1',
  tags: ['front', 'eu'],
  roles: { orders: 'clerk' },
  dependsOn: ['ledger'],
  members: [{ name: 'shop-tree', start: shopTree }],
})

const ledger = application({
  name: 'ledger',
  description: 'Writes down what was sold',
  version: '1.0.0',
  members: [{ name: 'ledger-book', start: actor(Shop, { name: 'book', on: ignore }) }],
})

const notes = application({
  name: 'notes',
  description: 'What nobody depends on',
  members: [{ name: 'note-book', start: actor(Shop, { name: 'notes', on: ignore }) }],
})

/** The nodes of the shop. */
export interface ShopNodes {
  readonly shop: Node
  readonly store: Node
  readonly yard: Node
  stop(): Promise<void>
}

const COOKIE = 'a-cookie-of-the-shop'

/** Nodes of one shop meet in a folder of their own: tests may run side by side. */
const optionsOf = (folder: string, applications: readonly ApplicationSpec[]): NodeOptions => ({
  applications,
  logSinks: [],
  handleSignals: false,
  events: [{ name: 'prices' }],
  network: {
    ...{ cookie: COOKIE, acceptors: [{ port: 0 }], unixSocket: false },
    registrar: embeddedRegistrar({ folder }),
  },
  system: { manage: ['*@localhost'], payloads: true, envValues: true, perSecondMax: 1_000 },
})

/** Starts the shop, and its troubles. */
export async function startShop(): Promise<ShopNodes> {
  const folder = mkdtempSync(join(tmpdir(), 'troupe-shop-'))
  const begin = (name: string, applications: readonly ApplicationSpec[]): Promise<Node> =>
    startNode(`${name}@localhost`, optionsOf(folder, applications))
  const store = await begin('store', [
    application({ name: 'store', members: [{ name: 'store-tree', start: storeTree }] }),
  ])
  const yard = await begin('yard', [])
  const shop = await begin('shop', [ledger, notes, shopApplication])
  shop.send('till', 'sell')
  for (let parcel = 0; parcel < 240; parcel += 1) {
    shop.send('parcels', 'pack', { parcel, to: `customer ${parcel}` })
  }
  for (let parcel = 0; parcel < 3; parcel += 1) {
    shop.send(HOSTILE, 'pack', { parcel, to: HOSTILE })
  }
  shop.send('printer', 'print')
  return {
    shop,
    store,
    yard,
    stop: async () => {
      await Promise.all([shop, store, yard].map((node) => node.stop({ timeoutMs: 500 })))
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
