/**
 * The embedded registrar across hosts: real programs on two hosts of their own, with a real cable.
 */
import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { heldUp } from './held-up.js'
import { namespaceSkip, type Program, TwoHosts } from './two-hosts.js'

const A1 = 'a1@10.99.0.1'
const A2 = 'a2@10.99.0.1'
const B1 = 'b1@10.99.0.2'
const QUICK = { pollMs: 250 }
/** Held up for longer, a machine is none on which a host answers within three polls. */
const HELD_UP_MS = 50

describe('two hosts with a cable', { skip: namespaceSkip(), timeout: 180_000 }, () => {
  it('find, lose and find each other, whatever happens to cable and programs', async (t) => {
    const hosts = await TwoHosts.make()
    t.after(() => hosts.close())
    const { a1, a2, b1 } = await meet(t, hosts)
    assert.equal(await a2.echo(B1, 'hello'), `${B1} hello`)
    assert.equal(await b1.echo(A2, 'hello'), `${A2} hello`)
    await cutAndMend(t, hosts, a2, b1)
    await loseOneWay(t, hosts, a2, b1)
    await killServer(t, a1, a2, b1)
  })

  it('resolve by the host in the name, with no list at all', async (t) => {
    const hosts = await TwoHosts.make()
    t.after(() => hosts.close())
    const alone = { hosts: [], udpPort: 4_600 }
    const [x, y] = [hosts.start(hosts.one, 'x', alone), hosts.start(hosts.two, 'y', alone)]
    await Promise.all([x.ready(), y.ready()])
    const startMs = performance.now()
    assert.equal(await x.resolve('y@10.99.0.2'), '10.99.0.2')
    t.diagnostic(`resolved in ${Math.round(performance.now() - startMs)} ms`)
    assert.equal(await x.resolve('ghost@10.99.0.2'), 'unknown')
    assert.equal(await x.echo('y@10.99.0.2', 'hello'), 'y@10.99.0.2 hello')
  })
})

/** Two nodes on one host, then one on the other, which starts later. */
async function meet(t: TestContext, hosts: TwoHosts) {
  const a1 = await hosts.start(hosts.one, 'a1', QUICK).ready()
  const a2 = await hosts.start(hosts.one, 'a2', QUICK).ready()
  assert.equal(await a1.isServing(), true)
  const heard = a2.hears('node-joined', B1, 0)
  const b1 = await hosts.start(hosts.two, 'b1', QUICK).ready()
  const readyMs = performance.now()
  await heard
  const { all, afterMs } = await knowsAll(b1)
  t.diagnostic(`a host that starts later is known ${afterMs(readyMs)} ms after its node is ready`)
  assert.deepEqual(all, { [A1]: 'up', [A2]: 'up' })
  return { a1, a2, b1 }
}

async function knowsAll(b1: Program) {
  for (;;) {
    const all = await b1.nodes()
    const afterMs = (fromMs: number) => Math.round(performance.now() - fromMs)
    const up = Object.values(all).filter((state) => state === 'up')
    if (up.length >= 2) return { all, afterMs }
  }
}

async function cutAndMend(t: TestContext, hosts: TwoHosts, a2: Program, b1: Program) {
  const [a2From, b1From] = [a2.events.length, b1.events.length]
  hosts.one.cutCable()
  const ms = await Promise.all([
    a2.hears('node-suspect', B1, a2From),
    b1.hears('node-suspect', A2, b1From),
  ])
  t.diagnostic(`cable cut: suspect after ${ms.join(' and ')} ms`)
  assert.deepEqual(await a2.nodes(), { [A1]: 'up', [B1]: 'suspect' })
  hosts.one.mendCable()
  const wellMs = await Promise.all([
    a2.hears('node-well', B1, a2From),
    b1.hears('node-well', A2, b1From),
  ])
  t.diagnostic(`cable mended: well after ${wellMs.join(' and ')} ms`)
  assert.deepEqual(
    b1.events.filter(({ kind }) => kind === 'node-left'),
    [],
  )
}

async function loseOneWay(t: TestContext, hosts: TwoHosts, a2: Program, b1: Program) {
  const [a2From, b1From] = [a2.events.length, b1.events.length]
  hosts.two.loseAllTo(hosts.one)
  const ms = await Promise.all([
    a2.hears('node-suspect', B1, a2From),
    b1.hears('node-suspect', A2, b1From),
  ])
  t.diagnostic(`one way lost: suspect after ${ms.join(' and ')} ms`)
  hosts.two.loseNothingTo(hosts.one)
  const wellMs = await Promise.all([
    a2.hears('node-well', B1, a2From),
    b1.hears('node-well', A2, b1From),
  ])
  t.diagnostic(`one way found: well after ${wellMs.join(' and ')} ms`)
}

/** The server of a host dies: the other node of it serves, and only the dead one is missed. */
async function killServer(t: TestContext, a1: Program, a2: Program, b1: Program) {
  const from = b1.events.length
  const held = heldUp()
  a1.kill('SIGKILL')
  const ms = await b1.hears('node-left', A1, from)
  t.diagnostic(`server killed: its node is lost elsewhere after ${ms} ms`)
  assert.equal(await a2.isServing(), true)
  assert.equal(await b1.echo(A2, 'still'), `${A2} still`)
  // Where the machine stood still the other host may be suspect for a moment, which removes nobody.
  const isCalm = held.ms() < HELD_UP_MS
  const told = b1.events.slice(from).filter((event) => 'node' in event && event.node === A2)
  const mayBe = isCalm ? [] : ['node-suspect', 'node-well']
  assert.deepEqual(
    told.filter(({ kind }) => !mayBe.includes(kind)),
    [],
  )
  let all = await b1.nodes()
  while (!isCalm && all[A2] === 'suspect') all = await b1.nodes()
  assert.deepEqual(all, { [A2]: 'up' })
}
