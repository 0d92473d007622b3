/**
 * bench/routing/worker: one measurement in a fresh process: `node worker.mjs ROW` prints it.
 *
 * A choice is measured in the compiled module itself, with routes of nodes that need not exist; a
 * call on one real node, once by pid and once by service, in turns within the process.
 */
const dist = new URL('../../packages/troupe/dist/', import.meta.url)
const load = (file) => import(new URL(file, dist).href)

const CHOICES = 400_000
const CALLS = 200_000
const TURNS = 5

const median = (values) => values.sort((left, right) => left - right)[values.length >> 1]

/** Time on the core that this program had since `before`, so that others do not count. */
function coreNs(before) {
  const { user, system } = process.cpuUsage(before)
  return (user + system) * 1_000
}

/** Nanoseconds that one of `times` takes, of a few turns after a warm-up. */
function nanoseconds(times, work) {
  const turns = []
  for (let turn = 0; turn <= TURNS; turn += 1) {
    const before = process.cpuUsage()
    for (let at = 0; at < times; at += 1) work(at)
    if (turn > 0) turns.push(coreNs(before) / times)
  }
  return median(turns)
}

const route = (at) => ({
  ...{ node: `n${at}@host${at % 7}`, name: 'shop', state: 'running', mode: 'permanent' },
  ...{ weight: 50 + (at % 4) * 25, tags: ['blue'], version: '1.0.0', roles: {}, nodeState: 'up' },
})

/** What one decision costs among so many nodes. */
async function choice(nodes, options) {
  const { NodeRouting } = await load('cluster/routing/node-routing.js')
  const { service } = await load('index.js')
  const { systemClock } = await load('base/clock.js')
  const { systemRandom } = await load('base/random.js')
  const routes = Array.from({ length: nodes }, (_, at) => route(at))
  const routing = new NodeRouting()
  const node = { name: 'own@host', registerEvent: () => ({}), publish: () => {} }
  const home = { node, clock: systemClock, random: systemRandom }
  routing.start({ ...home, applications: () => routes, stateOf: () => undefined })
  const shop = service('shop', undefined, options)
  return nanoseconds(CHOICES, (at) => routing.choose(shop, 'price', at))
}

/** What a call by service costs beyond one by pid. */
async function call(what) {
  const { actor, application, protocol, request, service, startNode } = await load('index.js')
  const Shop = protocol('shop', { price: request() })
  const shop = actor(Shop, { init: () => ({}), on: { price: () => 42 } })
  const members = [{ name: 'shop', start: shop }]
  const applications = [application({ name: 'shop', members })]
  const node = await startNode('bench@localhost', { logSinks: [], applications })
  const kept = service('shop', Shop)
  const pid = node.whereis('shop')
  const ways = {
    pid: () => node.call(pid, 'price'),
    service: () => node.call(kept, 'price'),
    made: () => node.call(service('shop', Shop), 'price'),
  }
  const turns = { pid: [], service: [], made: [] }
  for (let turn = 0; turn <= TURNS; turn += 1) {
    for (const [way, ask] of Object.entries(ways)) {
      const before = process.cpuUsage()
      for (let at = 0; at < CALLS; at += 1) await ask()
      if (turn > 0) turns[way].push(coreNs(before) / CALLS)
    }
  }
  await node.stop()
  const plain = median(turns.pid)
  return what === 'pid' ? plain : median(turns[what]) - plain
}

const hash = { kind: 'hash', key: ({ payload }) => `customer ${payload}` }
const WORKS = {
  'choose-3': () => choice(3),
  'choose-16': () => choice(16),
  'choose-200': () => choice(200),
  'choose-200-pending': () => choice(200, { policy: 'least-pending' }),
  'choose-200-random': () => choice(200, { policy: 'random' }),
  'choose-200-hash': () => choice(200, { policy: hash }),
  'call-pid': () => call('pid'),
  'call-service': () => call('service'),
  'call-made': () => call('made'),
}

console.log((await WORKS[process.argv[2]]()).toFixed(1))
