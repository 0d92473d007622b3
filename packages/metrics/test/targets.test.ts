/**
 * metrics/test/targets: where Prometheus is sent, and where no node can have it sent.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { HostRules, hostIn } from '#metrics/sd/host-rules'
import { Targets } from '#metrics/sd/targets'

const OWN = 'own@10.0.0.1'

const route = (node: string, tag: string, name = 'metrics', state = 'running') => ({
  ...{ node, name, state, tags: ['other', tag] },
})

interface Group {
  readonly targets: readonly string[]
  readonly labels: Readonly<Record<string, string>>
}

/** What is told of these routes, and who was refused. */
async function told(
  routes: readonly unknown[],
  {
    targetHosts = [],
    nodes = [],
    own = OWN,
  }: {
    readonly targetHosts?: readonly string[]
    readonly nodes?: readonly unknown[]
    readonly own?: string
  } = {},
) {
  const refused: string[] = []
  const sheet = { applications: { rows: routes }, nodes: { rows: nodes } }
  const targets = new Targets(
    async () => sheet,
    {
      ...{ node: own, application: 'metrics', targetHosts },
      address: () => 'http://10.0.0.1:9090/metrics',
    },
    (node) => refused.push(node),
  )
  const groups = JSON.parse(await targets.json()) as readonly Group[]
  assert.equal(targets.refused, refused.length)
  return { groups, refused, names: groups.map(({ targets: [first] }) => first) }
}

describe('targets', () => {
  it('are those that nodes announce at their own host', async () => {
    const { names, groups, refused } = await told([
      route('b@10.0.0.2', 'metrics-at=http://10.0.0.2:9090/metrics'),
      route('c@shop.example', 'metrics-at=https://SHOP.example/m'),
      route('d@::2', 'metrics-at=http://[::2]:9090/metrics'),
      route('g@10.0.0.3', 'metrics-at=http://10.0.0.3:9090/metrics', 'shop'),
      route('h@10.0.0.4', 'metrics-at=http://10.0.0.4:9090/metrics', 'metrics', 'stopping'),
      route('i@10.0.0.5', 'nothing'),
    ])
    assert.deepEqual(names, ['10.0.0.1:9090', '10.0.0.2:9090', 'shop.example:443', '[::2]:9090'])
    assert.equal(groups[2]?.labels['__scheme__'], 'https')
    assert.equal(groups[2]?.labels['__metrics_path__'], '/m')
    assert.deepEqual(refused, [])
  })

  it('are never at a host that its node does not have', async () => {
    const wrong = [
      'http://10.0.0.9:80/',
      'http://shop.example.evil:80/',
      'http://127.0.0.1:80/',
      'http://2130706433:80/',
      'http://[::ffff:127.0.0.1]:80/',
      'http://169.254.169.254/latest',
      'http://localhost:80/',
      'http://b@10.0.0.9:80/',
      'http://10.0.0.2:0/metrics',
      'javascript:alert(1)',
      'file:///etc/passwd',
      '',
      `http://10.0.0.2/${'x'.repeat(300)}`,
      'http://10.0.0.2/%0a"',
    ]
    for (const address of wrong) {
      const { names, refused } = await told([route('b@10.0.0.2', `metrics-at=${address}`)])
      assert.deepEqual([names, refused], [['10.0.0.1:9090'], ['b@10.0.0.2']], address)
    }
  })

  it('are not at what stands for no one machine, though a node is called so', async () => {
    for (const host of ['169.254.169.254', '0.0.0.0', '224.0.0.1', '[fe80::1]', '[::]']) {
      const node = `evil@${host.replace(/[[\]]/g, '')}`
      const { refused } = await told([route(node, `metrics-at=http://${host}:80/`)])
      assert.deepEqual(refused, [node])
      const open = await told([route(node, `metrics-at=http://${host}:80/`)], {
        targetHosts: ['*'],
      })
      assert.deepEqual(open.refused, [])
    }
  })

  it('are on the own machine for nodes of the own host alone', async () => {
    const here = route('b@10.0.0.1', 'metrics-at=http://127.0.0.1:9091/metrics')
    assert.equal((await told([here])).names[1], '127.0.0.1:9091')
    const there = route('b@10.0.0.2', 'metrics-at=http://127.0.0.1:9091/metrics')
    assert.deepEqual((await told([there])).refused, ['b@10.0.0.2'])
    const local = route('b@localhost', 'metrics-at=http://127.0.0.1:9091/metrics')
    assert.deepEqual((await told([local])).refused, ['b@localhost'])
    assert.equal((await told([local], { own: 'own@localhost' })).names[1], '127.0.0.1:9091')
  })

  it('may be at an address that the node is registered with, or that an option names', async () => {
    const odd = route('b@shop', 'metrics-at=http://10.0.0.7:9090/metrics')
    assert.deepEqual((await told([odd])).refused, ['b@shop'])
    const nodes = [{ node: 'b@shop', addresses: [{ host: '10.0.0.7' }, { host: '' }] }]
    assert.equal((await told([odd], { nodes })).names[1], '10.0.0.7:9090')
    assert.equal((await told([odd], { targetHosts: ['10.0.0.7'] })).names[1], '10.0.0.7:9090')
    const named = route('b@shop', 'metrics-at=http://pod-1.shop.svc:9090/metrics')
    assert.equal((await told([named], { targetHosts: ['*.shop.svc'] })).names.length, 2)
    assert.equal((await told([named], { targetHosts: ['*.svc.evil'] })).names.length, 1)
  })

  it('are one for each node, and never twice the own one', async () => {
    const { names } = await told([
      route(OWN, 'metrics-at=http://10.0.0.1:1/metrics'),
      route('b@10.0.0.2', 'metrics-at=http://10.0.0.2:1/metrics'),
      route('b@10.0.0.2', 'metrics-at=http://10.0.0.2:2/metrics'),
    ])
    assert.deepEqual(names, ['10.0.0.1:9090', '10.0.0.2:1'])
  })
})

describe('the host of an address', () => {
  it('is compared as one, however it is written', () => {
    const rules = new HostRules({ own: 'own@shop', targetHosts: ['Metrics.Example.'], nodes: [] })
    assert.equal(rules.allows('b@x', hostIn('http://metrics.example:1/')), true)
    assert.equal(rules.allows('b@0xA.0.0.2', hostIn('http://10.0.0.2:1/')), true)
    assert.equal(rules.allows('b@10.0.0.2', hostIn('http://10.0.0.3:1/')), false)
  })
})
