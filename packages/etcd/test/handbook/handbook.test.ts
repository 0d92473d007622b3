/**
 * etcd/test/handbook/handbook.test: the lines for etcdctl in the handbook of Ergo do to a node of
 * Troupe what they do to one of Ergo, as they stand there.
 *
 * @source ergo docs, "etcd Client" (configuration management, manual etcd operations), "Building a
 * Cluster" (typed configuration); registrar/etcd (comments of the options)
 */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { etcdRegistrar } from '@troupe/etcd'
import { partSkip } from '@troupe/tools/parts'
import {
  actor,
  type ConfigValue,
  eventName,
  type Node,
  protocol,
  REGISTRAR_EVENT,
  type RegistrarEvent,
  startNode,
} from 'troupe'
import { Terminal } from '#test/handbook/etcdctl'
import { type OneEtcd, oneEtcd } from '#test/one-etcd'

const TYPED = `
# Node-specific integer configuration (stored as string, converted to int64)
etcdctl put services/ergo/cluster/production/config/web1/database.port "int:5432"

# Cluster-wide float configuration (stored as string, converted to float64)
etcdctl put services/ergo/cluster/production/config/*/cache.ratio "float:0.75"

# Boolean configuration (stored as string, converted to bool)
etcdctl put services/ergo/cluster/production/config/*/debug.enabled "bool:true"
etcdctl put services/ergo/cluster/production/config/web1/ssl.enabled "bool:false"

# Application-specific configuration (visible to all nodes using wildcard format)
etcdctl put services/ergo/cluster/production/config/*/myapp.cache.size "int:256"
etcdctl put services/ergo/cluster/production/config/*/client.timeout "int:30"

# Global string configuration (stored and returned as string)
etcdctl put services/ergo/config/global/log.level "info"
`

const LEVELS = `
etcdctl put services/ergo/cluster/production/config/web1/database.host "db.prod.com"
etcdctl put services/ergo/cluster/production/config/*/log.level "info"
etcdctl put services/ergo/config/production/web1/cache.size "256MB"
etcdctl put services/ergo/config/global/debug.enabled "false"
`

const CLUSTER = `
# Set config via etcdctl
etcdctl put services/ergo/cluster/production/config/*/db.pool_size "int:20"
etcdctl put services/ergo/cluster/production/config/*/cache.enabled "bool:true"
etcdctl put services/ergo/cluster/production/config/node1/db.pool_size "int:50"
`

const BY_HAND = `
# Set configuration manually (values must be strings)
etcdctl --endpoints=localhost:12379 put \\
  "services/ergo/cluster/production/config/web1/database.timeout" "int:30"

etcdctl --endpoints=localhost:12379 put \\
  "services/ergo/cluster/production/config/web1/debug.enabled" "bool:true"
`

const quiet = { logSinks: [], logLevel: 'silent' } as const

/** Collects what the registrar of a node tells, and answers when it has told of an item. */
class Told {
  readonly #events: RegistrarEvent[] = []
  #look = (): void => {}

  readonly watcher = actor(protocol('watcher', {}), {
    init: () => ({}),
    started: (_state, context) => void context.subscribe(eventName(REGISTRAR_EVENT)),
    on: {},
    handleEvent: (_state, { message }) => {
      this.#events.push(message as RegistrarEvent)
      this.#look()
    },
  })

  /** Settles when the item has that value; answers all changes of values so far, and forgets. */
  async until(item: string, value: ConfigValue | undefined): Promise<Record<string, unknown>> {
    await new Promise<void>((resolve) => {
      this.#look = () => {
        if (this.#changes().some(([name, told]) => name === item && told === value)) resolve()
      }
      this.#look()
    })
    const changes = Object.fromEntries(this.#changes())
    this.#events.length = 0
    return changes
  }

  #changes(): readonly (readonly [string, ConfigValue | undefined])[] {
    return this.#events.flatMap((event) =>
      event.kind === 'config-updated' ? [[event.item, event.value] as const] : [],
    )
  }
}

const skip = partSkip('etcd') || partSkip('etcdctl')

describe('the lines of the handbook', { skip }, () => {
  let etcd: OneEtcd
  let terminal: Terminal
  let web1: Node
  const told = new Told()
  const nodes: Node[] = []

  const start = async (name: string): Promise<Node> => {
    const { endpoints } = etcd
    const registrar = etcdRegistrar({ endpoints, prefix: 'services/ergo', cluster: 'production' })
    const acceptors = [{ port: 0 }]
    const network = { registrar, acceptors, cookie: 'the cookie of the handbook' }
    const node = await startNode(`${name}@localhost`, { ...quiet, network })
    nodes.push(node)
    return node
  }

  before(async () => {
    etcd = await oneEtcd()
    terminal = new Terminal(etcd.endpoints[0] as string)
    web1 = await start('web1')
    await web1.spawn(told.watcher)
  })
  after(async () => {
    await Promise.all(nodes.map((node) => node.stop()))
    await terminal.close()
    await etcd.stop()
  })

  it('give a running node numbers, flags and texts, as they are typed', async () => {
    assert.deepEqual(web1.cluster.config(), {})
    await terminal.runAll(TYPED)
    const all = {
      ...{ 'database.port': 5432, 'cache.ratio': 0.75, 'debug.enabled': true },
      ...{ 'ssl.enabled': false, 'myapp.cache.size': 256, 'client.timeout': 30 },
      ...{ 'log.level': 'info' },
    }
    assert.deepEqual(await told.until('log.level', 'info'), all)
    assert.deepEqual(web1.cluster.config(), all)
    assert.equal(web1.cluster.configItem('database.port'), 5432)
    assert.deepEqual(web1.cluster.config('cache.ratio', 'ssl.enabled', 'nobody.set.it'), {
      'cache.ratio': 0.75,
      'ssl.enabled': false,
    })
  })

  it('tell of nothing that holds already, and of what a stronger level hides', async () => {
    await terminal.runAll(LEVELS)
    await terminal.runAll(BY_HAND)
    assert.deepEqual(await told.until('database.timeout', 30), {
      'database.host': 'db.prod.com',
      'cache.size': '256MB',
      'database.timeout': 30,
    })
    assert.equal(web1.cluster.configItem('debug.enabled'), true)
  })

  it('give each node what is meant for it', async () => {
    const node1 = await start('node1')
    await terminal.runAll(CLUSTER)
    assert.equal(typeof (await told.until('cache.enabled', true))['db.pool_size'], 'number')
    await new Promise<void>((resolve) => {
      node1.cluster.followConfig('db.pool_size', 0, (size) => {
        if (size === 50) resolve()
      })
    })
    assert.equal(web1.cluster.configItem('db.pool_size'), 20)
  })

  it('take back what they gave: the next level holds again', async () => {
    const line = 'etcdctl del services/ergo/cluster/production/config'
    await terminal.run(`${line}/web1/debug.enabled`)
    await terminal.run(`${line}/*/debug.enabled`)
    assert.deepEqual(await told.until('debug.enabled', 'false'), { 'debug.enabled': 'false' })
    await terminal.run(`${line}/web1/database.port`)
    assert.deepEqual(await told.until('database.port', undefined), { 'database.port': undefined })
    assert.throws(() => web1.cluster.configItem('database.port'), { code: 'CONFIG_UNKNOWN' })
  })

  it('show nodes as texts that people can read, and their changes', async () => {
    const health = await terminal.run('etcdctl --endpoints=localhost:12379 endpoint health')
    assert.match(health, /is healthy/)
    const listed = 'etcdctl --endpoints=localhost:12379 get --prefix "services/ergo/"'
    assert.match(await terminal.run(listed), /routes\/nodes\/web1@localhost\n\{.*"version":.*\}\n/)

    const watch =
      'etcdctl --endpoints=localhost:12379 watch --prefix "services/ergo/cluster/production/"'
    const change = 'etcdctl put services/ergo/cluster/production/config/*/seen "int:1"'
    const put = /PUT\nservices\/ergo\/cluster\/production\/config\/\*\/seen\nint:1\n/
    const gone = /DELETE\nservices\/ergo\/cluster\/production\/routes\/nodes\/web2@localhost\n/
    // A watch does not say when it has begun: it is written to until it shows that.
    let begun = (): void => {}
    let ended = (): void => {}
    const hasBegun = new Promise<void>((resolve) => {
      begun = resolve
    })
    const hasEnded = new Promise<void>((resolve) => {
      ended = resolve
    })
    let isShown = false
    terminal.follow(watch, (printed) => {
      isShown = put.test(printed)
      if (isShown) begun()
      if (gone.test(printed)) ended()
    })
    while (!isShown) await terminal.run(change)
    await hasBegun
    const web2 = await start('web2')
    await web2.stop()
    await hasEnded
  })
})
